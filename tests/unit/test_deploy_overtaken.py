"""Runs by hand whose branch, or whose mapping, moved on before they came to their end."""

from typing import Any

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnCommit, OnMergeRequest
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.report import Outcome, Taken

from ..stage import Stage, stage
from .test_deploy_in_trouble import Killed, at, fail
from .test_deploy_interrupted import LIMITED, nothing_left


def limited(world: Stage) -> list[tuple[str, str]]:
    """Commit and status of each record of limited runs, oldest first."""
    return [(each.commit, each.status) for name, each in world.gitlab.records if name == LIMITED]


def merged(**pipelines: str) -> Stage:
    """Two pipelines are live as `one`; a merge that changes some waits to be deployed."""
    world = stage(a="one", b="one")
    world.merge(source="feature/1", **pipelines)
    return world


def killed(world: Stage, *pipelines: str) -> None:
    """A person's deploy that dies after its first write; of these pipelines, if there are any."""
    said: dict[str, Any] = {"pipelines": list(pipelines)} if pipelines else {}
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy(by_hand=True, **said)
    world.aic.after = lambda _: None


def refuse(call: str) -> None:
    """AIC refuses every write."""
    if call == "update":
        raise Permanent("aic-write-refused")


def test_a_limited_run_whose_branch_moves_leaves_nothing_at_running() -> None:
    """The record and the note that it had begun with are closed in the end."""
    world = merged(a="two")
    first = world.head
    world.gitlab.before = at(2, "head", lambda: world.merge(source="feature/2", a="three"))

    report = world.deploy(by_hand=True, pipelines=["a"])

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "three", "b": "one"}
    assert limited(world) == [(first, "canceled"), (world.head, "success")]
    assert "came while its deploy was interrupted" in world.gitlab.body(OnCommit(first))
    assert "aic/deploy" not in {name for commit, _, name, _ in world.gitlab.posted if commit == first}
    nothing_left(world)


def test_a_limited_run_that_died_before_its_branch_moved_is_closed_by_its_redelivery() -> None:
    """Also where nothing is left to be written."""
    world = merged(a="two")
    first = world.head
    killed(world, "a")
    world.merge(source="feature/2", b="two")

    report = world.deploy(by_hand=True, pipelines=["a"], redelivered=True)

    assert report.outcome is Outcome.UNCHANGED
    assert limited(world) == [(first, "canceled"), (world.head, "success")]
    nothing_left(world)


