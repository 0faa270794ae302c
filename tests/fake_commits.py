"""Commits and branches that the service makes in memory, refused as GitLab refuses them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import FileAction

from .fake_history import FakeHistory

DEFAULT = "main"


@dataclass
class FakeCommits(FakeHistory):
    """`protected` are branches onto which the service may neither push nor merge."""

    protected: set[str] = field(default_factory=set)

    # What the port asks.

    def commit(self, branch: str, actions: Sequence[FileAction], *, message: str, start: str | None = None) -> str:
        """All actions or none of them."""
        self._called("commit")
        if branch in self.protected:
            raise Permanent("gitlab-forbidden", branch)
        if not branch or not message or not actions:
            raise Permanent("commit-refused", "something is missing")
        parent = self._start(branch, start)
        files: dict[str, bytes | None] = {}
        if parent is not None:
            self._demand_unchanged(parent, actions)
            files.update(self.commits[parent].files)
        before = set(files)
        for action in actions:
            _apply(action, files)
        gone = dict.fromkeys(before - set(files))
        self.branches[branch] = self._written({**files, **gone}, (parent,) if parent else (), message)
        return self.branches[branch]

    def delete_branch(self, branch: str) -> None:
        """Fine if it is gone."""
        self._called("delete_branch")
        if branch == DEFAULT or branch in self.protected:
            raise Permanent("gitlab-refused", "the branch can't be deleted")
        self._remove(branch)

    def branch_names(self, prefix: str) -> tuple[str, ...]:
        """In order; never too old in here."""
        self._called("branch_names")
        return tuple(sorted(name for name in self.branches if name.startswith(prefix)))

    def _remove(self, branch: str) -> None:
        self.branches.pop(branch, None)

    def _start(self, branch: str, start: str | None) -> str | None:
        if not self.branches:
            return None
        if start is None and branch in self.branches:
            return self.branches[branch]
        if start is None or branch in self.branches:
            raise Transient("gitlab-outdated", "the branch is not there, or there already")
        if start not in self.commits:
            raise Permanent("commit-refused", "cannot find start_sha")
        if any(f"{name}/".startswith(f"{branch}/") or branch.startswith(f"{name}/") for name in self.branches):
            raise Permanent("commit-refused", "the name conflicts with the existing branch hierarchy")
        return start

    def _demand_unchanged(self, parent: str, actions: Sequence[FileAction]) -> None:
        for action in actions:
            if action.last_commit and action.kind != "create":
                last = next(self._listed(action.previous or action.path, parent, first_parent=False), None)
                if last not in (None, action.last_commit):
                    raise Transient("gitlab-outdated", f"{action.path} has changed")


def _apply(action: FileAction, files: dict[str, bytes | None]) -> None:
    old = action.previous or action.path
    if any(part in ("", ".", "..", ".git") for path in (old, action.path) for part in path.split("/")):
        raise Permanent("commit-refused", "not a path")
    if action.kind != "create" and old not in files:
        raise Transient("gitlab-outdated", f"{old} doesn't exist")
    if action.kind in ("create", "move"):
        _demand_free(action.path, files)
    data = files.pop(old, None) if action.kind in ("delete", "move") else None
    if action.kind != "delete":
        files[action.path] = (data or b"") if action.data is None else action.data


def _demand_free(path: str, files: dict[str, bytes | None]) -> None:
    parts = path.split("/")
    above = {"/".join(parts[:end]) for end in range(1, len(parts) + 1)}
    if above & files.keys() or any(each.startswith(f"{path}/") for each in files):
        raise Transient("gitlab-outdated", f"{path} already exists")
