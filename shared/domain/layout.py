"""Where a pipeline lives in a repository. The layout is the one that `aic-utils` 2.x writes."""

import json
from collections.abc import Mapping

from . import content
from .errors import Refused

CONFIG_FOLDER = "config"
CODE_FOLDER = "code"
MAPPING_FILE = "branch_to_workspace.yaml"
CODE_ENDINGS = (".py", ".sql")
_PREFIX = f"{CONFIG_FOLDER}/"
_SUFFIX = ".json"


def config_path(title: str) -> str:
    """`config/<title>.json`; a slash in the title makes a folder."""
    return f"{_PREFIX}{title}{_SUFFIX}"


def code_folder(title: str) -> str:
    """`code/<title>`, where the code files of its tasks are."""
    return f"{CODE_FOLDER}/{title}"


def is_code(path: str) -> bool:
    """Whether it may be a task's code; other files below `code/` are people's own."""
    return path.startswith(f"{CODE_FOLDER}/") and path.endswith(CODE_ENDINGS)


def title_of(path: str) -> str | None:
    """The pipeline whose config the path holds, None for any other file."""
    if not (path.startswith(_PREFIX) and path.endswith(_SUFFIX)):
        return None
    return path[len(_PREFIX) : -len(_SUFFIX)] or None


def titles_of(paths: tuple[str, ...]) -> frozenset[str]:
    """The pipelines whose configs are among the paths."""
    return frozenset(title for path in paths if (title := title_of(path)) is not None)


def config_file(job_config: Mapping[str, object]) -> bytes:
    """The config file of a jobConfig.

    Raises Refused `config-invalid` or `config-too-big` for what could not be read back.
    """
    data = written(job_config)
    content.parse(data)
    return data


def written(job_config: Mapping[str, object]) -> bytes:
    """The jobConfig as AIC gave it, less its top-level `$…` keys, which differ from workspace to workspace.

    Whether it can be read back is not looked at. Raises Refused `config-invalid` for what can't even be written.
    """
    kept = {key: value for key, value in job_config.items() if not key.startswith("$")}
    try:
        return json.dumps(kept, indent=2).encode()
    except (ValueError, RecursionError):
        raise Refused("config-invalid", "a number is out of range, or the tree is too deep") from None
