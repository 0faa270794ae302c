"""A bare git repository: branches, commits, trees, differences, merges; knows nothing of HTTP or GitLab."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import RLock

import pygit2
from pygit2.enums import AttrCheck, ObjectType

from emulators.gitlab import differences, history, trees
from emulators.gitlab.objects import CommitInfo, Entry, FileChange, FileDiff, Signature

# The library keeps no folder of more than a few dozen entries in memory, and reads it anew for each file in it.
pygit2.settings.cache_object_limit(ObjectType.TREE, 1024 * 1024)
_SHA = re.compile("[0-9a-f]{4,40}")
_DIFFS = 8
"""So many differences are remembered: a merge request asks for its own whenever it is looked at."""
_UNWRITABLE = re.compile("[<>\\n\\0]")


class GitRepository:
    """The repository at `path`, made when absent. Shas are full hexadecimal texts throughout.

    `lock` guards whatever reads first and writes then; a project's own lock is the same one.
    """

    def __init__(self, path: Path, *, default_branch: str = "main") -> None:
        self.path = path
        self.lock = RLock()
        self._between = lru_cache(maxsize=_DIFFS)(differences.between)
        self._git = (
            pygit2.Repository(str(path))
            if path.exists()
            else pygit2.init_repository(str(path), bare=True, initial_head=default_branch)
        )

    def branches(self) -> dict[str, str]:
        """Every branch with the sha of its newest commit, sorted by name."""
        prefix = "refs/heads/"
        with self.lock:
            names = sorted(name for name in self._git.references if name.startswith(prefix))
            return {name.removeprefix(prefix): str(self._git.references[name].target) for name in names}

    def refs(self) -> dict[str, str]:
        """Every ref by its full name with the sha of the very object it names."""
        with self.lock:
            return {name: str(self._git.references[name].target) for name in self._git.references}

    def branch(self, name: str) -> str | None:
        """The newest commit of the branch `name`, nothing else tried."""
        return self._reference(f"refs/heads/{name}")

    def resolve(self, ref: str) -> str | None:
        """The commit that a branch, a tag, `HEAD` or a full or unique short sha names."""
        return self.named(ref) or self._reference(ref) or self._by_sha(ref)

    def named(self, ref: str) -> str | None:
        """The commit that a branch or a tag names, nothing else tried."""
        return self._reference(f"refs/heads/{ref}") or self._reference(f"refs/tags/{ref}")

    def set_branch(self, name: str, sha: str | None) -> None:
        """Points the branch at `sha`, or removes it. Only `World.move_branch` calls this."""
        reference = f"refs/heads/{name}"
        if sha is None:
            self._git.references.delete(reference)
        else:
            self._git.references.create(reference, sha, force=True)

    def set_head(self, branch: str) -> None:
        """Makes `branch` the default one."""
        self._git.set_head(f"refs/heads/{branch}")

    def commit_of(self, sha: str) -> CommitInfo:
        """The commit with this full sha; KeyError when there is none."""
        return history.info(history.commit(self._git, sha))

    def log(
        self,
        tips: Sequence[str],
        *,
        exclude: Sequence[str] = (),
        path: str | None = None,
        first_parent: bool = False,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[CommitInfo]:
        """What the tips reach and `exclude` does not, newest first; with `path`, as git itself simplifies history."""
        walked = history.walk(self._git, tips, exclude=exclude, path=path or None, first_parent=first_parent)
        return (history.info(found) for found in walked if history.within(found, since=since, until=until))

    def count(self, sha: str) -> int:
        """How many commits `sha` contains."""
        return len(history.reached(self._git, [sha]))

    def entries(self, sha: str, path: str = "", *, recursive: bool = False) -> list[Entry] | None:
        """The entries below the directory `path` of a commit, in git's order; None when there is no such directory."""
        return trees.entries(self._tree(sha), path, recursive=recursive)

    def entry(self, sha: str, path: str) -> Entry | None:
        """The one entry (file, directory, submodule) at `path` of a commit."""
        return trees.entry(self._tree(sha), path)

    def blob(self, sha: str, path: str) -> bytes | None:
        """The content of the file at `path` of a commit; None for no file (also for a directory)."""
        return trees.blob(self._tree(sha), path)

    def blob_by_sha(self, sha: str) -> bytes | None:
        """The content of the blob with this full sha."""
        try:
            found = self._git[sha]
        except (KeyError, ValueError):
            return None
        return found.data if isinstance(found, pygit2.Blob) else None

    def attribute(self, sha: str, path: str, *, name: str) -> str | None:
        """What `.gitattributes` of the commit say of the path; None for nothing, and for a plain yes or no."""
        flags = AttrCheck.INDEX_ONLY | AttrCheck.NO_SYSTEM | AttrCheck.INCLUDE_COMMIT
        value = self._git.get_attr(path, name, flags, commit=pygit2.Oid(hex=sha))
        return value if isinstance(value, str) else None

    def diff(self, a_sha: str | None, b_sha: str) -> list[FileDiff]:
        """What turns the files of `a_sha` (None: nothing at all) into those of `b_sha`, renames found."""
        return list(self._between(None if a_sha is None else self._tree(a_sha), self._tree(b_sha)))

    def merge_base(self, *shas: str) -> str | None:
        """The best common ancestor of the first and all the others; of one commit, however often named, itself."""
        if len(set(shas)) == 1:
            return shas[0]
        found = self._git.merge_base_many(list(shas))
        return None if found is None else str(found)

    def is_ancestor(self, a: str, b: str) -> bool:
        """Whether `b` contains `a`; a commit contains itself."""
        return a == b or self._git.descendant_of(b, a)

    def commit(
        self,
        parents: Sequence[str],
        changes: Mapping[str, FileChange | None],
        *,
        message: str,
        author: Signature,
        committer: Signature,
    ) -> str:
        """A commit object whose files are those of the first parent with `changes` made; moves no branch."""
        tree = trees.write(self._git, self._tree(parents[0]) if parents else None, changes)
        return self._write(tree, parents, message=message, author=author, committer=committer)

    def merge(self, ours: str, theirs: str, *, message: str, signature: Signature) -> str | None:
        """The merge commit with parents (ours, theirs), or None when they conflict; moves no branch."""
        with self.lock:
            index = self._git.merge_commits(ours, theirs)
            if index.conflicts:
                return None
            tree = index.write_tree(self._git)
        return self._write(tree, (ours, theirs), message=message, author=signature, committer=signature)

    def squash(
        self,
        target: str,
        base: str,
        source: str,
        *,
        message: str,
        signature: Signature,
        author: Signature | None = None,
    ) -> str | None:
        """One commit upon `target` that carries base..source, or None when that conflicts; moves no branch."""
        with self.lock:
            index = self._git.merge_trees(self._tree(base), self._tree(target), self._tree(source))
            if index.conflicts:
                return None
            tree = index.write_tree(self._git)
        return self._write(tree, (target,), message=message, author=author or signature, committer=signature)

    def _tree(self, sha: str) -> pygit2.Tree:
        return history.commit(self._git, sha).tree

    def _reference(self, name: str) -> str | None:
        try:
            return str(self._git.lookup_reference(name).peel(pygit2.Commit).id)
        except (KeyError, ValueError):
            return None

    def _by_sha(self, sha: str) -> str | None:
        if not _SHA.fullmatch(sha):
            return None
        try:
            return str(self._git[sha].peel(pygit2.Commit).id)
        except (KeyError, ValueError):
            return None

    def _write(
        self, tree: pygit2.Oid, parents: Sequence[str], *, message: str, author: Signature, committer: Signature
    ) -> str:
        made = self._git.create_commit(None, _pygit2(author), _pygit2(committer), message, tree, list(parents))
        return str(made)


def _pygit2(signature: Signature) -> pygit2.Signature:
    """In git's own form, which has no room for line breaks and angle brackets."""
    name, email = (_UNWRITABLE.sub("", text).strip() or "unknown" for text in (signature.name, signature.email))
    return pygit2.Signature(name, email, int(signature.at.timestamp()), 0)
