"""Which request a fault rule meets."""

import random

import pytest

from emulators.faults import Faults, Rule, parse
from emulators.routing import Call

LIST = Call("GET", "/api/p/ä b/jobs", raw_path="/api/p/%C3%A4%20b/jobs", route="/p/:id/jobs")


def _fired(*rules: Rule, calls: list[Call], seed: int = 0) -> list[str | None]:
    faults, dice = Faults(), random.Random(seed)  # noqa: S311 - repeatable on purpose
    faults.put(list(rules))
    picked = [faults.pick(call, dice) for call in calls]
    return [rule.kind if rule else None for rule in picked]


def test_skip_and_times_count_only_requests_that_the_rule_covers() -> None:
    """The third and fourth GET fail, whatever else goes by."""
    rule = Rule("500", method="get", skip=2, times=2)
    post = Call("POST", "/x")
    assert _fired(rule, calls=[LIST, post, LIST, LIST, post, LIST, LIST]) == [
        None,
        None,
        None,
        "500",
        None,
        "500",
        None,
    ]


def test_times_is_unlimited_unless_said() -> None:
    """And 0 is never."""
    assert _fired(Rule("drop"), calls=[LIST] * 3) == ["drop"] * 3
    assert _fired(Rule("drop", times=0), calls=[LIST]) == [None]


def test_the_first_matching_rule_applies_and_a_spent_one_gives_way() -> None:
    """A sequence of different faults is a list of rules."""
    assert _fired(Rule("500", times=1), Rule("empty", times=1), calls=[LIST] * 3) == ["500", "empty", None]


@pytest.mark.parametrize(
    ("rule", "covered"),
    [
        (Rule("500", route=r"/jobs$"), True),
        (Rule("500", route=r"/jobs/:job$"), False),
        (Rule("500", path="/ä b/"), True),
        (Rule("500", path="%20"), False),
        (Rule("500", route="jobs", path="nope"), False),
        (Rule("500", method="PUT"), False),
    ],
)
def test_route_and_decoded_path_are_regular_expressions(rule: Rule, covered: bool) -> None:
    """All that a rule names must match."""
    assert rule.covers(LIST) is covered


def test_probability_repeats_itself_with_the_seed() -> None:
    """Neither always nor never, and the same again."""
    rule = Rule("500", probability=0.5)
    once = _fired(rule, calls=[LIST] * 200, seed=7)
    assert 50 < once.count("500") < 150
    assert _fired(rule, calls=[LIST] * 200, seed=7) == once
    assert _fired(rule, calls=[LIST] * 200, seed=8) != once


def test_a_kind_may_be_written_as_a_number() -> None:
    """JSON drivers write 500 as well as "500"."""
    assert parse({"kind": 500, "retry_after": None}) == Rule("500")


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"kind": "418"},
        {"kind": "500", "route": "("},
        {"kind": "500", "phase": "during"},
        {"kind": "500", "times": "many"},
        {"kind": "500", "methd": "GET"},
        "500",
    ],
)
def test_a_wrong_rule_is_refused(item: object) -> None:
    """A rule that would silently never match would make a test that proves nothing."""
    with pytest.raises(ValueError, match=r"\w"):
        parse(item)
