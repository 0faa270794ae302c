"""Runs that are limited to some pipelines, side by side on a branch that moves on."""

import pytest

from shared.domain.errors import Transient

from ..stage import ENVIRONMENT, Stage, stage

LIMITED = f"{ENVIRONMENT}/limited"


def states(world: Stage) -> list[str]:
    """Of the limited runs, oldest first."""
    return [each.status for name, each in world.gitlab.records if name == LIMITED]


def interrupted() -> Stage:
    """A workspace in which a run limited to `b` died in the middle, and whose branch has moved on since."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")

    def dies(call: str) -> None:
        if call == "update":
            raise Transient("aic-unavailable", "AIC answered 502")

    world.aic.before = dies
    with pytest.raises(Transient):
        world.deploy(by_hand=True, pipelines=["b"])
    world.aic.before = lambda _: None
    world.put(c="new")
    return world


def test_a_run_leaves_what_a_run_of_other_pipelines_has_begun() -> None:
    """That one's own next delivery goes on with it."""
    world = interrupted()
    world.deploy(by_hand=True, pipelines=["a"])

    assert states(world) == ["running", "success"]
    assert world.aic.code()["a"] == "two"


def test_what_lies_behind_a_success_or_has_ended_is_left_alone() -> None:
    """Only what still says that it runs is closed."""
    world = interrupted()
    world.deploy(by_hand=True, pipelines=["a"])
    world.gitlab.open_deployment(LIMITED, branch="develop", commit=world.head, status="failed")
    world.put(d="new")
    world.deploy(by_hand=True, pipelines=["d"])

    assert states(world) == ["running", "success", "failed", "success"]
