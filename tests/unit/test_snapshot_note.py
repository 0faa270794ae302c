"""The note of a snapshot: what people have to know first, and nothing that GitLab would take for more than text."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import snapshot_note
from shared.domain.backup_report import BackupLine
from shared.domain.capture import Action
from shared.domain.snapshot_report import Outcome, SnapshotReport, SnapshotRow

from ..rendered import cells, dangers

HEAD = "a" * 40
RISKY = tuple(action for action in Action if action is not Action.NONE)
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


CAPTURED = (
    SnapshotRow("a", Action.CAPTURE, "edited in AIC"),
    SnapshotRow("b", Action.CONFLICT, "both", 12),
    SnapshotRow("c", Action.HEAL, "older"),
)
OPEN = (CAPTURED[1],)
FAILED_DRIVE = BackupLine("backups", "20261120/090000-0a1b2c3d", ok=False, reason="drive-refused")


@pytest.mark.parametrize(
    ("later", "holds"),
    [
        (report(Outcome.CONFLICT, rows=OPEN), True),
        (report(Outcome.CLEAN), False),
        (report(Outcome.CONFLICT, rows=(*OPEN, SnapshotRow("d", Action.CONFLICT, "both", 12))), False),
        (report(Outcome.CONFLICT, rows=CAPTURED), False),
        (report(Outcome.CAPTURED, rows=OPEN, commit="b" * 40), False),
        (report(Outcome.FAILED, rows=OPEN, reason="gitlab-forbidden"), False),
        (report(Outcome.CONFLICT, rows=OPEN, backups=(FAILED_DRIVE,)), False),
    ],
    ids=["the rest", "no conflict any more", "one more", "the same again", "a capture", "a failure", "a failed drive"],
)
def test_what_was_captured_stays_told_as_long_as_the_rest_is_so(later: SnapshotReport, holds: bool) -> None:
    """A later run knows nothing of it any more."""
    body = rendered(report(Outcome.CONFLICT, rows=CAPTURED, commit=HEAD))

    assert snapshot_note.still_holds(body, later, asked=False) is holds


def test_who_asks_is_answered_once() -> None:
    """A message that comes again asks nothing new."""
    body, later = rendered(report(rows=CAPTURED[:1])), report(Outcome.CLEAN)

    assert snapshot_note.still_holds(body, later, asked=True)
    assert not snapshot_note.still_holds(body, replace(later, run="another1"), asked=True)
    assert snapshot_note.still_holds(body, replace(later, run="another1"), asked=False)


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


def hostile(text: str) -> SnapshotReport:
    """A report in which everything that can come from outside is this text."""
    parts = {
        "branch": text,
        "head": text,
        "commit": text[::-1],
        "run": text,
        "rows": tuple(SnapshotRow(text, action, f"by hand `{text}` {text}") for action in RISKY),
        "backups": (BackupLine(text, text, ok=True), BackupLine(text, text, ok=False, detail=f"`{text}` {text}")),
        "reason": text,
        "detail": f"`{text}` and {text}",
        "by": text,
    }
    return replace(report(Outcome.FAILED, **parts), workspace=text, project=text)


@pytest.mark.parametrize("outcome", Outcome)
def test_sec_19_no_text_from_outside_has_power_in_a_note_of_a_snapshot(outcome: Outcome) -> None:
    """Every field at once, in one page."""
    text = snapshot_note.render(replace(hostile(HOSTILE), outcome=outcome), first_line=snapshot_note.marker(HOSTILE))

    assert dangers(text) == []
    assert len(cells(text)) == 1 + len(RISKY)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60) | st.lists(st.sampled_from(["`", "|", "\n/merge ", "@all", "\\", "<b>", " "])).map("".join))
def test_sec_19_no_note_of_a_snapshot_gets_power_by_any_text(text: str) -> None:
    """The rows stay rows, and each has its three cells."""
    body = rendered(hostile(text))

    assert dangers(body) == []
    assert [len(row) for row in cells(body)] == [3] * (1 + len(RISKY))


ADVICE = {
    Action.UNREADABLE: "What AIC did not give stays in Git",
    Action.WITHHOLD: "Take the secret out in AIC",
    Action.CONFLICT: "Nothing was overwritten on either side",
    Action.DELETE: "Look at the merge request",
}


@pytest.mark.parametrize("outcome", [Outcome.INCOMPLETE, Outcome.WITHHELD, Outcome.CONFLICT])
def test_a_graver_ending_does_not_hide_what_else_is_to_do(outcome: Outcome) -> None:
    """The gravest stands first."""
    rows = tuple(SnapshotRow(action.value, action, iid=7 if action is Action.DELETE else None) for action in ADVICE)
    text = rendered(report(outcome, rows=rows))
    places = [text.index(advice) for advice in ADVICE.values()]

    assert places == sorted(places)
    assert [advice for advice in ADVICE.values() if advice in rendered(report(Outcome.PLANNED, rows=rows))] == []


def test_a_snapshot_without_anything_to_do_gives_no_advice() -> None:
    """What was captured onto the branch, or left alone, needs nobody."""
    rows = (SnapshotRow("a", Action.CAPTURE), SnapshotRow("b", Action.HEAL), SnapshotRow("c", Action.AHEAD))
    text = rendered(report(rows=rows))

    assert [advice for advice in ADVICE.values() if advice in text] == []
    assert "by hand" not in text


def test_what_is_to_be_done_by_hand_has_its_own_list() -> None:
    """It stands last in a table that may be cut."""
    rows = (
        SnapshotRow("gone", Action.LEAVE, "deleted in Git, still live: delete it in AIC by hand"),
        SnapshotRow("both", Action.LEAVE, "deleted in AIC, and changed in Git since the last deploy"),
    )
    text = rendered(report(rows=rows))

    assert "**To do by hand in AIC**\n\n- `gone`: deleted in Git, still live: delete it in AIC by hand" in text
    assert "- `both`" not in text


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


def test_the_log_line_counts_what_was_edited_in_aic() -> None:
    """Not what waits for a deploy, was left as it is, or could not be read."""
    rows = tuple(SnapshotRow(action.value, action) for action in Action)

    assert snapshot_note.line(report(rows=rows)).fields["drifted"] == len(
        {Action.CONFLICT, Action.WITHHOLD, Action.DELETE, Action.MOVE, Action.CAPTURE, Action.HEAL}
    )
