"""What people hear of a deploy beside GitLab."""

from dataclasses import replace

import pytest

from shared.domain import deploy_news
from shared.domain.backup_report import BackupLine
from shared.domain.news import News, Tone
from shared.domain.occasion import Kind
from shared.domain.plan import Action
from shared.domain.report import ALREADY_THERE, HELD_BACK, Outcome, Report, Row, Taken, Undone

HEAD, BASE = "a" * 40, "b" * 40


def report(outcome: Outcome, *rows: Row, **more: object) -> Report:
    """One of a deploy to QA."""
    found = Report(outcome, "pin/fusion", "develop", "QA", HEAD, BASE, rows=rows)
    return replace(found, **more)  # type: ignore[arg-type]


def only(found: Report, **more: object) -> News:
    (news,) = deploy_news.of(found, same="1", **more)  # type: ignore[arg-type]
    return news


@pytest.mark.parametrize(
    ("outcome", "kind", "tone", "title"),
    [
        (Outcome.DEPLOYED, Kind.DEPLOYED, Tone.GOOD, "✅ Deployed to `QA`"),
        (Outcome.CONFLICT, Kind.CONFLICT, Tone.BAD, "❌ Not deployed to `QA`: somebody edited it in AIC"),
        (Outcome.REFUSED, Kind.FAILED, Tone.BAD, "❌ Not deployed to `QA`"),
        (Outcome.FAILED, Kind.FAILED, Tone.BAD, "❌ Not deployed to `QA`: it failed"),
        (Outcome.HALF_DEPLOYED, Kind.FAILED, Tone.BAD, "🚨 `QA` is half deployed"),
        (
            Outcome.HELD,
            Kind.ROLLBACK,
            Tone.WARN,
            "⏸️ Not all of it is deployed to `QA`: an open rollback holds the rest",
        ),
    ],
)
def test_each_ending_that_somebody_waits_for_is_news(outcome: Outcome, kind: Kind, tone: Tone, title: str) -> None:
    """In the words of the note."""
    news = only(report(outcome), merged=(4,))

    assert (news.kind, news.tone, news.title, news.commit, news.merged) == (kind, tone, title, HEAD, (4,))
    assert (news.workspace, news.board) == ("QA", "")


@pytest.mark.parametrize(
    "outcome", [Outcome.UNCHANGED, Outcome.SUPERSEDED, Outcome.IGNORED, Outcome.PLANNED, Outcome.RUNNING]
)
def test_nothing_happened_is_no_news(outcome: Outcome) -> None:
    """Nor is what is still going on."""
    assert deploy_news.of(report(outcome, Row("a", Action.NONE, ALREADY_THERE)), same="1") == ()


def test_the_table_has_the_riskiest_first_and_nothing_that_needed_nothing() -> None:
    """What an earlier attempt wrote counts as written."""
    news = only(
        report(
            Outcome.DEPLOYED,
            Row("d", Action.NONE, ALREADY_THERE),
            Row("c", Action.NONE, "written by an earlier attempt"),
            Row("b", Action.UPDATE, "updated", "live was older", 1.0),
            Row("a", Action.LEAVE, "left alone", "delete it in AIC"),
            Row("e", Action.CONFLICT, HELD_BACK, "x", proposal=12),
            by_hand=(("a", "delete it in AIC"),),
        )
    )

    assert [(row.name, row.status, row.details, row.tone, row.merge_request) for row in news.rows] == [
        ("a", "by hand", "delete it in AIC", Tone.WARN, None),
        ("e", HELD_BACK, "x", Tone.PLAIN, 12),
        ("b", "updated", "live was older", Tone.GOOD, None),
        ("c", "written by an earlier attempt", "", Tone.PLAIN, None),
    ]
    assert news.facts[0] == "1 of 5 pipelines written"


def test_what_is_left_of_a_half_done_deploy_comes_first() -> None:
    """Each with what it runs now."""
    undone = tuple(Undone(taken.name, taken) for taken in Taken)
    news = only(report(Outcome.HALF_DEPLOYED, Row("z", Action.UPDATE, "updated"), undone=undone))

    assert [(row.name, row.status, row.tone) for row in news.rows] == [
        ("PUT_BACK", "put back", Tone.GOOD),
        ("NOT_WRITTEN", "not written", Tone.PLAIN),
        ("EDITED", "edited in AIC", Tone.WARN),
        ("CREATED", "still there", Tone.BAD),
        ("STUCK", "still new", Tone.BAD),
        ("z", "updated", Tone.GOOD),
    ]


def test_the_reason_is_told_with_its_detail_and_what_to_do() -> None:
    """A hold has a headline that says it."""
    assert (
        "Reason: `aic-unavailable`: no answer"
        in only(report(Outcome.FAILED, reason="aic-unavailable", detail="no answer")).verdict
    )
    assert "how to let Git win" in only(report(Outcome.CONFLICT, reason="conflict")).verdict
    assert "Reason" not in only(report(Outcome.HELD, reason="held")).verdict


def test_facts_say_where_it_comes_from_and_who_asked() -> None:
    """As far as there is something to say."""
    backups = (BackupLine("d", "f", ok=True),)
    news = only(report(Outcome.DEPLOYED, source="commit 1234", by="ann", adopted=True, backups=backups))

    assert news.facts == (
        "branch develop",
        "content of commit 1234",
        "asked for by `ann`",
        "first deploy with this mapping",
        "before that backed up on 1 drive",
    )


def test_a_channel_that_was_closed_is_told_by_the_others() -> None:
    """Whoever reads the mail knows that GitLab's note is missing."""
    assert only(report(Outcome.DEPLOYED, untold=("gitlab-forbidden",))).untold == ("GitLab: `gitlab-forbidden`",)


def test_edits_that_a_deploy_came_upon_are_news() -> None:
    """Though there was nothing to write."""
    found = report(
        Outcome.UNCHANGED,
        Row("a", Action.LEAVE, "left alone", "edited in AIC since"),
        Row("b", Action.LEAVE, "left alone"),
    )

    news = only(found)
    assert (news.kind, [row.name for row in news.rows]) == (Kind.DRIFT, ["a"])


def test_what_was_overwritten_without_a_backup_is_news_of_its_own() -> None:
    """The deploy is told as what it is."""
    lines = (BackupLine("ok", "f", ok=True), BackupLine("full", "f", ok=False, reason="drive-refused"))
    deployed, unsaved = deploy_news.of(report(Outcome.DEPLOYED, backups=lines), same="1")

    assert (deployed.kind, unsaved.kind) == (Kind.DEPLOYED, Kind.BACKUP_FAILED)
    assert [(row.name, row.status, row.tone) for row in unsaved.rows] == [("full", "no backup", Tone.BAD)]


def test_the_same_ending_of_the_same_deploy_is_the_same_news() -> None:
    """Rows may differ after an interruption; another base, head, reason or ending is another thing."""
    one = only(report(Outcome.DEPLOYED, Row("a", Action.UPDATE, "updated")))
    later = only(report(Outcome.DEPLOYED, Row("a", Action.NONE, "written by an earlier attempt")))
    (other,) = deploy_news.of(report(Outcome.DEPLOYED), same="2")

    assert one.id == later.id
    assert len({one.id, other.id, only(report(Outcome.FAILED)).id, only(report(Outcome.FAILED, reason="x")).id}) == 4
