"""base × head × live → what a snapshot does with each pipeline. The rows are those of docs/lifecycle.md."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from .plan import Versions

DELETABLE = 0.1
"""The share of a workspace whose deletion a snapshot proposes at most; one pipeline always."""


class Action(StrEnum):
    """What the snapshot does with one pipeline."""

    NONE = "none"
    AHEAD = "ahead"
    HEAL = "heal"
    CAPTURE = "capture"
    CONFLICT = "conflict"
    MOVE = "move"
    DELETE = "delete"
    LEAVE = "leave"
    WITHHOLD = "withhold"
    UNREADABLE = "unreadable"


class Mode(StrEnum):
    """How a capture reaches Git: onto the branch itself, or by a merge request."""

    COMMIT = "commit"
    MERGE_REQUEST = "merge_request"


@dataclass(frozen=True, slots=True)
class Seen:
    """One pipeline as a snapshot sees it.

    `ever`: the branch had a file of this title at some time. `unreadable`: AIC lists it, but doesn't give it.
    `withheld`: why it can't be stored. `held`: the number of the rollback's merge request that holds it.
    """

    versions: Versions
    ever: bool = True
    unreadable: bool = False
    withheld: str = ""
    held: int | None = None

    @property
    def title(self) -> str:
        """The pipeline's title."""
        return self.versions.title


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the table, applied. `why` is a sentence for people; `moved_to` is the new title of a MOVE.

    `direct`: it may be committed onto the branch itself.
    """

    seen: Seen
    row: int
    action: Action
    why: str = ""
    direct: bool = False
    moved_to: str = ""

    @property
    def title(self) -> str:
        """The pipeline's title, of a MOVE the old one."""
        return self.seen.title


@dataclass(frozen=True, slots=True)
class Plan:
    """What a snapshot would do, one decision a pipeline, sorted by title."""

    decisions: tuple[Decision, ...]

    def of(self, *actions: Action) -> tuple[Decision, ...]:
        """The decisions with one of the actions."""
        return tuple(decision for decision in self.decisions if decision.action in actions)

    @property
    def direct(self) -> tuple[Decision, ...]:
        """What is committed onto the branch."""
        return tuple(decision for decision in self.writes if decision.direct)

    @property
    def proposed(self) -> tuple[Decision, ...]:
        """What goes into the merge request."""
        return tuple(decision for decision in self.writes if not decision.direct)

    @property
    def writes(self) -> tuple[Decision, ...]:
        """What changes something in Git."""
        return self.of(Action.CAPTURE, Action.CONFLICT, Action.MOVE, Action.DELETE)

    @property
    def settled(self) -> bool:
        """Whether nothing is left open, so that a deploy may record what stands."""
        unsettled = self.of(Action.WITHHOLD, Action.UNREADABLE) or any(each.row == 12 for each in self.decisions)
        return not (unsettled or self.proposed)


def make(pipelines: Iterable[Seen], *, mode: Mode, size: int) -> Plan:
    """Decides every pipeline; `size` is how many the workspace has in Git, by which deletions are measured."""
    seen = sorted(pipelines, key=lambda each: each.title)
    decided = [decide(each, mode=mode) for each in seen]
    decided = _renamed(decided, mode)
    return Plan(tuple(_bounded(decided, size)))


def needs_history(seen: Seen) -> bool:
    """Whether the decision hangs on Git having had the live content: it is neither head's nor base's."""
    live, versions = seen.versions.live, seen.versions
    if live is None or seen.unreadable or versions.twins or not seen.ever:
        return False
    return live.content not in (versions.head, versions.base)


def decide(seen: Seen, *, mode: Mode) -> Decision:
    """The row of the design's table that the pipeline is in, looked at by itself."""
    versions = seen.versions
    if versions.twins:
        ids = " and ".join(versions.twins)
        return Decision(seen, 14, Action.WITHHOLD, f"AIC has several pipelines of this title: {ids}")
    if seen.unreadable:
        return Decision(seen, 15, Action.UNREADABLE, "AIC did not give it; Git keeps what it has")
    if versions.live is None:
        return _gone_in_aic(seen)
    if versions.live.content == versions.head:
        return Decision(seen, 1, Action.NONE)
    found = _gone_in_git(seen, mode) if versions.head is None and not versions.defect else _both(seen, mode)
    if seen.withheld and found.action in (Action.CAPTURE, Action.CONFLICT):
        return Decision(seen, 14, Action.WITHHOLD, seen.withheld)
    return found


