"""What a branch may be called."""

import re
from collections.abc import Iterable

import pygit2

LONGEST = 244  # bytes, as GitLab has it, since each name is a file
_LIKE_A_SHA = re.compile("[0-9a-f]{40}")


def well_formed(name: str) -> bool:
    """Git's own rules, and GitLab's: nothing that reads as an option, a commit or HEAD."""
    if name.startswith(("-", "/", "refs/")) or name == "HEAD" or _LIKE_A_SHA.fullmatch(name):
        return False
    if "//" in name or "\0" in name or len(name.encode(errors="replace")) > LONGEST:
        return False
    return pygit2.reference_is_valid_name(f"refs/heads/{name}")


def conflicting(name: str, existing: Iterable[str]) -> bool:
    """Whether git can't keep the name beside the others, since one would have to be both file and folder."""
    return any(name.startswith(f"{other}/") or other.startswith(f"{name}/") for other in existing)
