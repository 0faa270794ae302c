"""Where a pipeline lives in a repository. The layout is the one that `aic-utils` 2.x writes."""

import json
from collections.abc import Mapping
from typing import Any

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
    # Looked at first: each line is indented by its depth, and Python from 3.13 on writes any.
    if _deeper(kept, content.MAX_DEPTH):
        raise Refused("config-invalid", f"nested more than {content.MAX_DEPTH} levels deep")
    try:
        return json.dumps(kept, indent=2).encode()
    except ValueError:
        raise Refused("config-invalid", "a number is out of range") from None


def _deeper(tree: object, levels: int) -> bool:
    """Whether lists and objects stand in each other more than so many levels deep."""
    level: list[Any] = [tree]
    for _ in range(levels):
        level = [
            child
            for each in level
            for child in (each.values() if isinstance(each, dict) else each)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
