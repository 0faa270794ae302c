"""What git holds, as values: signatures, commits, tree entries, file differences and file changes."""

from dataclasses import dataclass
from datetime import datetime

REGULAR = 0o100644
EXECUTABLE = 0o100755
SYMLINK = 0o120000
SUBMODULE = 0o160000
DIRECTORY = 0o040000


@dataclass(frozen=True, slots=True)
class Signature:
    """Who wrote or committed something, and when (an aware time; git keeps whole seconds)."""

    name: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """One commit; `message` is whole, `title` its first line."""

    id: str
    parents: tuple[str, ...]
    tree: str
    title: str
    message: str
    author_name: str
    author_email: str
    authored_date: datetime
    committer_name: str
    committer_email: str
    committed_date: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tree: `kind` "tree", "blob" or "commit" (a submodule); `path` starts at the root."""

    id: str
    name: str
    kind: str
    path: str
    mode: int


@dataclass(frozen=True, slots=True)
class FileDiff:
    """How one file differs; modes are six digits ("0" where the file is absent), `diff` starts at the first `@@`."""

    old_path: str
    new_path: str
    a_mode: str
    b_mode: str
    new_file: bool
    renamed_file: bool
    deleted_file: bool
    diff: str
    additions: int
    deletions: int


@dataclass(frozen=True, slots=True)
class FileChange:
    """New content of one path; a path that goes is `None` instead of this."""

    content: bytes
    mode: int = REGULAR
