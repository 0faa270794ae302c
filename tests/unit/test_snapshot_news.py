"""What people hear of a snapshot beside GitLab."""

from dataclasses import replace

import pytest

from shared.domain import snapshot_news
from shared.domain.backup_report import BackupLine
from shared.domain.capture import Action
from shared.domain.news import News, Tone
from shared.domain.occasion import Kind
from shared.domain.snapshot_report import Outcome, SnapshotReport, SnapshotRow

HEAD, CAPTURE = "a" * 40, "c" * 40


def report(outcome: Outcome, *rows: SnapshotRow, **more: object) -> SnapshotReport:
    found = SnapshotReport(outcome, "pin/fusion", "QA", "develop", HEAD, run="1", rows=rows)
    return replace(found, **more)  # type: ignore[arg-type]


def only(found: SnapshotReport) -> News:
    (news,) = snapshot_news.of(found)
    return news


@pytest.mark.parametrize(
    ("outcome", "kind", "tone", "daily"),
    [
        (Outcome.CAPTURED, Kind.DRIFT, Tone.PLAIN, False),
        (Outcome.PROPOSED, Kind.DRIFT, Tone.WARN, False),
        (Outcome.CONFLICT, Kind.CONFLICT, Tone.BAD, False),
        (Outcome.WITHHELD, Kind.SNAPSHOT_INCOMPLETE, Tone.WARN, True),
        (Outcome.INCOMPLETE, Kind.SNAPSHOT_INCOMPLETE, Tone.WARN, True),
        (Outcome.REFUSED, Kind.SNAPSHOT_INCOMPLETE, Tone.BAD, True),
        (Outcome.FAILED, Kind.SNAPSHOT_INCOMPLETE, Tone.BAD, True),
    ],
)
def test_each_ending_that_concerns_people_is_news(outcome: Outcome, kind: Kind, tone: Tone, *, daily: bool) -> None:
    """What stays wrong is told with each night."""
    news = only(report(outcome))

    assert (news.kind, news.tone, news.daily, news.commit) == (kind, tone, daily, HEAD)
    assert "`QA`" in news.title


@pytest.mark.parametrize("outcome", [Outcome.CLEAN, Outcome.IGNORED, Outcome.PLANNED])
def test_a_quiet_night_is_no_news(outcome: Outcome) -> None:
    """People would stop reading."""
    assert snapshot_news.of(report(outcome, looked_at=9, backups=(BackupLine("d", "f", ok=True),))) == ()


def test_the_table_has_what_needs_somebody_first_and_no_deploys_that_are_due() -> None:
    """Each with its merge request."""
    news = only(
        report(
            Outcome.WITHHELD,
            SnapshotRow("c", Action.AHEAD),
            SnapshotRow("b", Action.CAPTURE, "edited", 4),
            SnapshotRow("a", Action.WITHHOLD, "seems to hold secrets"),
            looked_at=3,
            by="ann",
            reason="x",
            detail="y",
        )
    )

    assert [(row.name, row.status, row.tone, row.merge_request) for row in news.rows] == [
        ("a", "withheld", Tone.BAD, None),
        ("b", "captured", Tone.GOOD, 4),
    ]
    assert news.facts == ("branch `develop`", "3 pipelines looked at", "asked for by `ann`")
    assert news.verdict.endswith("Reason: `x`: y")


def test_what_waits_in_a_merge_request_is_the_same_news_each_night() -> None:
    """Until another pipeline comes, and kept there, so that the branch may go on."""
    first = only(report(Outcome.PROPOSED, SnapshotRow("a", Action.CAPTURE, "", 4), proposals=((4, "u"),)))
    night = only(
        report(Outcome.PROPOSED, SnapshotRow("a", Action.CAPTURE, "", 4), proposals=((4, "u"),), head="d" * 40, run="2")
    )
    more = only(report(Outcome.PROPOSED, SnapshotRow("b", Action.CAPTURE, "", 4), proposals=((4, "u"),)))

    assert first.id == night.id != more.id
    assert (first.merge_request, first.merged) == (4, (4,))


def test_what_is_on_the_branch_is_told_at_its_commit() -> None:
    """Also where a merge request holds the rest."""
    news = only(report(Outcome.CAPTURED, commit=CAPTURE, proposals=((4, "u"),)))

    assert (news.commit, news.merge_request, news.merged) == (CAPTURE, None, (4,))


def test_a_drive_that_failed_is_news_of_its_own() -> None:
    """With what became of the others, each night anew, and closed channels are named."""
    lines = (BackupLine("one", "f", ok=True), BackupLine("two", "f", ok=False, reason="drive-refused", detail="full"))
    (news,) = snapshot_news.of(report(Outcome.CLEAN, backups=lines))
    told = only(report(Outcome.FAILED, untold=("gitlab-forbidden",), branch=""))

    assert (news.kind, news.daily) == (Kind.BACKUP_FAILED, True)
    assert [(row.name, row.status) for row in news.rows] == [("one", "saved"), ("two", "no backup")]
    assert news.rows[1].details == "full (`drive-refused`)"
    assert told.untold == ("GitLab: `gitlab-forbidden`",)
