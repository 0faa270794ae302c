"""What a deploy makes of commits by which the service itself brought edits from AIC into Git."""

from collections.abc import Callable

import pytest

from shared.domain.layout import config_path
from shared.domain.report import Outcome

from ..fake_workspace import stored
from ..stage import Stage, stage
from .test_deploy_in_trouble import dead_run


def captured() -> Stage:
    """A stage on which somebody edited `a` in AIC, and the service has brought that into Git."""
    world = stage(a="one", b="one")
    world.aic.put("a", "typed")
    world.captured(a="typed")
    return world


def test_what_was_captured_is_live_already() -> None:
    """Row 1: only recorded."""
    world = captured()

    assert world.deploy().outcome is Outcome.UNCHANGED
    assert world.writes() == []
    assert world.records()[-1] == (world.head, "success")


def test_what_was_edited_again_after_its_capture_is_no_conflict() -> None:
    """Row 6: Git itself did not change it. The next snapshot captures it again."""
    world = captured()
    world.put(b="two")
    world.aic.put("a", "typed again")

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "typed again", "b": "two"}
    assert {row.title: row.why for row in report.rows}["a"].startswith("edited in AIC since it was brought into Git")


def test_what_was_deleted_in_aic_after_its_capture_is_not_created_again() -> None:
    """Row 14, with or without an older version."""
    world = captured()
    world.aic.put("new", "typed")
    world.captured(new="typed")
    world.aic.remove("a")
    world.aic.remove("new")

    world.deploy()

    assert world.aic.code() == {"b": "one"}


def test_a_change_upon_a_capture_is_written() -> None:
    """Row 2: live is what was captured."""
    world = captured()
    world.merge(a="two")

    report = world.deploy()

    assert world.aic.code() == {"a": "two", "b": "one"}
    assert [row.why for row in report.rows if row.title == "a"] == ["changed in Git"]


def test_a_change_upon_a_capture_that_was_edited_again_is_a_conflict() -> None:
    """Row 4: now both sides have changed it."""
    world = captured()
    world.merge(a="two")
    world.aic.put("a", "typed again")

    assert world.deploy().outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "typed again", "b": "one"}


def test_what_a_dead_run_wrote_over_a_capture_is_put_back_to_it() -> None:
    """The pre-image stands at the capture, not at base."""
    world = captured()
    world.merge(a="two", b="two")
    dead_run(world)
    world.aic.put("b", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "typed", "b": "typed"}


def test_a_merged_capture_counts_from_its_own_commit() -> None:
    """Its merge is no change of Git's, unless somebody put something else into it."""
    world = stage(a="one", b="one")
    world.aic.put("a", "typed")
    world.gitlab.branches["aic-sync/qa"] = world.head
    world.captured(branch="aic-sync/qa", a="typed")
    world.merge(source="feature/1", b="two")
    world.gitlab.merge("aic-sync/qa", "develop")
    world.aic.put("a", "typed again")

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "typed again", "b": "two"}


def test_a_merge_that_resolved_a_capture_otherwise_is_a_change() -> None:
    """Whoever merged it wanted this."""
    world = stage(a="one", b="one")
    world.aic.put("a", "typed")
    world.gitlab.branches["aic-sync/qa"] = world.head
    world.captured(branch="aic-sync/qa", a="typed")
    world.gitlab.merge("aic-sync/qa", "develop", {config_path("a"): stored("both")})

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "both", "b": "one"}


@pytest.mark.parametrize(
    "capture",
    [
        lambda world: world.captured(workspace="PIN FUSION 2.0", a="typed"),
        lambda world: world.said("Captured\n\nAIC-Workspace: PIN FUSION 2.0 QA", a="typed"),
        lambda world: world.put(a="typed"),
    ],
    ids=["another workspace's", "half of the trailers", "a person's"],
)
def test_what_is_no_capture_of_this_workspace_is_a_change(capture: Callable[[Stage], object]) -> None:
    """As any other commit: a further edit in AIC is a conflict."""
    world = stage(a="one", b="one")
    world.aic.put("a", "typed")
    capture(world)
    world.aic.put("a", "typed again")

    assert world.deploy().outcome is Outcome.CONFLICT


def test_a_capture_costs_no_request_more() -> None:
    """Neither alone nor merged."""
    costs = []
    for capture in (Stage.captured, Stage.put):
        world = stage(a="one", b="one")
        world.aic.put("a", "typed")
        world.gitlab.branches["aic-sync/qa"] = world.head
        capture(world, branch="aic-sync/qa", a="typed")
        world.gitlab.merge("aic-sync/qa", "develop")
        world.gitlab.calls.clear()
        world.deploy()
        costs.append(world.gitlab.calls.copy())

    assert costs[0] == costs[1]
