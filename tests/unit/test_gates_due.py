"""Tests of a deploy whose message or hook was lost are found by the sweep, which asks nothing where nothing is due."""

from dataclasses import replace

import pytest

from shared.domain import gate
from shared.domain.errors import Permanent, Transient
from shared.domain.gate import State
from shared.domain.sweep_report import SweepReport
from shared.flows.gates_due import WINDOW, Settled
from shared.flows.sweep import Sweeper, Unswept, sweep

from ..failing import failing
from ..fake_proposals import OWN
from ..stage import ENVIRONMENT, QA, OneByOne, Stage
from .test_after_deploy import asked, fails, gate_note, looked, merged

QUIET = ["deployments", "file", "head", "hooks", "proposals"]


def swept(
    world: Stage, *, settled: Settled | None = None, gates: frozenset[str] = frozenset({QA})
) -> tuple[SweepReport, list[str]]:
    """The report, and what GitLab was asked."""
    world.gitlab.calls.clear()
    sweeper = Sweeper(3000.0, "s-1", settled or Settled())
    report = sweep([Unswept("pin/fusion", frozenset({QA}), world.outside, gates)], sweeper, together=OneByOne())
    return report, sorted(world.gitlab.calls)


def deployed() -> tuple[Stage, int]:
    """A deploy whose message for its tests was lost; its record's id."""
    world, _ = merged()
    world.publisher.published.clear()
    return world, world.gitlab.records[-1][1].id


def test_tests_that_nobody_has_started_are_asked_for() -> None:
    """As the deploy would; the log says so."""
    world, deployment = deployed()

    report, _ = swept(world)

    assert asked(world) == [{"project": "pin/fusion", "branch": "develop", "deployment": deployment}]
    ((_, _, key, attributes, _),) = world.publisher.published
    assert (key, attributes["origin"]) == ("pin/fusion:develop", "sweep")
    told = report.told()
    assert told.said == "sweep: 1 asked for"
    assert told.fields["tests_asked_for"] == [f"pin/fusion:develop: deployment {deployment}"]


def test_an_end_that_nobody_was_told_is_found() -> None:
    """While the pipeline runs nobody is asked."""
    world, deployment = deployed()
    looked(world, deployment)

    swept(world)
    assert asked(world) == []
    world.gitlab.finish(1, "success")
    swept(world)
    looked(world, deployment)
    swept(world)

    assert len(asked(world)) == 1


def test_a_pipeline_that_somebody_deleted_is_found() -> None:
    """It has no end that anybody could tell."""
    world, deployment = deployed()
    looked(world, deployment)
    del world.gitlab.runs[1]

    swept(world)

    assert len(asked(world)) == 1


def test_a_run_that_died_after_its_last_word_is_carried_on() -> None:
    """The note says failed, the record doesn't yet."""
    world, deployment = deployed()
    looked(world, deployment)
    fails(world)
    world.gitlab.before = failing("fail_deployment", Transient("gitlab-unavailable"))
    with pytest.raises(Transient):
        looked(world, deployment)

    swept(world)
    looked(world, deployment)

    assert len(asked(world)) == 1
    assert world.records()[-1] == (world.head, "failed")


@pytest.mark.parametrize("state", ["success", "failed", "canceled"])
def test_what_has_ended_costs_two_requests_and_then_none(state: str) -> None:
    """An instance remembers it; of one that failed the success before is looked at, which was not tested."""
    world, deployment = deployed()
    looked(world, deployment)
    world.gitlab.finish(1, state)
    looked(world, deployment)
    settled = Settled()

    _, first = swept(world, settled=settled)
    _, second = swept(world, settled=settled)

    failed = state == "failed"
    own = ["statuses"] if failed else []  # what every sweep asks of a head that isn't live
    assert [each for each in first if each not in QUIET] == ["notes", *(own if failed else ["started_pipelines"])]
    assert [each for each in second if each not in QUIET] == own
    assert asked(world) == []


