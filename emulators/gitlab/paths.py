"""What projects and groups may be called, in names and in paths."""

import re

_PATH = re.compile(r"[a-zA-Z0-9_.][a-zA-Z0-9_.-]*")
_NAME = re.compile(r"[\w.+][\w.+ -]*|[^\x00-\x7f][\w.+ -]*")
_ENDS = (".git", ".atom")
TAKEN = "has already been taken"
BAD_PATH = "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'"
BAD_NAME = (
    "can contain only letters, digits, emoji, '_', '.', '+', dashes, or spaces. "
    "It must start with a letter, digit, emoji, or '_'."
)


def well_formed(path: str) -> bool:
    """Whether one part of a path may be so."""
    return _PATH.fullmatch(path) is not None and not path.lower().endswith(_ENDS)


def speakable(name: str) -> bool:
    """Whether a name may be so."""
    return _NAME.fullmatch(name) is not None


def path_from(name: str) -> str:
    """The path of a project that was only given a name: the name itself if it can be one."""
    return name if well_formed(name) else re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
