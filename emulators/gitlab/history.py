"""Walking the history of a repository, as `git log` does it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone

import pygit2
from pygit2.enums import SortMode

from emulators.gitlab.objects import CommitInfo


def commit(git: pygit2.Repository, sha: str) -> pygit2.Commit:
    """The commit object with this full sha; KeyError when there is none."""
    found = git[sha]
    if not isinstance(found, pygit2.Commit):
        raise KeyError(sha)
    return found


def info(found: pygit2.Commit) -> CommitInfo:
    """The commit as a value."""
    author, committer = found.author, found.committer
    return CommitInfo(
        id=str(found.id),
        parents=tuple(str(parent) for parent in found.parent_ids),
        tree=str(found.tree_id),
        title=found.message.partition("\n")[0].strip(),
        message=found.message,
        author_name=author.name,
        author_email=author.email,
        authored_date=_moment(author),
        committer_name=committer.name,
        committer_email=committer.email,
        committed_date=_moment(committer),
    )


def reached(git: pygit2.Repository, tips: Iterable[str]) -> set[str]:
    """Every commit that the tips contain, themselves included."""
    known: set[str] = set()
    for tip in tips:
        if tip not in known:
            known.update(str(found.id) for found in git.walk(tip, SortMode.NONE))
    return known


def walk(
    git: pygit2.Repository,
    tips: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    path: str | None = None,
    first_parent: bool = False,
) -> Iterator[pygit2.Commit]:
    """The commits reached, newest first, but none before all of its children: a second may hold many commits.

    With `path` only those that changed it, by git's default simplification: a commit that has the path as one
    of its parents has it is left out, and only that parent is followed.
    """
    hidden, wanted = reached(git, exclude), set(tips)
    for found in _children_first(git, tips):
        sha = str(found.id)
        if sha not in wanted or sha in hidden:
            continue
        parents = [str(parent) for parent in found.parent_ids][: 1 if first_parent else None]
        same = None if path is None else _unchanged(git, found, parents, path=path)
        if path is None or (same is None and not (not parents and _at(found, path) is None)):
            yield found
        wanted.update(parents if same is None else [same])


def within(found: pygit2.Commit, *, since: datetime | None, until: datetime | None) -> bool:
    """Whether the commit was committed in that time."""
    at = _moment(found.committer)
    return (since is None or at >= since) and (until is None or at <= until)


def _children_first(git: pygit2.Repository, tips: Sequence[str]) -> Iterator[pygit2.Commit]:
    if not tips:
        return
    walker = git.walk(tips[0], SortMode.TOPOLOGICAL | SortMode.TIME)
    for tip in tips[1:]:
        walker.push(tip)
    yield from walker


def _unchanged(git: pygit2.Repository, found: pygit2.Commit, parents: Sequence[str], *, path: str) -> str | None:
    """The first parent that has the same at `path`."""
    here = _at(found, path)
    return next((parent for parent in parents if _at(commit(git, parent), path) == here), None)


def _at(found: pygit2.Commit, path: str) -> tuple[str, int] | None:
    try:
        item = found.tree[path]
    except KeyError:
        return None
    return str(item.id), int(item.filemode or 0)


def _moment(signature: pygit2.Signature) -> datetime:
    zone = timezone(timedelta(minutes=signature.offset)) if signature.offset else UTC
    return datetime.fromtimestamp(signature.time, zone)
