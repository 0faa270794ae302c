"""The note of a snapshot: what people have to know first, and nothing that GitLab would take for more than text."""

import pytest

from shared.domain import snapshot_note
from shared.domain.backup_report import BackupLine
from shared.domain.capture import Action
from shared.domain.snapshot_report import Outcome, SnapshotReport, SnapshotRow

from ..rendered import cells, dangers

HEAD = "a" * 40
HOSTILE = "<img src=x> @all !1 ](javascript:x) `code` |\n/close"


def report(outcome: Outcome = Outcome.CAPTURED, **more: object) -> SnapshotReport:
    parts: dict[str, object] = {"branch": "develop", "head": HEAD, "run": "0a1b2c3d", **more}
    return SnapshotReport(outcome, "pin/fusion", "PIN FUSION 2.0 QA", **parts)  # type: ignore[arg-type]


def rendered(shown: SnapshotReport) -> str:
    return snapshot_note.render(shown, first_line=snapshot_note.marker("develop"))


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_headline_that_names_the_workspace(outcome: Outcome) -> None:
    """Whatever happened, it is said in the first line that people see."""
    lines = rendered(report(outcome)).splitlines()

    assert lines[0] == "<!-- aic-snapshot develop -->"
    assert "`PIN FUSION 2.0 QA`" in lines[2]


def test_the_riskiest_pipelines_come_first() -> None:
    """A conflict is not found below a hundred captures."""
    rows = (
        SnapshotRow("a", Action.AHEAD, "changed in Git"),
        SnapshotRow("b", Action.CAPTURE, "edited in AIC"),
        SnapshotRow("c", Action.CONFLICT, "both", 12),
    )
    text = rendered(report(Outcome.CONFLICT, rows=rows))

    assert text.index("| `c` | conflict: !12 | both |") < text.index("| `b` |") < text.index("| `a` |")


def test_it_says_what_was_captured_where_and_what_was_asked_for() -> None:
    """So that a person can follow it."""
    text = rendered(
        report(
            commit="b" * 40,
            proposals=((7, "http://x"),),
            asked=("develop",),
            looked_at=90,
            by="ann",
            crossed=True,
            pipeline=5,
        )
    )

    for part in (
        "`bbbbbbbb`",
        "!7",
        "90 pipelines",
        "`ann`",
        "A deploy was asked for",
        "Look at this commit",
        "pipeline 5",
    ):
        assert part in text


def test_an_error_is_named_with_its_reason() -> None:
    """The word that the runbook has."""
    text = rendered(report(Outcome.FAILED, reason="aic-unauthorized", detail="AIC answered 401"))

    assert "**Reason** `aic-unauthorized`: AIC answered 401" in text


def test_backups_are_told_with_their_folder_or_why_there_is_none() -> None:
    """A failed drive is no small print."""
    lines = (BackupLine("backups", "20261128/0", ok=True), BackupLine("gs://b/c", "", ok=False, detail="no answer"))
    text = rendered(report(backups=lines))

    assert "complete in `20261128/0`" in text
    assert "no backup: no answer" in text


def test_titles_and_reasons_from_outside_lose_their_power() -> None:
    """They are shown, and do nothing."""
    text = rendered(report(rows=(SnapshotRow(HOSTILE, Action.WITHHOLD, HOSTILE),), by=HOSTILE))

    assert dangers(text) == []
    assert [len(each) for each in cells(text)] == [3, 3]


def test_a_workspace_of_thousands_stays_readable() -> None:
    """What is left out is counted."""
    rows = tuple(SnapshotRow(f"p{number}", Action.CAPTURE, "new in AIC") for number in range(5000))
    text = rendered(report(rows=rows))

    assert "… and 4700 more pipelines." in text
    assert len(text) < 100_000


@pytest.mark.parametrize(
    ("shown", "bad"),
    [
        (report(Outcome.CAPTURED), False),
        (report(Outcome.CONFLICT), False),
        (report(Outcome.INCOMPLETE), True),
        (report(Outcome.FAILED), True),
        (report(Outcome.CLEAN, untold=("gitlab-forbidden",)), True),
        (report(Outcome.CLEAN, backups=(BackupLine("d", "", ok=False),)), True),
    ],
)
def test_the_log_line_is_an_error_where_somebody_has_to_look(shown: SnapshotReport, bad: bool) -> None:
    """Alerts go by it."""
    assert snapshot_note.line(shown).bad is bad


def test_the_log_line_has_the_titles_by_what_was_done() -> None:
    """For people who search the log."""
    rows = (SnapshotRow("a", Action.CAPTURE), SnapshotRow("b", Action.WITHHOLD))
    told = snapshot_note.line(report(rows=rows, backups=(BackupLine("d", "folder", ok=True),)))

    assert told.said == "snapshot: captured"
    assert (told.fields["capture"], told.fields["withhold"], told.fields["heal"]) == (["a"], ["b"], [])
    assert told.fields["backups"] == {"d": "folder"}
    assert snapshot_note.line(report(Outcome.IGNORED, reason="workspace-not-mapped")).said.startswith("ignored")
