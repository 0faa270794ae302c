"""A GitLab project in memory, as `ports.Repository`, with hands for the people who work in it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from shared.domain.errors import Permanent
from shared.domain.gitlab import (
    Changes,
    Commit,
    Deployment,
    MergeRequest,
    Note,
    OnMergeRequest,
    Place,
    Status,
    StoredFile,
)

OWN = 7
"""The id of the service's own user; people have others."""


@dataclass
class Snapshot:
    """A commit with all its files."""

    commit: Commit
    files: Mapping[str, bytes]


@dataclass
class FakeRepository:
    """`calls` counts what was asked; `before` is run ahead of each call, for people who act in between."""

    commits: dict[str, Snapshot] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    records: list[tuple[str, Deployment]] = field(default_factory=list)
    posted: list[tuple[str, str, str, Status]] = field(default_factory=list)
    merge_requests: list[tuple[str, MergeRequest, tuple[Commit, ...]]] = field(default_factory=list)
    written: dict[Place, list[Note]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    complete: bool = True
    _next: int = 0

    # What people do.

    def commit(self, branch: str, files: Mapping[str, str | bytes | None], *, parents: tuple[str, ...] = ()) -> str:
        """Commits onto the branch (made where there is none); None deletes a file."""
        parents = parents or ((self.branches[branch],) if branch in self.branches else ())
        tree = dict(self.commits[parents[0]].files) if parents else {}
        for path, text in files.items():
            if text is None:
                tree.pop(path, None)
            else:
                tree[path] = text.encode() if isinstance(text, str) else text
        self._next += 1
        sha = hashlib.sha1(f"{self._next}{sorted(tree.items())}{parents}".encode(), usedforsecurity=False).hexdigest()
        self.commits[sha] = Snapshot(Commit(sha, parents, f"commit {self._next}"), tree)
        self.branches[branch] = sha
        return sha

    def merge(self, source: str, target: str, files: Mapping[str, str | bytes | None] | None = None) -> int:
        """Merges a branch by a merge commit that takes the source's changes, as a merge request; its number."""
        ours, theirs = self.branches[target], self.branches[source]
        base = next(sha for sha in self._line(theirs) if sha in self._reachable(ours))
        changed: dict[str, str | bytes | None] = {
            path: self.commits[theirs].files.get(path)
            for path in self.commits[theirs].files.keys() | self.commits[base].files.keys()
            if self.commits[theirs].files.get(path) != self.commits[base].files.get(path)
        }
        brought = tuple(snapshot.commit for snapshot in self._between(ours, theirs))
        sha = self.commit(target, changed | dict(files or {}), parents=(ours, theirs))
        iid = len(self.merge_requests) + 1
        found = MergeRequest(iid, source, frozenset({sha, theirs}))
        self.merge_requests.append((target, found, brought))
        return iid

    def deployed(self, environment: str, commit: str, *, branch: str, mapping: str, user: int = OWN) -> None:
        """A success that an earlier run has recorded, with the status that goes with it."""
        self.records.append((environment, Deployment(len(self.records) + 1, commit, "success", user)))
        self.posted.append((commit, branch, "aic/deploy", Status("success", f"ok · mapping {mapping}", user)))

    def body(self, place: Place) -> str:
        """The only note that stands there."""
        (note,) = self.written[place]
        return note.body

    # What the port asks.

    def own_id(self) -> int:
        """The id of the token's user."""
        return OWN

    def head(self, branch: str) -> str | None:
        """The branch's newest commit."""
        self._called("head")
        return self.branches.get(branch)

    def file(self, path: str, ref: str) -> StoredFile | None:
        """The file with the commit that touched it last."""
        self._called("file")
        commit = self.branches["main"] if ref == "HEAD" else ref
        data = self.commits[commit].files.get(path)
        if data is None:
            return None
        return StoredFile(data, next(self.path_commits(path, commit, first_parent=False)))

    def content(self, path: str, commit: str) -> bytes | None:
        """The bytes, None where the file is absent."""
        self._called("content")
        return self._known(commit).files.get(path)

    def compare(self, base: str, head: str) -> Changes:
        """What GitLab's compare tells, from the merge base."""
        self._called("compare")
        self._known(base)
        between = self._between(base, head)
        start = next((sha for sha in self._line(head) if sha in self._reachable(base)), base)
        paths = self._differing(start, head)
        return Changes(tuple(each.commit for each in between), paths if self.complete else (), self.complete)

    def touched(self, commit: str) -> tuple[tuple[str, ...], bool]:
        """Against the first parent."""
        self._called("touched")
        parents = self.commits[commit].commit.parents
        return (self._differing(parents[0] if parents else None, commit) if self.complete else ()), self.complete

    def tree(self, commit: str, folder: str) -> Mapping[str, str]:
        """Path to blob id."""
        self._called("tree")
        return {
            path: hashlib.sha1(data, usedforsecurity=False).hexdigest()
            for path, data in self._known(commit).files.items()
            if path.startswith(f"{folder}/")
        }

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether it can be reached."""
        self._called("is_ancestor")
        return commit in self._reachable(of)

    def path_commits(self, path: str, commit: str, *, first_parent: bool) -> Iterator[str]:
        """Git's listing: by default a merge follows the parent that it agrees with, and is left out."""
        self._called("path_commits")
        todo, seen = [commit], set[str]()
        while todo:
            sha = todo.pop(0)
            if sha in seen:
                continue
            seen.add(sha)
            snapshot = self.commits[sha]
            parents = snapshot.commit.parents[:1] if first_parent else snapshot.commit.parents
            same = [each for each in parents if self.commits[each].files.get(path) == snapshot.files.get(path)]
            if same:
                todo = [same[0], *todo]
                continue
            if parents or path in snapshot.files:
                yield sha
            todo += parents

    def deployments(self, environment: str) -> Iterator[Deployment]:
        """Newest first."""
        self._called("deployments")
        yield from [each for name, each in reversed(self.records) if name == environment]

    def open_deployment(self, environment: str, *, branch: str, commit: str, status: str) -> Deployment:
        """Records one."""
        self._called("open_deployment")
        made = Deployment(len(self.records) + 1, commit, status, OWN)
        self.records.append((environment, made))
        return made

    def end_deployment(self, deployment: Deployment, status: str) -> None:
        """Ends a running one; GitLab refuses to set a status again."""
        self._called("end_deployment")
        environment, found = self.records[deployment.id - 1]
        if found.status not in ("running", "created"):
            raise Permanent("gitlab-refused", "the deployment has ended")
        self.records[deployment.id - 1] = (environment, replace(found, status=status))

    def statuses(self, commit: str, *, branch: str, name: str) -> tuple[Status, ...]:
        """Newest first."""
        self._called("statuses")
        return tuple(status for *key, status in reversed(self.posted) if key == [commit, branch, name])

    def post_status(self, commit: str, *, branch: str, name: str, state: str, description: str) -> None:
        """A running one is carried on, a finished one is followed by another."""
        self._called("post_status")
        for number, (*key, status) in enumerate(self.posted):
            if key == [commit, branch, name] and status.state == "running" and status.user == OWN:
                if state != "running":
                    self.posted[number] = (commit, branch, name, Status(state, description, OWN))
                return
        self.posted.append((commit, branch, name, Status(state, description, OWN)))

    def merged(self, branch: str) -> Iterator[MergeRequest]:
        """Last merged first."""
        self._called("merged")
        yield from [each for target, each, _ in reversed(self.merge_requests) if target == branch]

    def merge_request_commits(self, iid: int) -> tuple[Commit, ...]:
        """What it brought."""
        self._called("merge_request_commits")
        return self.merge_requests[iid - 1][2]

    def notes(self, place: Place) -> Iterator[Note]:
        """Newest first."""
        self._called("notes")
        yield from reversed(self.written.get(place, []))

    def write_note(self, place: Place, body: str, *, replaces: Note | None) -> Note:
        """Adds or replaces."""
        self._called("write_note")
        notes = self.written.setdefault(place, [])
        if replaces is not None:
            number = [note.id for note in notes].index(replaces.id)
            notes[number] = replace(replaces, body=body)
            return notes[number]
        self._next += 1
        notes.append(Note(self._next, body, OWN, None if isinstance(place, OnMergeRequest) else "thread"))
        return notes[-1]

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)

    def _known(self, commit: str) -> Snapshot:
        if commit not in self.commits:
            raise Permanent("gitlab-not-found", "the commit")
        return self.commits[commit]

    def _reachable(self, commit: str) -> frozenset[str]:
        return frozenset(self._line(commit))

    def _line(self, commit: str) -> Iterator[str]:
        todo, seen = [commit], set[str]()
        while todo:
            sha = todo.pop(0)
            if sha in self.commits and sha not in seen:
                seen.add(sha)
                yield sha
                todo += self.commits[sha].commit.parents

    def _between(self, base: str, head: str) -> list[Snapshot]:
        old = self._reachable(base)
        return [self.commits[sha] for sha in self._line(head) if sha not in old]

    def _differing(self, old: str | None, new: str) -> tuple[str, ...]:
        before = self.commits[old].files if old else {}
        after = self.commits[new].files
        return tuple(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
