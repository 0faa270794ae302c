"""A Git history in memory: commits with all their files, and what GitLab answers about them."""

import hashlib
import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from shared.domain.errors import Permanent
from shared.domain.gitlab import Changes, Commit, StoredFile

Files = Mapping[str, str | bytes | None]
"""Changes to files: path to text or bytes, None for a deletion."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A commit with all its files; `number` grows from commit to commit."""

    commit: Commit
    files: Mapping[str, bytes]
    number: int


@dataclass
class FakeHistory:
    """`calls` counts what was asked; `before` is run ahead of each call, for people who act in between.

    With `complete` off, lists of paths are cut as GitLab cuts long ones.
    """

    commits: dict[str, Snapshot] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    complete: bool = True
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    # What people do.

    def push(self, branch: str, files: Files, *, parents: tuple[str, ...] = (), message: str = "") -> str:
        """Commits onto the branch (made where there is none); the files are those of the first parent, changed."""
        parents = parents or ((self.branches[branch],) if branch in self.branches else ())
        self.branches[branch] = self._written(files, parents, message)
        return self.branches[branch]

    def _written(self, files: Files, parents: tuple[str, ...], message: str = "") -> str:
        tree = dict(self.commits[parents[0]].files) if parents else {}
        for path, text in files.items():
            if text is None:
                tree.pop(path, None)
            else:
                tree[path] = text.encode() if isinstance(text, str) else text
        number = next(self._numbers)
        sha = hashlib.sha1(f"{number}{sorted(tree.items())}{parents}".encode(), usedforsecurity=False).hexdigest()
        self.commits[sha] = Snapshot(Commit(sha, parents, message or f"commit {number}"), tree, number)
        return sha

    # What the port asks.

    def head(self, branch: str) -> str | None:
        """The branch's newest commit."""
        self._called("head")
        return self.branches.get(branch)

    def file(self, path: str, ref: str) -> StoredFile | None:
        """The file with the commit that touched it last; a branch is a ref as well."""
        self._called("file")
        commit = self.branches.get("main" if ref == "HEAD" else ref, ref)
        data = self._known(commit).files.get(path)
        return None if data is None else StoredFile(data, next(self._listed(path, commit, first_parent=False)))

    def last_touched(self, path: str, commit: str) -> str | None:
        """The commit that touched it last."""
        self._called("last_touched")
        return self._last(path, self.branches.get(commit, commit))

    def content(self, path: str, commit: str) -> bytes | None:
        """The bytes, None where the file is absent."""
        self._called("content")
        return self._known(commit).files.get(path)

    def compare(self, base: str, head: str) -> Changes:
        """What GitLab's compare tells: commits that base lacks, paths since the two parted."""
        self._called("compare")
        self._known(base)
        self._known(head)
        between = tuple(snapshot.commit for snapshot in self._between(base, head))
        paths = self._differing(self._parted(base, head), head) if self.complete else ()
        return Changes(between, paths, self.complete)

    def touched(self, commit: str) -> tuple[tuple[str, ...], bool]:
        """Against the first parent."""
        self._called("touched")
        first, *_ = self._known(commit).commit.parents or (None,)
        return (self._differing(first, commit) if self.complete else ()), self.complete

    def tree(self, commit: str, folder: str) -> Mapping[str, str]:
        """Path to blob id, made as Git makes it."""
        self._called("tree")
        below = f"{folder.strip('/')}/".removeprefix("/")
        return {
            path: hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
            for path, data in self._known(commit).files.items()
            if path.startswith(below)
        }

    def archive(self, commit: str, folder: str, *, seconds: float | None = None) -> Iterator[tuple[str, bytes]]:
        """Path and bytes, in Git's order, in no time."""
        self._called("archive")
        below = f"{folder.strip('/')}/".removeprefix("/")
        yield from sorted(item for item in self._known(commit).files.items() if item[0].startswith(below))

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether it can be reached; GitLab refuses to answer about a descendant that is gone."""
        self._called("is_ancestor")
        if commit != of and of not in self.commits:
            raise Permanent("gitlab-refused", "could not find the ref")
        return commit == of or commit in self._reachable(of)

    def path_commits(self, path: str, commit: str, *, first_parent: bool) -> Iterator[str]:
        """Git's listing; nothing for a commit that is gone."""
        self._called("path_commits")
        if commit in self.commits:
            yield from self._listed(path, commit, first_parent=first_parent)

    def line(self, commit: str) -> Iterator[str]:
        """The commit and its first parents."""
        self._called("line")
        while commit in self.commits:
            yield commit
            commit = next(iter(self.commits[commit].commit.parents), "")

    def _listed(self, path: str, commit: str, *, first_parent: bool) -> Iterator[str]:
        """Newest first; a commit that has the path as a parent has it is left out, and only that parent followed."""
        queue, seen = [(-self.commits[commit].number, commit)], {commit}
        while queue:
            snapshot = self.commits[heapq.heappop(queue)[1]]
            parents = snapshot.commit.parents[: 1 if first_parent else None]
            now = _below(path, snapshot.files)
            same = [each for each in parents if _below(path, self.commits[each].files) == now]
            if not same and (parents or now):
                yield snapshot.commit.sha
            for each in same[:1] or parents:
                if each not in seen:
                    seen.add(each)
                    heapq.heappush(queue, (-self.commits[each].number, each))

    def _last(self, path: str, commit: str) -> str | None:
        if path not in self._known(commit).files:
            return None
        return next(self._listed(path, commit, first_parent=False))

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)

    def _known(self, commit: str) -> Snapshot:
        if commit not in self.commits:
            raise Permanent("gitlab-not-found", "the commit")
        return self.commits[commit]

    def _reachable(self, commit: str) -> frozenset[str]:
        todo, seen = [commit], set[str]()
        while todo:
            sha = todo.pop()
            if sha in self.commits and sha not in seen:
                seen.add(sha)
                todo += self.commits[sha].commit.parents
        return frozenset(seen)

    def _between(self, base: str, head: str) -> list[Snapshot]:
        """What head has and base has not, oldest first."""
        found = [self.commits[sha] for sha in self._reachable(head) - self._reachable(base)]
        return sorted(found, key=lambda snapshot: snapshot.number)

    def _parted(self, one: str, other: str) -> str | None:
        """The newest commit that both have: no other that both have can have come from it."""
        shared = self._reachable(one) & self._reachable(other)
        return max(shared, key=lambda sha: self.commits[sha].number, default=None)

    def _differing(self, old: str | None, new: str) -> tuple[str, ...]:
        before = self.commits[old].files if old else {}
        after = self.commits[new].files
        return tuple(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _below(path: str, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The file of that path, or those of the folder."""
    return {name: data for name, data in files.items() if name == path or name.startswith(f"{path}/")}
