"""A drill of one workspace is told where somebody waits for it or has to look."""

from datetime import UTC, datetime

import pytest

from shared.domain.drill_report import DrillReport
from shared.domain.errors import Permanent, Refused
from shared.domain.gitlab import OnCommit
from shared.domain.layout import MAPPING_FILE
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.practise import practise

from ..saved import Attic, pipeline
from ..stage import QA, stage

RUN = Run("89abcdef", datetime(2026, 11, 29, 9, tzinfo=UTC))


def attic(*, saved: bool = True) -> Attic:
    """A workspace with one backup on its one drive."""
    made = Attic(stage=stage(a="one"))
    if saved:
        made.store(pipeline("a", "one"))
    return made


def drilled(made: Attic, *, by_hand: bool = True, workspace: str = QA) -> DrillReport:
    asker = Asker(frozenset({QA}), RUN, "r-1", "ann" if by_hand else "", by_hand=by_hand)
    return practise("pin/fusion", workspace, asker=asker, drives=made.drives, outside=made.stage.outside())


def notes(made: Attic) -> list[str]:
    """Those of drills, on the newest commit of develop."""
    there = made.stage.gitlab.written.get(OnCommit(made.stage.head), [])
    return [each.body for each in there if each.body.startswith("<!-- aic-drill develop -->")]


def test_whoever_asks_is_answered_on_the_newest_commit() -> None:
    """Drive by drive; asked again, the note is brought up to date."""
    made = attic()

    report = drilled(made)
    drilled(made)

    (note,) = notes(made)
    assert "🛟 Backups of" in note
    assert "Asked for by `ann`." in note
    assert "read back" in note
    assert (report.told().said, report.told().bad) == ("drill: 1 proven", False)


def test_nobody_is_told_of_what_nobody_waits_for() -> None:
    """Week after week the same; the log has it."""
    made = attic()

    drilled(made, by_hand=False)

    assert notes(made) == []


def test_a_damaged_backup_is_told_though_nobody_asked() -> None:
    """By its file."""
    made = attic()
    made.drive().damage(made.archive())

    report = drilled(made, by_hand=False)

    (note,) = notes(made)
    assert "❌ A backup of" in note
    assert report.told().bad


def test_without_drives_the_answer_is_that_there_are_none() -> None:
    """Not that all is well."""
    made = Attic(names=(), stage=stage(a="one"))

    drilled(made)

    assert "The settings name no drives for backups." in notes(made)[0]


def test_a_workspace_that_the_project_may_not_touch_is_refused() -> None:
    """Before anything is read."""
    with pytest.raises(Refused) as caught:
        drilled(attic(), workspace="Secret")

    assert caught.value.reason == "workspace-not-allowed"


def test_without_a_branch_the_log_alone_tells() -> None:
    """Not mapped, or gone."""
    unmapped, gone = attic(), attic()
    unmapped.stage.gitlab.push("main", {MAPPING_FILE: "mapping:\n  main: PIN FUSION 2.0\n"})
    del gone.stage.gitlab.branches["develop"]

    assert [drilled(each).told().said for each in (unmapped, gone)] == ["drill: 1 proven"] * 2
    assert not any(each.stage.gitlab.written for each in (unmapped, gone))


def test_a_note_that_gitlab_refuses_is_told_in_the_log() -> None:
    """The drill itself stands."""
    made = attic()

    def refused(call: str) -> None:
        if call == "write_note":
            raise Permanent("gitlab-forbidden")

    made.stage.gitlab.before = refused

    told = drilled(made).told()

    assert (told.said, told.bad) == ("drill: 1 proven", True)
    assert told.fields["failed"] == ["the note on develop: gitlab-forbidden"]
