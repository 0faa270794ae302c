"""Pipelines with bare table names get an interactive branch in which they are placeholders."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.copy_report import Handled
from shared.domain.errors import Transient
from shared.domain.gitlab import OnCommit
from shared.domain.messages.manual import ConvertDatasets
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.converting import convert_datasets

from ..failing import failing
from ..stage import ALLOWED, QA, Stage, stage

PROD, NAME = "PIN FUSION 2.0", "CONVERTED_20261129084500"
ASKER = Asker(ALLOWED, Run("0123abcd", datetime(2026, 11, 29, 8, 45, tzinfo=UTC)), "r-1", "ann")
LATER = replace(ASKER, run=Run("4567abcd", datetime(2026, 11, 29, 10, tzinfo=UTC)))


def asked(world: Stage, *pipelines: str, asker: Asker = ASKER, **said: Any) -> Handled:
    request = ConvertDatasets(project="pin/fusion", workspace=QA, pipelines=pipelines, **said)
    return convert_datasets(request, asker, world.outside())


def legacy() -> Stage:
    """Pipelines of bare names, in a workspace with a dataset; production has another dataset."""
    world = stage(a="select * from ORDERS", b="select 1", c="select * from TWICE")
    world.open_desk(QA).sets.update({"STAGE": ["ORDERS", "TWICE"], "OTHER": ["twice"]})
    world.open_desk(PROD).sets.update({"PRODUCTION": ["ORDERS"]})
    return world


def branch(world: Stage, title: str = "a") -> tuple[list[str], str]:
    """Names of the pipeline's interactive branches, and the code in the newest."""
    job_id = str(world.aic.id_of(title))
    newest: Any = world.open_desk(QA).configs(job_id)[-1]
    return world.open_desk(QA).names(job_id), newest["stages"][0]["tasks"][0]["config"]["query"]


def note(world: Stage) -> str:
    return world.gitlab.body(OnCommit(world.head))


def test_the_converted_pipeline_is_an_interactive_branch() -> None:
    """What runs stays as it is; what has nothing to convert is named."""
    world = legacy()

    report = asked(world, "a", "b", "c")

    assert branch(world) == ([NAME], "select * from ${STAGE.ORDERS}")
    assert (world.writes(), world.aic.code()["a"]) == ([], "select * from ORDERS")
    assert (report.outcome, report.told().bad) == ("done", False)
    assert [title for title, _ in report.left_out] == ["b", "c"]
    assert f"- `a`: `{NAME}`" in note(world)
    assert "several datasets have it" in note(world)


def test_sent_twice_is_done_once() -> None:
    """By message or by delivery."""
    world = legacy()

    again = [asked(world, "a", asker=each).outcome for each in (ASKER, ASKER, LATER)]

    assert (again, branch(world)[0]) == (["done", "nothing", "nothing"], [NAME])


def test_the_tables_can_be_those_of_another_workspace() -> None:
    """Where the settings allow it."""
    world = legacy()

    asked(world, "a", catalog=PROD)

    assert branch(world)[1] == "select * from ${PRODUCTION.ORDERS}"
    assert asked(world, "a", catalog="Secret").reason == "workspace-not-allowed"


def test_a_dry_run_says_what_would_be_made() -> None:
    """And makes nothing."""
    world = legacy()

    report = asked(world, "a", "b", dry_run=True)

    assert (report.outcome, report.done, [title for title, _ in report.left_out]) == ("planned", (("a", NAME),), ["b"])
    assert "add_copy" not in world.open_desk(QA).calls


def test_a_misspelt_name_is_refused_and_a_busy_aic_is_asked_again() -> None:
    """As ever."""
    world = legacy()

    assert asked(world, "a", "typo").reason == "unknown-pipeline"
    world.open_desk(QA).before = failing("tables", Transient("aic-unavailable"))
    with pytest.raises(Transient):
        asked(world, "a")
