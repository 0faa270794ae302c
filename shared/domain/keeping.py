"""A plan and where the edits that it is in conflict with are kept → the plan that tells of them, or overrides them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from . import plan
from .plan import Action, Decision, Plan


@dataclass(frozen=True, slots=True)
class Kept:
    """One edit as a commit, and the number of the merge request that shows it; somebody may have `closed` that."""

    commit: str
    proposal: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Keeping:
    """What became of the edits, by title: where they are kept, or a sentence why they are not."""

    kept: Mapping[str, Kept] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)


def told(made: Plan, keeping: Keeping) -> Plan:
    """The same plan, whose conflicts say where the edit is."""
    return Plan(tuple(_told(each, keeping) if each.action is Action.CONFLICT else each for each in made.decisions))


def overridden(made: Plan, keeping: Keeping) -> Plan:
    """The plan in which Git wins every conflict whose edit is kept: it is a version that Git knows then."""
    return Plan(tuple(_overridden(each, keeping.kept.get(each.title)) for each in made.decisions))


def contested(made: Plan) -> Plan:
    """The plan in which Git is to win also where it changed nothing: an edit is in conflict with it, and kept first."""
    return Plan(tuple(map(_contested, made.decisions)))


def _contested(decision: Decision) -> Decision:
    if decision.row == 6:
        why = f"edited in AIC {decision.versions.since}, unchanged in Git"
        return replace(decision, action=Action.CONFLICT, why=why)
    if decision.row == 14:
        return replace(decision, action=Action.CREATE, why="deleted in AIC, unchanged in Git: created again")
    return decision


def _told(decision: Decision, keeping: Keeping) -> Decision:
    kept = keeping.kept.get(decision.title)
    if kept is None:
        why = keeping.withheld.get(decision.title)
        return replace(decision, why=f"{decision.why}; not kept in Git: {why}") if why else decision
    where = "in a merge request that somebody has closed" if kept.closed else "in this merge request"
    return replace(decision, why=f"{decision.why}; the edit is kept {where}", proposal=kept.proposal)


def _overridden(decision: Decision, kept: Kept | None) -> Decision:
    if decision.action is not Action.CONFLICT or kept is None:
        return decision
    again = plan.decide(replace(decision.versions, known=kept.commit))
    if again.action is Action.UPDATE:
        return replace(again, why="an edit made in AIC gives way; it is kept here", proposal=kept.proposal)
    return replace(again, why=f"{again.why}; an edit made there is kept here", proposal=kept.proposal)
