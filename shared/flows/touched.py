"""Which pipelines a commit between base and head touched, also where it was there and back again."""

from ..domain.gitlab import Changes, Commit
from ..domain.layout import CONFIG_FOLDER, titles_of
from .outside import Outside
from .pace import all_of

MOST_COMMITS = 1000
"""Beyond these every pipeline is looked at: cheaper than asking for the diff of each commit."""
_WIDTH = 8


def touched(base: str, head: str, changes: Changes, outside: Outside) -> frozenset[str] | None:
    """Titles; None for all. The net difference comes from compare, or from the trees where compare is cut short."""
    if len(changes.commits) > MOST_COMMITS:
        return None
    net = titles_of(changes.paths) if changes.complete else _between(base, head, outside)
    asked = _not_told_by_the_net(base, changes.commits)
    each = all_of(outside.together, lambda commit: _of_commit(commit, outside), asked, width=_WIDTH)
    return net.union(*each)


def _not_told_by_the_net(base: str, commits: tuple[Commit, ...]) -> tuple[Commit, ...]:
    """One commit upon base, alone or merged by a merge commit, has changed what head differs in from base."""
    plain = [commit for commit in commits if len(commit.parents) == 1]
    merges = [commit for commit in commits if len(commit.parents) != 1]
    alone = len(plain) == 1 and plain[0].parents == (base,)
    if alone and all(merge.parents == (base, plain[0].sha) for merge in merges):
        return ()
    return commits


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
