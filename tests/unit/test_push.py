"""Pipelines of development go from AIC into a merge request for staging by one message."""

import json
from datetime import UTC, datetime

import pytest

from shared.domain.answer import Outcome
from shared.domain.capture import Mode
from shared.domain.errors import Permanent, Refused
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.messages.promotion import PushFeature
from shared.domain.promotion_report import Promoted
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.push import push_feature

from ..failing import failing
from ..stage import ALLOWED, MAPPING, QA, Stage, stage

NAME = "feature/pin-12"
DEVELOPMENT = f"{MAPPING}roles:\n  development: develop\n  staging: main\n"


def asked(
    world: Stage, *pipelines: str, workspace: str = QA, mode: Mode = Mode.COMMIT, final: bool = False, **said: bool
) -> Promoted:
    """The report of a feature that Ann pushes."""
    request = PushFeature(project="pin/fusion", workspace=workspace, pipelines=pipelines, name="PIN-12", **said)
    asker = Asker(ALLOWED, Run("0123abcd", datetime(2026, 11, 20, 9, tzinfo=UTC)), "r-1", "ann", final)
    order = world.snapshot_order(mode=mode, pipelines=list(pipelines), final=final, **said)  # type: ignore[arg-type]
    return push_feature(request, order, asker=asker, outside=world.outside())


def development() -> Stage:
    """Two pipelines that Git has, edited in AIC; staging has neither edit."""
    world = stage(mapping=DEVELOPMENT, a="one", b="one")
    files = world.gitlab.commits[world.head].files
    world.gitlab.push("main", {path: files[path] for path in files if path != MAPPING_FILE})
    world.aic.put("a", "two")
    world.aic.put("b", "two")
    return world


def code(world: Stage, branch: str, title: str) -> str:
    config = world.gitlab.commits[world.gitlab.branches[branch]].files[config_path(title)]
    found: str = json.loads(config)["stages"][0]["tasks"][0]["config"]["query"]
    return found


def test_what_aic_runs_is_captured_and_proposed_for_staging_by_itself() -> None:
    """The other edit waits for its own question."""
    world = development()

    report = asked(world, "a")

    (proposal,) = world.gitlab.proposals(target="main", state="opened")
    assert (report.outcome, report.iid, proposal.source_branch) == (Outcome.PROPOSED, proposal.iid, NAME)
    assert [code(world, branch, "a") for branch in ("develop", NAME)] == ["two", "two"]
    assert [code(world, branch, "b") for branch in ("develop", NAME)] == ["one", "one"]


def test_sent_twice_there_is_one_merge_request() -> None:
    """And one commit."""
    world = development()
    first = asked(world, "a")
    tip = world.gitlab.branches[NAME]

    second = asked(world, "a")

    assert (second.outcome, second.iid) == (Outcome.PROPOSED, first.iid)
    assert world.gitlab.branches[NAME] == tip


def test_a_dry_run_writes_nothing() -> None:
    """Neither the capture nor the branch."""
    world = development()
    head = world.head

    edited = asked(world, "a", dry_run=True)
    world.aic.put("a", "one")
    same = asked(world, "a", dry_run=True)

    assert (edited.outcome, edited.titles, same.outcome) == (Outcome.PLANNED, ("a",), Outcome.NOTHING)
    assert world.head == head
    assert NAME not in world.gitlab.branches


def test_a_capture_that_waits_for_people_is_decided_first() -> None:
    """The answer names its merge request."""
    world = development()

    report = asked(world, "a", mode=Mode.MERGE_REQUEST)

    (waiting,) = world.gitlab.proposals(target="develop", state="opened")
    assert (report.outcome, report.reason) == (Outcome.REFUSED, "capture-waits")
    assert report.detail.startswith(f"!{waiting.iid} ")
    assert NAME not in world.gitlab.branches


def test_a_secret_that_was_typed_stays_out_of_git() -> None:
    """The answer says so, and never quotes it."""
    world = development()
    world.aic.put("a", "password = 'glpat-AbCdEfGhIjKlMnOpQrSt'")

    report = asked(world, "a")

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "capture-withheld")
    assert "glpat" not in report.detail


def test_another_workspace_than_that_of_development_is_refused() -> None:
    """Features start there."""
    with pytest.raises(Refused) as caught:
        asked(development(), "a", workspace="PIN FUSION 2.0")

    assert caught.value.reason == "route-unknown"
    assert QA in caught.value.detail


def test_what_stops_the_capture_is_the_answer() -> None:
    """A name that nobody has, for one."""
    assert asked(development(), "zzz").reason == "unknown-pipeline"


def test_what_fails_in_aic_is_told_as_a_failure() -> None:
    """When nothing better will come."""
    world = development()
    world.aic.before = failing("jobs", Permanent("aic-unauthorized"), times=9)

    report = asked(world, "a")

    assert (report.outcome, report.reason) == (Outcome.FAILED, "aic-unauthorized")
