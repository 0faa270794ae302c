"""What people hear of backups, drills, returns and hooks beside GitLab."""

from dataclasses import replace

import pytest

from shared.domain import command_news
from shared.domain.answer import Outcome
from shared.domain.backup_report import BackupLine
from shared.domain.drill_report import Damage, DrillLine, DrillReport, Verdict
from shared.domain.news import News, Tone
from shared.domain.occasion import Kind
from shared.domain.return_report import Returned
from shared.domain.saved_report import SavedReport
from shared.domain.sweep_report import Swept

HEAD = "a" * 40


def returned(outcome: Outcome, **more: object) -> Returned:
    found = Returned("rollback", outcome, "pin/fusion", "develop", "QA", HEAD)
    return replace(found, **more)  # type: ignore[arg-type]


def of_returned(outcome: Outcome, **more: object) -> News:
    (news,) = command_news.of_returned(returned(outcome, **more), same="1")
    return news


def test_a_backup_that_is_not_complete_is_news() -> None:
    """With every drive, and what AIC did not give."""
    lines = (BackupLine("one", "f", ok=True), BackupLine("two", "f", ok=False, reason="drive-refused"))
    report = SavedReport("pin/fusion", "QA", "develop", HEAD, lines, ("a",), "ann")

    (news,) = command_news.of_saved(report, same="1")

    assert (news.kind, news.facts, news.verdict) == (Kind.BACKUP_FAILED, ("asked for by `ann`",), "")
    assert [(row.name, row.status) for row in news.rows] == [("one", "saved"), ("two", "no backup"), ("a", "not given")]
    (failed,) = command_news.of_saved(SavedReport("p/q", "QA", reason="x", detail="y"), same="1")
    assert (failed.verdict, failed.facts) == ("Reason: `x`: y", ())


def test_a_backup_that_is_complete_is_no_news() -> None:
    """Whoever asked is answered in GitLab."""
    assert command_news.of_saved(SavedReport("pin/fusion", "QA"), same="1") == ()


def test_a_backup_that_cannot_be_trusted_is_news() -> None:
    """By its files; the others stand beside it."""
    line = DrillLine("pin/fusion", "QA", "d", Verdict.PROVEN, files=9)
    bad = replace(line, drive="e", verdict=Verdict.DAMAGED, damages=(Damage("a.json", "missing"),))
    rest = [
        replace(line, drive=each.value, verdict=each, files=0, detail="why") for each in (Verdict.FAILED, Verdict.NONE)
    ]

    (news,) = command_news.of_drill(DrillReport((line, bad, *rest)), project="pin/fusion", workspace="QA", same="1")

    assert [(row.name, row.status, row.details, row.tone) for row in news.rows] == [
        ("d", "proven", "9 files read back", Tone.GOOD),
        ("e", "damaged", "`a.json` is missing", Tone.BAD),
        ("failed", "not read", "why", Tone.BAD),
        ("none", "no backup", "why", Tone.WARN),
    ]


def test_backups_that_are_whole_or_known_to_be_unreadable_are_no_news() -> None:
    """AIC's drives never give anything back."""
    lines = [DrillLine("p/q", "QA", each.value, each) for each in (Verdict.PROVEN, Verdict.UNREADABLE, Verdict.NONE)]

    assert command_news.of_drill(DrillReport(tuple(lines)), project="p/q", workspace="QA", same="1") == ()


def test_what_goes_back_is_news_with_the_merge_request() -> None:
    """And what stays as it is."""
    news = of_returned(
        Outcome.PROPOSED, iid=9, now=True, by="ann", source="commit:1234", titles=("a",), left_out=(("b", "newer"),)
    )

    assert (news.kind, news.title, news.merge_request) == (Kind.ROLLBACK, "↩️ `QA` goes back", 9)
    assert news.facts == ("asked for by `ann`", "to commit:1234")
    assert news.verdict.startswith("The older version is being put live.")
    assert [(row.name, row.status) for row in news.rows] == [("b", "left as it is"), ("a", "goes back")]
    assert of_returned(Outcome.PROPOSED, iid=9).verdict.startswith("Merging puts")


def test_a_restore_tells_that_a_deploy_will_tell() -> None:
    """There is no merge request to look at."""
    news = of_returned(Outcome.ASKED, workflow="restore")

    assert (news.merge_request, "tells what became of it" in news.verdict) == (None, True)


def test_a_failure_to_go_back_is_news() -> None:
    """With the reason."""
    news = of_returned(Outcome.FAILED, workspace="", reason="aic-unavailable", detail="no answer")

    assert (news.title, news.verdict) == ("❌ No rollback of `develop`", "Reason: `aic-unavailable`: no answer")
    assert of_returned(Outcome.FAILED, reason="x").verdict == "Reason: `x`"


@pytest.mark.parametrize("outcome", [Outcome.NOTHING, Outcome.REFUSED])
def test_a_question_that_leads_to_nothing_is_no_news(outcome: Outcome) -> None:
    """Whoever mistyped something is answered, and nobody else."""
    assert command_news.of_returned(returned(outcome), same="1") == ()


def test_a_hook_that_gitlab_has_disabled_is_news_once_a_day() -> None:
    """By its number; where all are well there is nothing to tell."""
    (news,) = command_news.of_swept(Swept("pin/fusion", disabled=(4, 7)))

    assert (news.kind, news.daily, [row.name for row in news.rows]) == (Kind.HOOK_DISABLED, True, ["4", "7"])
    assert command_news.of_swept(Swept("pin/fusion")) == ()


def test_a_trial_says_that_it_is_one() -> None:
    """And looks as news do."""
    news = command_news.trial("pin/fusion", by="", same="1")

    assert (news.kind, "nothing has happened" in news.verdict, len(news.rows)) == (Kind.TRIAL, True, 1)
