"""Parts of a hook's body as values; what has another shape is refused by its name, and never quoted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import Refused

_TEXT = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,1024}")


@dataclass(frozen=True, slots=True)
class Project:
    """The project that a hook speaks of."""

    id: int
    path: str


def project(hook: Mapping[str, Any]) -> Project:
    """The project; like all here it raises Refused `hook-malformed`."""
    found = tree(hook.get("project"), "project")
    return Project(number(found.get("id"), "project.id"), text(found.get("path_with_namespace"), "path_with_namespace"))


def tree(value: Any, name: str) -> Mapping[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise malformed(name)
    return value


def text(value: Any, name: str) -> str:
    """A line of text."""
    if not isinstance(value, str) or not _TEXT.fullmatch(value):
        raise malformed(name)
    return value


def number(value: Any, name: str) -> int:
    """A number above zero."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise malformed(name)
    return value


def malformed(name: str) -> Refused:
    """The refusal of a part by its name."""
    return Refused("hook-malformed", f"`{name}` of the hook is missing or has another shape")
