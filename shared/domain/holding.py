"""A plan and the pipelines that open rollbacks hold → the plan that leaves those alone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .plan import Action, Decision, Plan

_MOST = 10
_WORDS = re.compile(r"held by (![0-9]+(?:, ![0-9]+)*)")
_DUE = (Action.UPDATE, Action.RENAME, Action.CREATE, Action.CONFLICT, Action.REFUSE)


def apply(made: Plan, held: Mapping[str, int]) -> Plan:
    """`held` is the number of the rollback's merge request by title.

    What needs nothing stays as decided. A held pipeline stops no other, whatever is wrong with it.
    """
    numbers = {decision.title: number for decision in made.decisions if (number := _number(decision, held))}
    numbers |= {each.was.title: numbers[each.title] for each in made.decisions if each.was and each.title in numbers}
    return Plan(tuple(_held(each, numbers[each.title]) if each.title in numbers else each for each in made.decisions))


def words(numbers: Iterable[int]) -> str:
    """Which rollbacks hold something, newest first and not more than a status has room for."""
    return "held by " + ", ".join(f"!{number}" for number in sorted(set(numbers), reverse=True)[:_MOST])


def numbers(text: str) -> frozenset[int]:
    """The rollbacks that a text names so; none where it doesn't."""
    found = _WORDS.search(text)
    return frozenset(int(each.strip(" !")) for each in found[1].split(",")) if found else frozenset()


def _number(decision: Decision, held: Mapping[str, int]) -> int | None:
    """A rename is held under each of its names."""
    found = [held[title] for title in decision.titles if title in held]
    return max(found) if found and decision.action in _DUE else None


def _held(decision: Decision, number: int) -> Decision:
    why = f"an open rollback returns it to an older version; {_live(decision)}"
    return replace(decision, action=Action.HOLD, why=why, was=None, proposal=number)


def _live(decision: Decision) -> str:
    versions = decision.versions
    if decision.action in (Action.CONFLICT, Action.REFUSE):
        return f"left as it is: {decision.why}"
    if versions.live is None:
        return "AIC has none"
    if versions.known:
        return f"live is the version of {versions.known[:8]}"
    return "live is the version before this change"
