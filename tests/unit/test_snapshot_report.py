"""What a snapshot ends with: the gravest thing that it found."""

from dataclasses import replace

import pytest

from shared.domain import snapshot_report
from shared.domain.backup_report import BackupLine
from shared.domain.capture import Action, Decision, Seen
from shared.domain.plan import Versions
from shared.domain.snapshot_report import Outcome, SnapshotReport, SnapshotRow

from .credentials_typed import typed


def decision(title: str, action: Action, *, direct: bool = False, moved_to: str = "") -> Decision:
    return Decision(Seen(Versions(title, None, None, None)), 1, action, "because", direct, moved_to)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ([], Outcome.CLEAN),
        ([decision("a", Action.NONE), decision("b", Action.HEAL)], Outcome.CLEAN),
        ([decision("a", Action.CAPTURE, direct=True)], Outcome.CAPTURED),
        ([decision("a", Action.CAPTURE, direct=True), decision("b", Action.MOVE)], Outcome.PROPOSED),
        ([decision("a", Action.DELETE)], Outcome.PROPOSED),
        ([decision("a", Action.CAPTURE, direct=True), decision("b", Action.CONFLICT)], Outcome.CONFLICT),
        ([decision("a", Action.CONFLICT), decision("b", Action.WITHHOLD)], Outcome.WITHHELD),
        ([decision("a", Action.WITHHOLD), decision("b", Action.UNREADABLE)], Outcome.INCOMPLETE),
    ],
)
def test_the_gravest_thing_decides(found: list[Decision], outcome: Outcome) -> None:
    """Whoever reads one word must not be calmed by it."""
    assert snapshot_report.outcome(found) is outcome


def test_rows_tell_everything_but_what_is_the_same_on_both_sides() -> None:
    """A renamed pipeline is in the merge request under its new title."""
    found = [decision("a", Action.NONE), decision("b", Action.MOVE, moved_to="c"), decision("d", Action.CONFLICT)]

    assert snapshot_report.rows(found, {"c": 4, "d": 5}) == (
        SnapshotRow("b", Action.MOVE, "because", 4),
        SnapshotRow("d", Action.CONFLICT, "because", 5),
    )


def test_rows_hide_secrets_in_titles_and_reasons() -> None:
    """A pipeline can be named after one; it is told everywhere by its row."""
    title = typed("Load gl·pat-ABCDEFGHIJ1234567890")
    (row,) = snapshot_report.rows(
        [replace(decision(title, Action.MOVE), why=f"renamed in AIC to {title} 2")], {title: 4}
    )

    assert row == SnapshotRow("Load [hidden]", Action.MOVE, "renamed in AIC to Load [hidden] 2", 4)


@pytest.mark.parametrize(
    ("report", "uneventful"),
    [
        (SnapshotReport(Outcome.CLEAN, "p", "w"), True),
        (SnapshotReport(Outcome.CLEAN, "p", "w", rows=(SnapshotRow("a", Action.AHEAD),)), True),
        (SnapshotReport(Outcome.CLEAN, "p", "w", rows=(SnapshotRow("a", Action.HEAL),)), False),
        (SnapshotReport(Outcome.CAPTURED, "p", "w"), False),
        (SnapshotReport(Outcome.CLEAN, "p", "w", crossed=True), False),
        (SnapshotReport(Outcome.CLEAN, "p", "w", backups=(BackupLine("d", "f", ok=True),)), True),
        (SnapshotReport(Outcome.CLEAN, "p", "w", backups=(BackupLine("d", "f", ok=False),)), False),
    ],
)
def test_only_what_needs_nobody_is_uneventful(report: SnapshotReport, uneventful: bool) -> None:
    """A failed backup of a clean workspace is told."""
    assert report.uneventful is uneventful
