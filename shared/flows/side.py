"""The side branches of a workspace: captures that wait for people, and the merge requests that show them."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count, islice

from ..domain import trailers
from ..domain.gitlab import Changes, Commit, Proposal
from ..domain.layout import CONFIG_FOLDER, titles_of
from ..domain.mapping import slug
from ..domain.side_branch import CAPTURES
from .outside import Moved, Outside

_SHA = "[0-9a-f]{40}|[0-9a-f]{64}"
_MARK = re.compile(rf"<!-- aic-sync (?P<cut>{_SHA})( (?P<tip>{_SHA}))? -->")
_NUMBER = re.compile(r"-[0-9]+")
_MOST_CLOSED = 20


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where captures belong: the branch of a project that a workspace is mapped to.

    `base` is None where nothing counts as one.
    """

    project: str
    branch: str
    workspace: str
    head: str
    base: str | None = None

    @property
    def cut(self) -> str:
        """Where a side branch parts from the branch, so that Git itself merges three ways."""
        return self.base or self.head


@dataclass(frozen=True, slots=True)
class Side:
    """A side branch at `tip`, cut at `cut`; the two are one as long as it isn't made.

    `captures` are its commits by this service. `alone`: nobody else committed there, so that more may be appended.
    """

    name: str
    cut: str
    tip: str
    proposal: Proposal | None = None
    captures: tuple[str, ...] = ()
    alone: bool = True


def mark(side: Side) -> str:
    """The first line of the description of a merge request: where its branch was cut, and what it tells of."""
    return f"<!-- aic-sync {side.cut} {side.tip} -->"


def told(side: Side) -> bool:
    """Whether the merge request tells what the branch has come to: a run may have died in between."""
    return side.proposal is not None and side.proposal.description.startswith(mark(side))


def opened(anchor: Anchor, outside: Outside) -> Iterator[Side]:
    """Those with an open merge request, newest first."""
    found = outside.repository.proposals(target=anchor.branch, state="opened")
    return (each for proposal in found if (each := _side(proposal, anchor, outside)))


def closed(anchor: Anchor, outside: Outside) -> Iterator[Side]:
    """Those whose merge request somebody closed without merging, as long as the branch is still there."""
    found = outside.repository.proposals(target=anchor.branch, state="closed")
    for proposal in islice(found, _MOST_CLOSED):
        each = _side(proposal, anchor, outside)
        if each and outside.repository.head(each.name) == each.tip:
            yield each


def fits(side: Side, anchor: Anchor, titles: Collection[str], outside: Outside) -> bool:
    """Whether captures of these titles may be appended: all would be merged upon the right base.

    Upon what other people put there, a capture could undo the change that they merged in.
    """
    if not side.alone or side.cut == anchor.cut:
        return side.alone
    if not outside.repository.is_ancestor(side.cut, of=anchor.cut):
        return False
    moved = between(side.cut, anchor.cut, outside)
    return not moved & {*titles, *captured(side, outside)}


def fresh(anchor: Anchor, outside: Outside, *, seen: Collection[str]) -> Side:
    """One that is still to be made, or that a lost answer has left without a merge request.

    `seen` are those with an open one; raises Moved where there are more by now.
    """
    first = _first(anchor)
    names = (first if number == 1 else f"{first}-{number}" for number in count(1))
    return next(found for name in names if name not in seen and (found := _free(name, anchor, outside)))


def captured(side: Side, outside: Outside) -> frozenset[str]:
    """The pipelines that the branch changes."""
    return frozenset() if side.tip == side.cut else between(side.cut, side.tip, outside)


def between(old: str, new: str, outside: Outside) -> frozenset[str]:
    """The pipelines that differ between a commit and one that came of it."""
    changes = outside.repository.compare(old, new)
    if changes.complete:
        return titles_of(changes.paths)
    before, after = (outside.repository.tree(commit, CONFIG_FOLDER) for commit in (old, new))
    return titles_of(tuple(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)))


def wholes(anchor: Anchor) -> Iterator[str]:
    """Branches on which a capture of several commits is put together that goes onto the branch itself."""
    first = _first(anchor)
    return (f"{first}.whole" if number == 1 else f"{first}-{number}.whole" for number in count(1))


def is_ours(tip: str, anchor: Anchor, outside: Outside) -> bool:
    """Whether all that it has beyond head are captures of this workspace."""
    changes = outside.repository.compare(anchor.head, tip)
    return len(_captures(changes, anchor)) == len(changes.commits)


def _side(proposal: Proposal, anchor: Anchor, outside: Outside) -> Side | None:
    """None for what is none of ours; without a cut that can be believed nothing is appended."""
    ours = _is_named(proposal.source_branch, anchor) and proposal.author == outside.repository.own_id()
    if not ours or not proposal.head:
        return None
    found = _MARK.match(proposal.description)
    cut = found["cut"] if found and outside.repository.is_ancestor(found["cut"], of=proposal.head) else None
    changes = outside.repository.compare(cut or anchor.cut, proposal.head)
    captures = _captures(changes, anchor)
    alone = cut is not None and len(captures) == len(changes.commits)
    return Side(proposal.source_branch, cut or anchor.cut, proposal.head, proposal, captures, alone)


def _free(name: str, anchor: Anchor, outside: Outside) -> Side | None:
    outside.deadline.check()
    tip = outside.repository.head(name)
    return Side(name, anchor.cut, anchor.cut) if tip is None else _left_over(name, tip, anchor, outside)


def _is_named(name: str, anchor: Anchor) -> bool:
    first = _first(anchor)
    number = name.removeprefix(first)
    return name.startswith(first) and (not number or _NUMBER.fullmatch(number) is not None)


def _left_over(name: str, tip: str, anchor: Anchor, outside: Outside) -> Side | None:
    shown = list(outside.repository.proposals(target=anchor.branch, state="all", source=name))
    if any(each.state == "opened" and each.author == outside.repository.own_id() for each in shown):
        raise Moved("another run captured the same workspace meanwhile")
    if shown:
        return None
    changes = outside.repository.compare(anchor.cut, tip)
    captures = _captures(changes, anchor)
    ours = len(captures) == len(changes.commits) and any(each.parents == (anchor.cut,) for each in changes.commits)
    return Side(name, anchor.cut, tip, captures=captures) if ours else None


def _captures(changes: Changes, anchor: Anchor) -> tuple[str, ...]:
    return tuple(commit.sha for commit in changes.commits if _is_capture(commit, anchor))


def _is_capture(commit: Commit, anchor: Anchor) -> bool:
    found = trailers.parse(commit.message)
    return found is not None and found.workspace == anchor.workspace


def _first(anchor: Anchor) -> str:
    return f"{CAPTURES}{slug(anchor.workspace)}"
