"""Open rollbacks hold the pipelines that they return."""

import pytest

from shared.domain.gitlab import FileAction
from shared.domain.layout import config_path
from shared.flows.holds import held
from tests.fake_proposals import OWN
from tests.fake_repository import FakeRepository

SIDE = "aic-rollback/1"


def project() -> FakeRepository:
    """Two pipelines, of which `a` has just got a bad version, and one that came with it."""
    made = FakeRepository()
    made.push("main", {config_path("a"): "good", config_path("b"): "good"})
    made.push("main", {config_path("a"): "bad", config_path("new"): "bad", "code/a.py": "bad"})
    return made


def roll_back(made: FakeRepository, *actions: FileAction, source: str = SIDE, target: str = "main") -> int:
    """A rollback by the service, by default of `a` and of what came with it."""
    back = actions or (
        FileAction("update", config_path("a"), b"good"),
        FileAction("delete", config_path("new")),
        FileAction("update", "code/a.py", b"good"),
    )
    made.commit(source, back, message="back", start=made.branches[target])
    return made.propose(source, target, title="Back", description="").iid


def holding(made: FakeRepository) -> dict[str, int]:
    """What is held on main as it is now."""
    return dict(held("main", made.branches["main"], made))


def test_an_open_rollback_holds_what_it_returns() -> None:
    """Also what it takes away; code files are no pipelines."""
    made = project()
    iid = roll_back(made)

    assert holding(made) == {"a": iid, "new": iid}


def test_nothing_is_held_without_a_rollback_and_that_takes_one_request() -> None:
    """A person's merge request, or one of the service for something else, holds nothing."""
    made = project()
    roll_back(made, source="aic-sync/qa")
    made.calls.clear()

    assert holding(made) == {}
    assert made.calls == ["proposals"]


def test_only_the_services_own_rollbacks_hold() -> None:
    """Else anybody who may push a branch could stop deploys."""
    made = project()
    made.push("aic-rollback/theirs", {config_path("a"): "good"}, parents=(made.branches["main"],))
    made.open("aic-rollback/theirs", "main", by=OWN + 1)

    assert holding(made) == {}


@pytest.mark.parametrize("end", ["closed", "merged"])
def test_a_hold_ends_with_its_merge_request(end: str) -> None:
    """Either way: what counts then is what the branch has."""
    made = project()
    iid = roll_back(made)
    if end == "closed":
        made.close(iid)
    else:
        made.land(iid)

    assert holding(made) == {}


def test_a_rollback_into_another_branch_holds_nothing_here() -> None:
    """Each workspace has its own."""
    made = project()
    made.push("develop", {config_path("b"): "x"}, parents=(made.branches["main"],))
    roll_back(made, target="develop")

    assert holding(made) == {}


def test_what_the_branch_changes_meanwhile_is_not_held() -> None:
    """The rollback was cut before, and says nothing of it."""
    made = project()
    iid = roll_back(made)
    made.push("main", {config_path("b"): "better", config_path("c"): "fresh"})

    assert holding(made) == {"a": iid, "new": iid}


def test_a_held_pipeline_that_is_changed_again_stays_held() -> None:
    """Whoever mends it forward closes the rollback."""
    made = project()
    iid = roll_back(made)
    made.push("main", {config_path("a"): "worse"})

    assert holding(made) == {"a": iid, "new": iid}


def test_what_the_branch_has_come_back_to_by_itself_is_not_held() -> None:
    """There is nothing to keep away any more."""
    made = project()
    iid = roll_back(made)
    made.push("main", {config_path("a"): "good"})

    assert holding(made) == {"new": iid}


def test_the_newest_of_several_rollbacks_is_named() -> None:
    """Each holds what it returns, all of them together."""
    made = project()
    first = roll_back(made)
    second = roll_back(made, FileAction("update", config_path("a"), b"good"), source="aic-rollback/2")

    assert holding(made) == {"a": second, "new": first}


def test_all_that_differs_is_held_where_gitlab_cuts_the_comparison() -> None:
    """Rather too much than a bad version."""
    made = project()
    iid = roll_back(made)
    made.push("main", {config_path("b"): "better"})
    made.complete = False

    assert holding(made) == {"a": iid, "b": iid, "new": iid}
