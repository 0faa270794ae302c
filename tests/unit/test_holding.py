"""What a plan becomes while rollbacks are open."""

import pytest

from shared.domain import holding, plan
from shared.domain.content import Content
from shared.domain.plan import Action, Live, Plan, Versions

X, Y, Z = Content("x", b""), Content("y", b""), Content("z", b"")
KNOWN = "0123456789abcdef0123456789abcdef01234567"


def held(*pipelines: Versions, **numbers: int) -> Plan:
    """A plan of these, with what is held."""
    return holding.apply(plan.make(pipelines), numbers)


CASES = [
    pytest.param(Versions("p", X, Y, Live("1", X)), "live is the version before this change", id="2: changed"),
    pytest.param(Versions("p", X, Y, Live("1", Z), known=KNOWN), "live is the version of 01234567", id="3: older"),
    pytest.param(Versions("p", X, Y, Live("1", Z)), "left as it is: changed in Git, and edited in AIC", id="4: edited"),
    pytest.param(
        Versions("p", X, X, Live("1", Z), known=KNOWN, touched=False), "live is the version of 01234567", id="5: healed"
    ),
    pytest.param(Versions("p", None, Y, None), "AIC has none", id="7: new"),
    pytest.param(Versions("p", X, Y, Live("1", X), twins=("1", "2")), "left as it is: AIC has several", id="16: twins"),
    pytest.param(Versions("p", X, None, Live("1", X), defect="no JSON"), "left as it is: no JSON", id="17: no file"),
]


@pytest.mark.parametrize(("pipeline", "live"), CASES)
def test_a_held_pipeline_is_neither_written_nor_in_the_way(pipeline: Versions, live: str) -> None:
    """And what runs in AIC is said."""
    made = held(pipeline, p=7)

    (decision,) = made.decisions
    assert (decision.action, decision.proposal) == (Action.HOLD, 7)
    assert decision.why.startswith(f"an open rollback returns it to an older version; {live}")
    assert made.writes == made.blocks == ()


@pytest.mark.parametrize(
    "pipeline",
    [
        Versions("p", X, Y, Live("1", Y)),
        Versions("p", X, X, Live("1", Z), touched=False),
        Versions("p", X, None, Live("1", X)),
        Versions("p", X, X, None, touched=False),
    ],
    ids=["1: as it should be", "6: drift", "11: deleted in Git", "14: deleted in AIC"],
)
def test_what_would_not_be_written_anyway_is_told_as_ever(pipeline: Versions) -> None:
    """Nothing is due of it, so nothing is held."""
    assert held(pipeline, p=7) == plan.make([pipeline])


def test_other_pipelines_are_written() -> None:
    """A rollback holds only what it returns."""
    made = held(Versions("p", X, Y, Live("1", X)), Versions("q", X, Y, Live("2", X)), p=7)

    assert [each.title for each in made.writes] == ["q"]


@pytest.mark.parametrize("title", ["old", "new"])
def test_a_rename_is_held_under_both_names(title: str) -> None:
    """Else half of it would be told as done."""
    made = held(Versions("new", None, X, None), Versions("old", X, None, Live("1", X)), **{title: 7})

    assert [(each.title, each.action) for each in made.decisions] == [("new", Action.HOLD), ("old", Action.HOLD)]
    assert made.writes == ()


@pytest.mark.parametrize("numbers", [{1}, {12, 7}, set(range(1, 11))])
def test_the_rollbacks_of_a_text_are_found_again(numbers: set[int]) -> None:
    """Whatever stands around."""
    text = f"2 deployed to QA; 3 {holding.words(numbers)} · mapping 0123"

    assert holding.numbers(text) == numbers


def test_the_newest_ten_are_named() -> None:
    """A status has no room for more."""
    assert holding.words([3, 3, 1]) == "held by !3, !1"
    assert holding.numbers(holding.words(range(100))) == set(range(90, 100))


@pytest.mark.parametrize("text", ["", "held by a rollback: 3", "held by !", "held by 3", "beheld"])
def test_a_text_that_names_none_has_none(text: str) -> None:
    """As every other status."""
    assert holding.numbers(text) == frozenset()
