"""Which pipelines a commit between base and head touched, also where it was there and back again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..domain import lineage
from ..domain.gitlab import Changes, Commit
from ..domain.layout import CONFIG_FOLDER, titles_of
from ..domain.lineage import Capture
from .outside import Outside
from .pace import all_of

MOST_COMMITS = 1000
"""Beyond these every pipeline is looked at: cheaper than asking for the diff of each commit."""
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Touched:
    """`titles` of pipelines, None for all; `captures` by the service itself are among them."""

    titles: frozenset[str] | None
    captures: Mapping[str, Capture] = field(default_factory=dict)


def touched(base: str, head: str, changes: Changes, *, workspace: str, outside: Outside) -> Touched:
    """The net difference comes from compare, or from the trees where compare is cut short."""
    if len(changes.commits) > MOST_COMMITS:
        return Touched(None)
    net = titles_of(changes.paths) if changes.complete else _between(base, head, outside)
    by_commit = _by_commit(base, changes.commits, net, outside)
    captures = lineage.captures(base, changes.commits, by_commit, workspace=workspace)
    return Touched(net.union(*by_commit.values()), captures)


def _by_commit(
    base: str, commits: tuple[Commit, ...], net: frozenset[str], outside: Outside
) -> Mapping[str, frozenset[str]]:
    """One commit upon base, alone or merged by a merge commit, has changed what head differs in from base."""
    plain = [commit for commit in commits if len(commit.parents) == 1]
    merges = [commit for commit in commits if len(commit.parents) != 1]
    alone = len(plain) == 1 and plain[0].parents == (base,)
    if alone and all(merge.parents == (base, plain[0].sha) for merge in merges):
        return {plain[0].sha: net}
    each = all_of(outside.together, lambda commit: _of_commit(commit, outside), commits, width=_WIDTH)
    return {commit.sha: titles for commit, titles in zip(commits, each, strict=True)}


def _of_commit(commit: Commit, outside: Outside) -> frozenset[str]:
    outside.deadline.check()
    paths, complete = outside.repository.touched(commit.sha)
    if complete or not commit.parents:
        return titles_of(paths)
    return _between(commit.parents[0], commit.sha, outside)


def _between(old: str, new: str, outside: Outside) -> frozenset[str]:
    before = outside.repository.tree(old, CONFIG_FOLDER)
    after = outside.repository.tree(new, CONFIG_FOLDER)
    return titles_of(tuple(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)))
