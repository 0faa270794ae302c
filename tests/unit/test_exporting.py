"""What runs is laid onto a drive as plain files."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent, Refused, ServiceError, Transient
from shared.domain.export_report import Exported
from shared.domain.gitlab import OnCommit
from shared.domain.messages.manual import Export
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.exporting import export

from ..fake_workspace import config
from ..stage import ALLOWED, QA, Stage, stage

ASKER = Asker(ALLOWED, Run("0123abcd", datetime(2026, 11, 29, 9, tzinfo=UTC)), "r-1", "ann")
LAST = replace(ASKER, final=True)
FOLDER = "exports/20261129/090000-0123abcd"


def asked(
    world: Stage, *pipelines: str, asker: Asker = ASKER, drives: tuple[str, ...] = ("backups", "gs://b/c"), **said: Any
) -> Exported:
    request = Export(project="pin/fusion", workspace=QA, pipelines=pipelines or None, **said)
    return export(request, asker, [DriveSettings(drive=each) for each in drives], world.outside())


def note(world: Stage) -> str:
    return world.gitlab.body(OnCommit(world.head))


def failing_at(path: str, error: Exception) -> Callable[[str], None]:
    def before(call: str) -> None:
        if call.startswith("put") and path in call:
            raise error

    return before


def test_each_pipeline_is_there_with_its_config_and_code() -> None:
    """As Git would hold them; a note says where."""
    world = stage(a="one")
    world.aic.put("team/b", "two", **{"$owner": 7})

    report = asked(world)

    files = world.drive("backups").files
    assert list(world.drives) == ["backups"]
    assert set(files) == {
        f"{FOLDER}/config/a.json",
        f"{FOLDER}/code/a/t1.sql",
        f"{FOLDER}/config/team/b.json",
        f"{FOLDER}/code/team/b/t1.sql",
    }
    assert json.loads(files[f"{FOLDER}/config/team/b.json"]) == {"title": "team/b", **config("two")}
    told = report.told()
    assert (told.said, told.bad, told.fields["files"], told.fields["folder"]) == ("export: done", False, 4, FOLDER)
    assert f"2 pipelines, 4 files, in `{FOLDER}` on `backups`." in note(world)
    assert "Asked for by `ann`." in note(world)
    assert world.writes() == []


def test_some_pipelines_go_to_a_drive_and_folder_of_choice() -> None:
    """The same again is the same files."""
    world = stage(a="one", b="two")

    for _ in range(2):
        report = asked(world, "b", drive="gs://b/c", folder="for/audit")

    assert set(world.drive("gs://b/c").files) == {"for/audit/config/b.json", "for/audit/code/b/t1.sql"}
    assert report.titles == ("b",)


def test_a_dry_run_stores_nothing() -> None:
    """And counts."""
    world = stage(a="one")

    report = asked(world, dry_run=True, asker=replace(ASKER, by=""))

    assert (report.outcome, report.files, world.drives) == ("planned", 2, {})
    assert "### 🔎 What an export of" in note(world)


def test_what_can_not_be_a_file_is_named_and_the_rest_is_there() -> None:
    """So is a twin, and what AIC doesn't give."""
    world = stage(a="one", b="two", c="three")
    world.aic.put("../evil", "x")
    world.aic.add_twin("b", "other")
    world.aic.configs[str(world.aic.id_of("c"))]["stages"] = "broken"

    with pytest.raises(Transient):
        asked(world)
    report = asked(world, asker=LAST)

    assert (report.outcome, report.reason, report.titles) == ("failed", "export-incomplete", ("a",))
    assert dict(report.left_out).keys() == {"../evil", "b", "c"}
    assert report.told().bad
    assert "3 of the pipelines could not be exported" in note(world)


@pytest.mark.parametrize("error", [Permanent("drive-refused", ""), Transient("drive-unavailable", "")])
def test_a_file_that_a_drive_does_not_take_stops_no_other_pipeline(error: ServiceError) -> None:
    """What may pass is tried again first."""
    world = stage(a="one", b="two")
    world.drive("backups").before = failing_at("config/a.json", error)
    if isinstance(error, Transient):
        with pytest.raises(Transient):
            asked(world)

    report = asked(world, asker=LAST)

    assert (report.titles, report.left_out) == (("b",), (("a", error.reason),))


def test_a_bug_stays_loud() -> None:
    """It is no trouble of a pipeline."""
    world = stage(a="one")
    world.drive("backups").before = failing_at("a", ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        asked(world, asker=LAST)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"drive": "other"}, "drive-unknown"),
        ({"drives": ()}, "drive-unknown"),
        ({"pipelines": True}, "unknown-pipeline"),
    ],
)
def test_a_question_that_cannot_be_granted_is_answered(said: dict[str, Any], reason: str) -> None:
    """Nothing is stored."""
    world = stage(a="one")
    names = ("typo",) if said.pop("pipelines", False) else ()

    report = asked(world, *names, **said)

    assert (report.reason, report.outcome, world.drives) == (reason, "refused", {})
    assert "### ❌ No export of" in note(world)


def test_a_workspace_that_the_settings_do_not_allow_is_refused() -> None:
    """In the log."""
    with pytest.raises(Refused) as caught:
        asked(stage(a="one"), asker=replace(ASKER, allowed=frozenset()))

    assert caught.value.reason == "workspace-not-allowed"
