"""Paths in a repository: which ones Git, GitLab and the file systems of people's checkouts can hold."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import unquote_to_bytes

MAX_PART = 255
"""Bytes of one name; no usual file system takes more."""
MAX_BYTES = 2000
"""Of a whole path: written as an address it may be three times as long, and GitLab's front end takes 8 kB."""
_KNOWN_NAMES = 4096
"""So many are remembered: tasks of many pipelines have the same names."""
_HALF = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
"""What HFS+ leaves out when it compares names."""
_DOT_GIT = re.compile(r"(\.git|git~1)[ .]*(:.*)?", re.IGNORECASE | re.DOTALL)
_SHORT = "|".join(rf"{name[:kept]}~[1-9]\d{{{6 - kept}}}" for name in ("gi7eba", "gi7d29") for kept in range(7))
_FILES = re.compile(
    rf"(\.gitmodules|\.gitattributes|(gitmod|gitatt)~[1-4]|{_SHORT})[ .]*(:.*)?", re.IGNORECASE | re.DOTALL
)
"""What Git wants to be files, with the short names that NTFS may give to them."""


def fold(path: str) -> str:
    """The path as a file system sees it to which upper and lower case, and the two forms of `é`, are the same."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def folders(path: str) -> Iterator[str]:
    """The folders that a path lies in, the innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


@lru_cache(maxsize=_KNOWN_NAMES)
def defect(path: str) -> str:
    """Why Git or GitLab can't hold or find a file there: a sentence, empty where they can."""
    return next((why for wrong, why in _RULES if wrong(path)), "")


def excess(path: str) -> str:
    """Why the path is too long to be checked out, or to be asked for: a sentence, empty where it isn't."""
    if size(path) > MAX_BYTES:
        return "the name is too long for GitLab's addresses"
    if max(map(size, path.split("/"))) > MAX_PART:
        return f"a part of the name is longer than the {MAX_PART} bytes that file systems take, its ending included"
    return ""


def size(path: str) -> int:
    """Bytes in UTF-8."""
    return len(path.encode(errors="surrogatepass"))


def _gapped(path: str) -> bool:
    return "" in path.split("/")


def _dotted(path: str) -> bool:
    return "." in path.split("/") or ".." in re.split(r"[/\\]", path)


def _git_s_own(path: str) -> bool:
    """Such a tree fails `git fsck`, and with it every push and many a clone."""
    return any(_DOT_GIT.fullmatch(_UNSEEN.sub("", part)) for part in re.split(r"[/\\]", path))


def _file_s_name(path: str) -> bool:
    """`git fsck` fails where these names are those of folders."""
    parts = (part for folder in path.split("/")[:-1] for part in folder.split("\\"))
    return any(_FILES.fullmatch(_UNSEEN.sub("", part)) for part in parts)


def _read_otherwise(path: str) -> bool:
    """GitLab decodes a path once more than it was encoded and then refuses some: `lib/gitlab/path_traversal.rb`."""
    once = unquote_to_bytes(path.replace("+", " "))
    try:
        text = once.decode()
    except UnicodeDecodeError:
        return True
    changes_again = unquote_to_bytes(once.replace(b"+", b" ")) != once
    return changes_again or "\0" in text or "\n" in text or ".." in re.split(r"[/\\]", text)


_RULES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda path: _HALF.search(path) is not None, "the name holds half a character"),
    (lambda path: "\0" in path or "\n" in path, "the name holds a line break or a zero byte, which GitLab refuses"),
    (_gapped, "the name begins or ends with a slash, or has two in a row, and GitLab would leave it out"),
    (_dotted, "a part of the name is `.` or `..`, which leads to another folder"),
    (_git_s_own, "a part of the name is `.git` to Git, which keeps that to itself"),
    (_file_s_name, "a part of the name is `.gitmodules` or `.gitattributes` to Git, which may not be folders"),
    (_read_otherwise, "GitLab takes a `%` with two digits for another character and then refuses the path"),
)
