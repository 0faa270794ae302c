"""What a deploy did, as one value; every channel tells it in its own way."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from .backup_report import BackupLine
from .errors import Refused
from .plan import Action, Decision, Plan


class Outcome(StrEnum):
    """How a deploy ended. `running` and `planned` are no ends: work goes on, or nothing was meant to be written.

    `held`: an open rollback keeps some of it from being written.
    """

    DEPLOYED = "deployed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REFUSED = "refused"
    FAILED = "failed"
    HALF_DEPLOYED = "half-deployed"
    HELD = "held"
    SUPERSEDED = "superseded"
    IGNORED = "ignored"
    PLANNED = "planned"
    RUNNING = "running"


SUCCESSES = frozenset({Outcome.DEPLOYED, Outcome.UNCHANGED})
FAILURES = frozenset({Outcome.CONFLICT, Outcome.REFUSED, Outcome.FAILED, Outcome.HALF_DEPLOYED})


class Taken(StrEnum):
    """What became of a pipeline that an unfinished deploy had written."""

    PUT_BACK = "put back"
    NOT_WRITTEN = "was not written"
    EDITED = "edited in AIC by somebody: left as it is"
    CREATED = "was created and can't be deleted from outside: delete it in AIC by hand if it must not run"
    STUCK = "still holds the new version: it could not be put back"


@dataclass(frozen=True, slots=True)
class Row:
    """One pipeline: what was done, why, and in how many seconds where something was written.

    `proposal` is the number of the merge request that it has to do with.
    """

    title: str
    action: Action
    done: str
    why: str = ""
    seconds: float | None = None
    proposal: int | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """One pipeline of an unfinished deploy, after giving up."""

    title: str
    taken: Taken


@dataclass(frozen=True, slots=True)
class Report:
    """`reason` and `detail` are those of the error, empty where all went well; commits are full shas.

    `again` is the message to publish for another try, as JSON, where one may help; `override` the one by which Git wins
    over edits that are kept.
    `backups` are those of what was overwritten. `source` says in words where the content comes from, if not from the
    branch's head. `by` is the person who asked by hand and said so; `untold` are the reasons of the channels that could
    not be used, which never change the outcome.
    """

    outcome: Outcome
    project: str
    branch: str
    workspace: str = ""
    head: str = ""
    base: str = ""
    mapping: str = ""
    rows: tuple[Row, ...] = ()
    undone: tuple[Undone, ...] = ()
    by_hand: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    detail: str = ""
    adopted: bool = False
    by: str = ""
    again: str = ""
    override: str = ""
    source: str = ""
    backups: tuple[BackupLine, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def written(self) -> int:
        """How many pipelines this deploy wrote."""
        return sum(row.seconds is not None for row in self.rows)


ALREADY_THERE, HELD_BACK = "already there", "held back"
_DONE = {
    Action.NONE: ALREADY_THERE,
    Action.UPDATE: "updated",
    Action.RENAME: "renamed",
    Action.CREATE: "created",
    Action.HOLD: "held",
    Action.LEAVE: "left alone",
    Action.CONFLICT: "conflict",
    Action.REFUSE: "refused",
}
_CHANGED_AFTER = "this deploy had written it; AIC now holds something else: somebody saved it, or AIC changed it"
_PLANNED = {
    **_DONE,
    Action.UPDATE: "would be updated",
    Action.RENAME: "would be renamed",
    Action.CREATE: "would be created",
    Action.HOLD: "would be held",
}
_HELD_BACK = {**_DONE, **dict.fromkeys((Action.UPDATE, Action.RENAME, Action.CREATE), HELD_BACK)}


def rows_done(plan: Plan, seconds: dict[str, float], earlier: frozenset[str]) -> tuple[Row, ...]:
    """The rows of a plan that was carried out; `earlier` are titles that an interrupted delivery had written."""
    return tuple(
        _done(decision, seconds.get(decision.title), earlier=decision.title in earlier) for decision in plan.decisions
    )


def rows_planned(plan: Plan) -> tuple[Row, ...]:
    """The rows of a plan that nobody meant to carry out."""
    return _rows(plan, _PLANNED)


def rows_held_back(plan: Plan) -> tuple[Row, ...]:
    """The rows of a plan that was refused as a whole."""
    return _rows(plan, _HELD_BACK)


def written_before(plan: Plan, sent: Collection[str]) -> Plan:
    """The same plan, whose conflicts are told as what they are if this run had written those titles before."""
    return Plan(
        tuple(
            replace(each, why=_CHANGED_AFTER) if each.action is Action.CONFLICT and each.title in sent else each
            for each in plan.decisions
        )
    )


def why_halted(plan: Plan, *, forced: bool = False) -> Refused:
    """Why a plan must not be carried out; a conflict weighs more than a file that can't be read.

    A conflict stops what is `forced` only if an edit could not be kept.
    """
    if plan.of(Action.CONFLICT):
        return Refused("force-not-parked") if forced else Refused("conflict")
    return Refused("config-refused")


def by_hand(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Title and sentence for what only a person can do in AIC."""
    found = [(decision.title, decision.why) for decision in plan.decisions if decision.row == 11]
    for decision in plan.decisions:
        live, head = (decision.was or decision.versions).live, decision.versions.head
        names = live.content.unlike(head) if live and head else ()
        if names:
            found.append((decision.title, f"AIC takes no {', '.join(names)} from outside: set there what Git says"))
    return tuple(found)


def _rows(plan: Plan, words: dict[Action, str]) -> tuple[Row, ...]:
    return tuple(
        Row(each.title, each.action, words[_told_as(each)], each.why, proposal=each.proposal) for each in plan.decisions
    )


def _told_as(decision: Decision) -> Action:
    """A pipeline that takes another name is told under both."""
    return Action.RENAME if decision.row == 18 else decision.action


def _done(decision: Decision, seconds: float | None, *, earlier: bool) -> Row:
    if decision.action is Action.NONE and earlier:
        return Row(decision.title, decision.action, "written by an earlier attempt")
    done = _DONE[_told_as(decision)]
    return Row(decision.title, decision.action, done, decision.why, seconds, decision.proposal)
