"""Whether a pipeline was proven elsewhere first: every combination of what can be there."""

from itertools import product

import pytest

from shared.domain import content, plan, proof
from shared.domain.content import Content
from shared.domain.plan import Action, Decision, Versions
from shared.domain.proof import Place, There
from tests.fake_workspace import config


def of(text: str) -> Content:
    return content.of_job({"$id": f"of {text}", **config(text)})


WANTED, OTHER = of("1"), of("2")


def said(newest: Content | None, proven: Content | None, *, deployed: bool = True) -> str:
    at = Place("develop", "Market QA", "a" * 40 if deployed else "")
    return proof.missing(WANTED, There(newest, proven), at)


@pytest.mark.parametrize(("newest", "proven"), list(product((WANTED, OTHER, None), repeat=2)))
def test_only_the_same_content_is_proven(newest: Content | None, proven: Content | None) -> None:
    """As canonical JSON: ids that differ between workspaces are no difference. What is missing says what to do."""
    text = said(newest, proven)

    if proven == WANTED:
        assert text == ""
    elif newest == WANTED:
        assert "has not passed its tests" in text
    elif newest is None:
        assert text.startswith("`Market QA` has no such pipeline: merge it into `develop` first")
    else:
        assert "another version" in text


def test_a_place_that_nothing_was_deployed_to_proves_nothing() -> None:
    """It says so, rather than that it has another version."""
    assert said(None, None, deployed=False) == "nothing was deployed to `Market QA` yet: merge it into `develop` first"


def test_ids_of_tasks_and_jobs_do_not_count() -> None:
    """AIC gives each workspace its own."""
    one, other = (content.of_job({"$id": number, **config("x")}) for number in ("1", "2"))

    assert proof.missing(one, There(other, other), Place("develop", "QA", "a", "a")) == ""


@pytest.mark.parametrize("action", Action)
def test_what_merging_does_not_bring_live_needs_no_proof(action: Action) -> None:
    """Held counts: it goes live when the hold ends."""
    made = Decision(Versions("a", None, WANTED, None), 2, action, "")

    written = action in (Action.UPDATE, Action.CREATE, Action.RENAME, Action.HOLD)
    assert proof.wanted(made) == (WANTED if written else None)
    assert plan.Plan((made,))


def test_a_name_has_no_power_in_the_sentence() -> None:
    """Backticks quote names there."""
    assert proof.missing(WANTED, There(), Place("a`b", "c`d")).count("`") == 4
