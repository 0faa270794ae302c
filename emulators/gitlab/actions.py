"""The file actions of one commit: what each may do to the files there are, and the change that comes of all."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from emulators.gitlab.objects import EXECUTABLE, REGULAR, SUBMODULE, FileChange
from emulators.gitlab.repository import GitRepository

KINDS = ("create", "update", "move", "delete", "chmod")

_EXISTS = "A file with this name already exists"
_DIRECTORY = "A directory with this name already exists"
_ABSENT = "A file with this name doesn't exist"
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


class BadAction(Exception):
    """The action is impossible; the text is GitLab's."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action as GitLab takes it; `content` None is no content at all."""

    kind: str
    path: str
    previous_path: str = ""
    content: bytes | None = None
    executable: bool = False
    last_commit_id: str = ""


def decoded(content: str, encoding: str) -> bytes:
    """The bytes of `content`; base64 is read as forgivingly as Ruby does, without complaint."""
    if encoding != "base64":
        return content.encode(errors="replace")
    digits = _NOT_BASE64.sub(b"", content.partition("=")[0].encode())
    try:
        return base64.b64decode(digits + b"=" * (-len(digits) % 4))
    except binascii.Error:
        return base64.b64decode(digits[:-1])


def plan(repository: GitRepository, sha: str | None, actions: Sequence[Action]) -> dict[str, FileChange | None]:
    """The change to the files of `sha` that the actions, one after the other, add up to. Raises `BadAction`."""
    files = _Files(repository, sha)
    for action in actions:
        files.apply(action)
    return files.changes


def changed_since(repository: GitRepository, sha: str | None, action: Action) -> str | None:
    """The path of the action if another commit than the one it names was the last to touch it."""
    path = action.previous_path or action.path
    if not action.last_commit_id or sha is None or action.kind not in ("update", "move", "delete"):
        return None
    last = next(repository.log([sha], path=path.strip("/")), None)
    return path if last is not None and last.id != action.last_commit_id else None


class _Files:
    """The files of a commit with the changes made so far laid over them."""

    def __init__(self, repository: GitRepository, sha: str | None) -> None:
        self._repository = repository
        self._sha = sha
        self.changes: dict[str, FileChange | None] = {}
        self._directories: Counter[str] = Counter()

    def apply(self, action: Action) -> None:
        steps: Mapping[str, Callable[[Action, str], None]] = {
            "create": self._create,
            "update": self._update,
            "move": self._move,
            "delete": self._delete,
            "chmod": self._chmod,
        }
        steps[action.kind](action, checked_path(action.path))

    def _create(self, action: Action, path: str) -> None:
        self._must_be_free(path)
        mode = EXECUTABLE if action.executable else REGULAR
        self._put(path, FileChange(action.content or b"", mode))

    def _update(self, action: Action, path: str) -> None:
        self._put(path, FileChange(action.content or b"", self._held(path).mode))

    def _move(self, action: Action, path: str) -> None:
        previous = checked_path(action.previous_path)
        held = self._held(previous)
        self._must_be_free(path)
        self._put(previous, None)
        self._put(path, FileChange(held.content if action.content is None else action.content, held.mode))

    def _delete(self, _action: Action, path: str) -> None:
        self._held(path)
        self._put(path, None)

    def _chmod(self, action: Action, path: str) -> None:
        self._put(path, FileChange(self._held(path).content, EXECUTABLE if action.executable else REGULAR))

    def _put(self, path: str, change: FileChange | None) -> None:
        """Keeps count of the changed files below each directory, as a commit may have many thousand."""
        step = (change is not None) - (self.changes.get(path) is not None)
        for end in (at for at, character in enumerate(path) if step and character == "/"):
            self._directories[path[:end]] += step
        self.changes[path] = change

    def _held(self, path: str) -> FileChange:
        held = self._file(path)
        if held is None:
            raise BadAction(_ABSENT)
        return held

    def _file(self, path: str) -> FileChange | None:
        if path in self.changes or self._sha is None:
            return self.changes.get(path)
        entry = self._repository.entry(self._sha, path)
        if entry is None or entry.kind == "tree" or entry.mode == SUBMODULE:
            return None
        return FileChange(self._repository.blob(self._sha, path) or b"", entry.mode)

    def _must_be_free(self, path: str) -> None:
        parts = path.split("/")
        if any(self._file("/".join(parts[:end])) is not None for end in range(1, len(parts) + 1)):
            raise BadAction(_EXISTS)
        if self._is_directory(path):
            raise BadAction(_DIRECTORY)

    def _is_directory(self, path: str) -> bool:
        """Whether any file is left below the path once the changes so far are made."""
        if self._directories[path]:
            return True
        held = self._repository.entries(self._sha, path, recursive=True) if self._sha else None
        return any(self.changes.get(entry.path, entry) for entry in held or () if entry.kind != "tree")


def checked_path(path: str) -> str:
    """The path from the root without slashes around it. Raises `BadAction` for one that git must not have."""
    trimmed = path.removeprefix("/").removesuffix("/")
    parts = trimmed.split("/")
    if not trimmed:
        raise BadAction("You must provide a file path")
    if ".." in parts:
        raise BadAction("Path cannot include directory traversal")
    if any(part in ("", ".") or part.lower() == ".git" for part in parts) or "\0" in path:
        raise BadAction(f"invalid path: '{path}'")
    return trimmed