def started_late(world: Stage, *, by: int = OWN) -> None:
    """GitLab carries out what was asked of it long ago."""
    told = gate.variables(QA, world.gitlab.records[-1][1].id, ())
    world.gitlab.seen_by(by).start_pipeline("develop", variables=told)


def states(world: Stage) -> list[str]:
    """Of the pipelines, oldest first."""
    return [each.pipeline.state for each in world.gitlab.runs.values()]


@pytest.mark.parametrize("state", ["pending", "success", "canceled"])
def test_a_second_pipeline_that_gitlab_started_late_is_found_and_cancelled(state: str) -> None:
    """Whether the first has come to its end or not; what that came to stays, and nobody asks for more."""
    world, deployment = deployed()
    looked(world, deployment)
    if state != "pending":
        world.gitlab.finish(1, state)
        looked(world, deployment)
    started_late(world)

    swept(world)
    looked(world, deployment)
    said = gate_note(world)
    swept(world)

    assert len(asked(world)) == 1
    assert states(world) == [state, "canceled"]
    assert {"pending": "is being tested", "success": "passed", "canceled": "without a result"}[state] in said


def test_what_others_started_with_the_same_variables_is_left_to_them() -> None:
    """Anybody may; it counts for nothing."""
    world, deployment = deployed()
    looked(world, deployment)
    started_late(world, by=99)

    swept(world)
    looked(world, deployment)

    assert (asked(world), states(world)) == ([], ["pending", "pending"])


def test_a_second_pipeline_that_can_not_be_cancelled_keeps_nobody_from_the_result() -> None:
    """The log says that it runs on."""
    world, deployment = deployed()
    looked(world, deployment)
    started_late(world)
    world.gitlab.finish(1, "success")
    world.gitlab.before = failing("cancel_pipeline", Permanent("gitlab-forbidden"))

    report = looked(world, deployment)

    assert (report.state, report.untold) == (State.PASSED, ("gitlab-forbidden",))
    assert "passed its tests" in gate_note(world)


def test_a_deploy_that_wrote_nothing_costs_one_request_and_then_none() -> None:
    """There is nothing to test."""
    world, _ = deployed()
    world.gitlab.push("develop", {"README.md": "more"})
    world.deploy()
    settled = Settled()

    swept(world, settled=settled)
    _, calls = swept(world, settled=settled)

    assert (calls, asked(world)) == (QUIET, [])


def test_a_deploy_of_long_ago_costs_nothing() -> None:
    """Nobody waits for its tests any more; a hook that comes is heard all the same."""
    world, _ = deployed()
    world.clock.advance(WINDOW)

    assert swept(world)[1] == QUIET
    assert asked(world) == []


def test_where_nobody_asks_for_tests_none_are_looked_for() -> None:
    """Nor where nothing was ever deployed."""
    world, _ = deployed()
    assert swept(world, gates=frozenset())[1] == QUIET
    world.gitlab.records.clear()
    swept(world)

    assert asked(world) == []


def test_a_newer_deploy_of_the_same_commit_speaks_for_the_older_one() -> None:
    """The note is the newer one's by then."""
    world, deployment = deployed()
    looked(world, deployment)
    fails(world)
    looked(world, deployment)
    world.gitlab.open_deployment(ENVIRONMENT, branch="develop", commit=world.head, status="success")
    looked(world)
    world.gitlab.records.pop()
    environment, record = world.gitlab.records[-1]
    world.gitlab.records[-1] = (environment, replace(record, status="success"))

    swept(world)

    assert asked(world) == []


def test_what_can_not_be_looked_at_stops_no_other_branch() -> None:
    """It is named."""
    world, _ = deployed()
    world.gitlab.before = failing("notes", Transient("gitlab-unavailable"))

    assert swept(world)[0].told().fields["failed"] == ["pin/fusion:develop: gitlab-unavailable"]