def _gone_in_aic(seen: Seen) -> Decision:
    versions = seen.versions
    if versions.head is None and not versions.defect:
        return Decision(seen, 1, Action.NONE)
    if versions.base is None:
        return Decision(seen, 7, Action.AHEAD, "in Git, not yet deployed")
    if versions.changed or versions.defect:
        return Decision(seen, 12, Action.LEAVE, "deleted in AIC, and changed in Git since the last deploy")
    return Decision(seen, 11, Action.DELETE, "deleted in AIC, unchanged in Git")


def _gone_in_git(seen: Seen, mode: Mode) -> Decision:
    versions = seen.versions
    still = "deleted in Git, still live: delete it in AIC by hand"
    if versions.base is None:
        if versions.known:
            return Decision(seen, 6, Action.LEAVE, still)
        why = "new in AIC; Git had one of this title before" if seen.ever else "new in AIC"
        return Decision(seen, 6, Action.CAPTURE, why, direct=mode is Mode.COMMIT and not seen.ever)
    if versions.known or (versions.live and versions.live.content == versions.base):
        return Decision(seen, 9, Action.LEAVE, still)
    return Decision(seen, 10, Action.CONFLICT, "deleted in Git, and edited in AIC since the last deploy")


def _both(seen: Seen, mode: Mode) -> Decision:
    versions = seen.versions
    if versions.live and versions.live.content == versions.base:
        return Decision(seen, 2, Action.AHEAD, "changed in Git, not yet deployed")
    if versions.known:
        return _older(seen, versions.known)
    if versions.base is None:
        return Decision(seen, 8, Action.CONFLICT, "live and Git differ, and Git never had what is live")
    if versions.changed or versions.defect:
        return Decision(seen, 5, Action.CONFLICT, "edited in AIC, and changed in Git since the last deploy")
    return Decision(seen, 4, Action.CAPTURE, "edited in AIC", direct=mode is Mode.COMMIT)


def _older(seen: Seen, known: str) -> Decision:
    if seen.held is not None:
        return Decision(seen, 3, Action.LEAVE, f"live is the version of {known[:8]}, held by !{seen.held}")
    return Decision(seen, 3, Action.HEAL, f"live is the older version of {known[:8]}; a deploy was asked for")


def _renamed(decided: list[Decision], mode: Mode) -> list[Decision]:
    """Row 13: one that vanished and exactly one new pipeline with its content are one that was renamed."""
    gone, new = _by_content(decided, 11), _by_content(decided, 6)
    pairs = {
        gone[content][0].title: new[content][0]
        for content in gone.keys() & new.keys()
        if len(gone[content]) == len(new[content]) == 1
    }
    arrivals = {each.title for each in pairs.values()}
    moved = [_move(each, pairs.get(each.title), mode) for each in decided if each.title not in arrivals]
    elsewhere = {live.content.digest for each in moved if each.row in (6, 14) and (live := each.seen.versions.live)}
    return [_kept(each) if _goes_on(each, elsewhere) else each for each in moved]


def _goes_on(decision: Decision, elsewhere: Collection[str]) -> bool:
    """Whether what vanished lives on under another title, which can't be told for a rename."""
    head = decision.seen.versions.head
    return decision.action is Action.DELETE and head is not None and head.digest in elsewhere


def _kept(decision: Decision) -> Decision:
    return replace(decision, action=Action.LEAVE, why="deleted in AIC, where its content has another title now")


def _by_content(decided: list[Decision], row: int) -> Mapping[str, list[Decision]]:
    """The decisions in that row that would write, by the content that they are about."""
    found: dict[str, list[Decision]] = defaultdict(list)
    for each in decided:
        versions = each.seen.versions
        content = versions.head if row == 11 else versions.live and versions.live.content
        if each.row == row and each.action in (Action.DELETE, Action.CAPTURE) and content:
            found[content.digest].append(each)
    return found


def _move(decision: Decision, arrival: Decision | None, mode: Mode) -> Decision:
    if arrival is None:
        return decision
    seen = replace(decision.seen, versions=replace(decision.seen.versions, live=arrival.seen.versions.live))
    direct = mode is Mode.COMMIT and not arrival.seen.ever
    return Decision(seen, 13, Action.MOVE, f"renamed in AIC to {arrival.title}", direct=direct, moved_to=arrival.title)


def _bounded(decided: list[Decision], size: int) -> list[Decision]:
    """No deletion is proposed of more than a tenth, nor in a run that could not read everything."""
    gone = sum(each.action is Action.DELETE for each in decided)
    if any(each.action is Action.UNREADABLE for each in decided):
        why = "deleted in AIC; not proposed, since this run could not read everything"
    elif gone > max(1, DELETABLE * size):
        why = f"deleted in AIC like {gone - 1} others, too many at once to be proposed"
    else:
        return decided
    return [replace(each, action=Action.LEAVE, why=why) if each.action is Action.DELETE else each for each in decided]
