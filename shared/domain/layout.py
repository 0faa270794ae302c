"""Where a pipeline lives in a repository. The layout is the one that `aic-utils` 2.x writes."""

CONFIG_FOLDER = "config"
MAPPING_FILE = "branch_to_workspace.yaml"
_PREFIX = f"{CONFIG_FOLDER}/"
_SUFFIX = ".json"


def config_path(title: str) -> str:
    """`config/<title>.json`; a slash in the title makes a folder."""
    return f"{_PREFIX}{title}{_SUFFIX}"


def title_of(path: str) -> str | None:
    """The pipeline whose config the path holds, None for any other file."""
    if not (path.startswith(_PREFIX) and path.endswith(_SUFFIX)):
        return None
    return path[len(_PREFIX) : -len(_SUFFIX)] or None


def titles_of(paths: tuple[str, ...]) -> frozenset[str]:
    """The pipelines whose configs are among the paths."""
    return frozenset(title for path in paths if (title := title_of(path)) is not None)