def test_what_was_closed_too_late_is_closed_by_one_more_delivery() -> None:
    """The success of this head stands already."""
    world = merged(a="two")
    first = world.head
    killed(world, "a")
    world.merge(source="feature/2", a="three")
    world.gitlab.before = at(2, "end_deployment", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy(by_hand=True, pipelines=["a"])
    world.gitlab.before = lambda _: None

    world.deploy(by_hand=True, pipelines=["a"], redelivered=True)

    assert limited(world) == [(first, "canceled"), (world.head, "success")]
    nothing_left(world)


def test_a_success_stands_though_the_older_record_could_not_be_closed() -> None:
    """After the record nothing is given up any more; the log says what was not told."""
    world = merged(a="two")
    killed(world, "a")
    world.merge(source="feature/2", a="three")
    world.gitlab.before = at(2, "end_deployment", fail(Transient("gitlab-unavailable")))

    report = world.deploy(by_hand=True, pipelines=["a"])

    assert (report.outcome, report.untold) == (Outcome.DEPLOYED, ("gitlab-unavailable",))
    assert world.aic.code() == {"a": "three", "b": "one"}


def test_the_record_of_two_limited_runs_is_kept_while_one_needs_it() -> None:
    """Each has a journal of its own on the commit, and closes its own only."""
    world = merged(a="two", b="two")
    first = world.head
    killed(world, "a")
    killed(world, "b")
    world.merge(source="feature/2", a="three", b="three")

    world.deploy(by_hand=True, pipelines=["a"])
    assert limited(world)[0] == (first, "running")
    world.deploy(by_hand=True, pipelines=["b"])

    assert limited(world)[0] == (first, "canceled")
    nothing_left(world)


def test_a_limited_run_that_fails_at_a_newer_head_takes_back_and_closes_the_older() -> None:
    """What the older one wrote is undone through its journal before that is emptied."""
    world = merged(a="two")
    first = world.head
    killed(world, "a")
    world.gitlab.push("develop", {config_path("a"): "{broken"})

    report = world.deploy(by_hand=True, pipelines=["a"])

    assert report.outcome is Outcome.REFUSED
    assert world.aic.code() == {"a": "one", "b": "one"}
    assert (first, "canceled") in limited(world)
    nothing_left(world)


def test_what_can_not_be_put_back_keeps_the_older_record() -> None:
    """It leads to the journal, until somebody can."""
    world = merged(a="two")
    first = world.head
    killed(world, "a")
    world.gitlab.push("develop", {config_path("a"): "{broken"})
    world.aic.before = refuse

    report = world.deploy(by_hand=True, final=True, pipelines=["a"])

    assert report.outcome is Outcome.HALF_DEPLOYED
    assert (first, "running") in limited(world)
    world.aic.before = lambda _: None
    assert world.deploy(by_hand=True, pipelines=["a"]).outcome is Outcome.REFUSED
    assert world.aic.code() == {"a": "one", "b": "one"}
    nothing_left(world)


BREAKS = {"mapping-invalid": "mapping: [", "branch-not-mapped": "mapping:\n  main: PIN FUSION 2.0\n"}


@pytest.mark.parametrize(("reason", "text"), BREAKS.items())
@pytest.mark.parametrize("pipelines", [(), ("a", "b")])
def test_a_run_by_hand_that_died_is_taken_back_by_its_redelivery(
    reason: str, text: str, pipelines: tuple[str, ...]
) -> None:
    """The mapping broke, or dropped the branch, meanwhile: nobody else may ever come by."""
    world = merged(a="two", b="two")
    killed(world, *pipelines)
    world.gitlab.push("main", {MAPPING_FILE: text})
    said: dict[str, Any] = {"pipelines": list(pipelines)} if pipelines else {}

    report = world.deploy(by_hand=True, redelivered=True, **said)

    assert (report.outcome, report.reason) == (Outcome.REFUSED, reason)
    assert [each.taken for each in report.undone] == [Taken.PUT_BACK]
    assert world.aic.code() == {"a": "one", "b": "one"}
    told = OnCommit(world.head) if pipelines else OnMergeRequest(1)
    assert "- `a`: put back" in world.gitlab.body(told)
    nothing_left(world)


def test_a_limited_run_takes_back_its_own_only() -> None:
    """Another one of other pipelines, and a deploy of everything, have messages of their own."""
    world = merged(a="two", b="two")
    killed(world, "a")
    killed(world, "b")
    world.gitlab.push("main", {MAPPING_FILE: "mapping: ["})

    world.deploy(by_hand=True, redelivered=True, pipelines=["a"])

    assert world.aic.code() == {"a": "one", "b": "two"}
    assert limited(world) == [(world.head, "running")]
    world.deploy(by_hand=True, redelivered=True, pipelines=["b"])
    assert world.aic.code() == {"a": "one", "b": "one"}
    nothing_left(world)


def test_a_redelivery_of_what_never_began_is_only_answered() -> None:
    """GitLab did not answer the first time; now the mapping is broken, but nothing was written."""
    world = stage(a="one")
    world.gitlab.push("main", {MAPPING_FILE: "mapping: ["})
    before = world.status()

    report = world.deploy(by_hand=True, redelivered=True)

    assert report.outcome is Outcome.REFUSED
    assert world.status() == before
    assert world.gitlab.body(OnCommit(world.head)).startswith("<!-- aic-answer ")


@pytest.mark.parametrize("pipelines", [(), ("a", "b")])
def test_a_run_by_hand_that_died_before_its_branch_was_set_back_is_undone(pipelines: tuple[str, ...]) -> None:
    """What it had written is known from the commit that it was deployed from, though no branch has that any more."""
    world = merged(a="two", b="two")
    (base, _), *_ = world.records()
    killed(world, *pipelines)
    world.gitlab.branches["develop"] = base
    said: dict[str, Any] = {"pipelines": list(pipelines)} if pipelines else {"full": True}

    world.deploy(by_hand=True, redelivered=True, **said)

    assert world.aic.code() == {"a": "one", "b": "one"}
    nothing_left(world)


def test_a_person_who_asks_for_a_branch_that_was_set_back_does_not_touch_what_is_under_way() -> None:
    """It may be going on at this moment."""
    world = merged(a="two", b="two")
    first, (base, _) = world.head, world.records()[0]
    killed(world)
    world.merge(source="feature/2", b="three")
    world.deploy()
    world.merge(source="feature/3", a="four")
    killed(world)
    world.gitlab.branches["develop"] = first

    assert world.deploy(by_hand=True).outcome is Outcome.SUPERSEDED
    assert base not in {commit for commit, _ in world.records()[1:]}
    assert [status for _, status in world.records()][-1] == "running"
