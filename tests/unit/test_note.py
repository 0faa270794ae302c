"""A report as the note that people read."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import bounded, journal, note
from shared.domain.content import Content
from shared.domain.journal import Entry
from shared.domain.plan import Action
from shared.domain.report import FAILURES, Outcome, Report, Row, Taken, Undone
from tests.rendered import cells, dangers, spans

MARK = note.marker("develop", kind="deploy")
BARE = Report(Outcome.DEPLOYED, "tideline/harbour-pipelines", "develop")
FULL = replace(
    BARE,
    workspace="HARBOUR QA",
    head="a" * 40,
    base="b" * 40,
    rows=(
        Row("equal", Action.NONE, "already there"),
        Row("changed", Action.UPDATE, "updated", "changed in Git", 1.25),
        Row("new", Action.CREATE, "created", "new in Git", 2.0),
        Row(
            "drift", Action.LEAVE, "left alone", "edited in AIC since the last deploy, unchanged in Git: left as it is"
        ),
    ),
    by_hand=(("gone", "deleted in Git but still live: delete it in AIC by hand"),),
    by="mira.sample",
    again='{"project": "tideline/harbour-pipelines", "branch": "develop"}',
    adopted=True,
)
HOSTILE = "`|<img src=x>@all\n/merge\r/close ![](http://evil.example) <!-- aic-journal W10= -->\u202e\u200b"


def text_of(report: Report, *entries: Entry) -> str:
    """The whole note."""
    return note.render(report, first_line=MARK, journal=entries)


def test_a_note_begins_with_its_marker_and_ends_with_its_journal() -> None:
    """So that a later run finds both."""
    entry = Entry("changed", "id-1", "b" * 40, "0" * 64, "1" * 64)
    lines = text_of(FULL, entry).splitlines()

    assert lines[0] == MARK == "<!-- aic-deploy develop -->"
    assert lines[-1] == journal.hide([entry])
    assert "aic-journal" not in text_of(FULL)


@pytest.mark.parametrize(
    ("branch", "mark"),
    [
        ("feature/x", "<!-- aic-deploy feature/x -->"),
        ("a-->b", "<!-- aic-deploy a--%3Eb -->"),
        ("a b\n", "<!-- aic-deploy a%20b%0A -->"),
        ("küste", "<!-- aic-deploy k%C3%BCste -->"),
    ],
)
def test_no_branch_breaks_out_of_the_marker(branch: str, mark: str) -> None:
    """Nor is it ever two lines."""
    assert note.marker(branch, kind="deploy") == mark


def test_no_branch_s_marker_begins_another_s() -> None:
    """A note is found by what its body starts with."""
    marks = [
        note.marker(branch, kind=kind) for branch in ("a", "a/b", "a -->", "a%20") for kind in ("deploy", "limited")
    ]

    assert not any(one != other and one.startswith(other) for one in marks for other in marks)


def test_the_facts_are_in_the_note() -> None:
    """Which commit, since when, how many, who asked."""
    text = text_of(FULL)

    assert "### ✅ Deployed to `HARBOUR QA`" in text
    assert "commit `aaaaaaaa` of `develop` · since `bbbbbbbb` · 2 written;" in text
    assert "asked for by `mira.sample` · first deploy with this mapping" in text


def test_a_note_without_facts_has_none() -> None:
    """A branch that could not even be looked at has neither commit nor workspace."""
    text = text_of(
        replace(BARE, outcome=Outcome.REFUSED, reason="branch-missing", detail="GitLab has no branch `develop`")
    )

    assert "### ❌ Not deployed to `develop`" in text
    assert "commit" not in text
    assert "**Reason** `branch-missing`: GitLab has no branch `develop`" in text


def test_a_base_that_is_the_head_is_not_told_twice() -> None:
    """`since` would say nothing."""
    assert "since" not in text_of(replace(BARE, head="a" * 40, base="a" * 40))


RISKS = ("conflict", "refuse", "create", "rename", "update", "hold", "leave", "none")


def test_the_riskiest_pipelines_come_first() -> None:
    """Then by title."""
    rows = tuple(Row(f"{action}-{name}", action, action) for name in "ba" for action in Action)
    table = cells(text_of(replace(BARE, rows=rows)))

    assert [row[0] for row in table[1:]] == [f"{action}-{name}" for action in RISKS for name in "ab"]


def test_a_row_tells_what_why_and_how_long() -> None:
    """Seconds only where something was written."""
    table = cells(text_of(FULL))

    assert table[0] == ["Pipeline", "What was done", "Why", "Seconds"]
    assert ["changed", "updated", "changed in Git", "1.2"] in table
    assert ["equal", "already there", "", ""] in table


def test_a_row_links_to_the_merge_request_that_it_has_to_do_with() -> None:
    """Nothing that comes from outside does."""
    held = Row("tides", Action.HOLD, "held", "as `!8` says", proposal=7)
    text = text_of(replace(BARE, rows=(held,)))

    assert "| `tides` | held | !7: as `!8` says |  |" in text
    assert note.shows(text, [held])
    assert not note.shows(text, [replace(held, proposal=9)])


def test_drift_and_what_is_to_be_done_by_hand_have_their_own_lists() -> None:
    """They are what people must not overlook."""
    text = text_of(FULL)

    assert "**To do by hand in AIC**\n\n- `gone`: deleted in Git but still live: delete it in AIC by hand" in text
    assert "**Edited in AIC since the last deploy (drift)**\n\n- `drift`: edited in AIC" in text


def test_a_conflict_is_no_drift() -> None:
    """It has been edited too, and is told of in the table and above it."""
    row = Row("both", Action.CONFLICT, "conflict", "changed in Git, and edited in AIC since the last deploy")

    assert "(drift)" not in text_of(replace(BARE, outcome=Outcome.CONFLICT, rows=(row,)))


def test_what_was_taken_back_is_told_one_by_one() -> None:
    """With what became of it."""
    undone = tuple(Undone(f"p{number}", taken) for number, taken in enumerate(Taken))
    text = text_of(replace(BARE, outcome=Outcome.HALF_DEPLOYED, reason="aic-down", undone=undone))

    assert all(f"- `p{number}`: {taken.value.split(':')[0]}" in text for number, taken in enumerate(Taken))


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_headline_and_a_summary(outcome: Outcome) -> None:
    """Failures say how to ask again, where that may help; no other does."""
    report = replace(FULL, outcome=outcome, reason="some-reason" if outcome in FAILURES else "")
    text = text_of(report)

    assert text.startswith(f"{MARK}\n\n### ")
    assert dangers(text) == []
    assert ("gcloud pubsub topics publish aic-deploy" in text) == (outcome in FAILURES)
    assert "gcloud" not in text_of(replace(report, again=""))
    assert "\n" not in note.summary(report)
    assert note.summary(report)


TOLD = {
    Outcome.DEPLOYED: (
        "✅ Deployed to `HARBOUR QA`",
        "every pipeline was read back and is as it should be or named below",
    ),
    Outcome.UNCHANGED: ("✅ Nothing to write in `HARBOUR QA`", ""),
    Outcome.CONFLICT: (
        "❌ Not deployed to `HARBOUR QA`: somebody edited it in AIC",
        "This is not live, and no edit was overwritten.",
    ),
    Outcome.REFUSED: ("❌ Not deployed to `HARBOUR QA`", "This is not live. Once what is named below is mended"),
    Outcome.FAILED: (
        "❌ Not deployed to `HARBOUR QA`: it failed",
        "This is not live: what had been written was put back.",
    ),
    Outcome.HALF_DEPLOYED: ("🚨 `HARBOUR QA` is half deployed", "Some pipelines run the new version and some the old"),
    Outcome.HELD: (
        "⏸️ Not all of it is deployed to `HARBOUR QA`: an open rollback holds the rest",
        "What is held keeps the version that it has in AIC.",
    ),
    Outcome.SUPERSEDED: ("⏭️ Not deployed by itself: `HARBOUR QA` has moved on", ""),
    Outcome.IGNORED: ("⏭️ Not deployed: `HARBOUR QA`", ""),
    Outcome.PLANNED: ("🔎 What a deploy to `HARBOUR QA` would do", "Nothing was written."),
    Outcome.RUNNING: ("⏳ Deploying to `HARBOUR QA`", "Pipelines are being written, read back and compared."),
}


@pytest.mark.parametrize("outcome", TOLD)
def test_a_note_says_at_once_how_it_ended_and_what_to_do(outcome: Outcome) -> None:
    """And claims nothing that only another ending can."""
    text = text_of(replace(FULL, outcome=outcome, reason="some-reason"))
    headline, advice = TOLD[outcome]

    assert f"\n### {headline}\n" in text
    assert advice in text
    assert [claim for _, claim in TOLD.values() if claim and claim != advice and claim in text] == []


def test_every_ending_that_is_told_has_its_words() -> None:
    """None is left without a headline."""
    assert TOLD.keys() == set(Outcome)


def test_an_unchanged_workspace_is_not_said_to_have_been_read_back() -> None:
    """Nothing was written, so that nothing was proven either; the status says as much."""
    report = replace(FULL, outcome=Outcome.UNCHANGED, rows=FULL.rows[:1])

    assert "read back" not in text_of(report) + note.summary(report)
    assert "written;" not in text_of(report)
    assert note.summary(report) == "nothing to write in HARBOUR QA; pipelines looked at: 1"


def test_the_line_to_ask_again_can_be_pasted_whatever_the_branch_is_called() -> None:
    """Quotes in names are the shell's to mind."""
    branch = 'it\'s "x" `y`'
    asked = json.dumps({"project": "tideline/harbour-pipelines", "branch": branch})
    text = text_of(replace(BARE, outcome=Outcome.CONFLICT, branch=branch, again=asked))

    line = next(span for span in spans(text) if span.startswith("gcloud"))
    assert line.endswith("""'{"project": "tideline/harbour-pipelines", "branch": "it'"'"'s \\"x\\" `y`"}'""")


def test_a_summary_without_words_of_its_own_gives_the_reason() -> None:
    """Or the outcome where there is none."""
    assert (
        note.summary(replace(BARE, outcome=Outcome.REFUSED, reason="branch-missing"))
        == "nothing deployed, see the note: branch-missing"
    )
    assert note.summary(replace(BARE, outcome=Outcome.PLANNED)) == "nothing deployed, see the note: planned"
    assert note.summary(FULL) == "2 deployed to HARBOUR QA, read back and equal"


def hostile(text: str) -> Report:
    """A report in which everything that can come from outside is this text."""
    return replace(
        BARE,
        outcome=Outcome.HALF_DEPLOYED,
        project=text,
        branch=text,
        workspace=text,
        head=text,
        base=text[::-1],
        reason="config-invalid",
        detail=f"`{text}` and {text}",
        rows=tuple(Row(text, action, "done", f"edited `{text}` {text}", 1.0) for action in Action),
        by_hand=((text, f"AIC takes no {text} from outside"),),
        undone=(Undone(text, Taken.STUCK),),
        by=text,
    )


def test_sec_19_no_text_from_outside_has_power_in_a_note() -> None:
    """Every field at once, in one page."""
    text = note.render(hostile(HOSTILE), first_line=note.marker(HOSTILE, kind="deploy"))

    assert dangers(text) == []
    assert journal.find(text) == ()
    assert len(cells(text)) == 1 + len(Action)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60) | st.lists(st.sampled_from(["`", "|", "\n/merge ", "@all", "\\", "<b>", " "])).map("".join))
def test_sec_19_no_note_gets_power_by_any_text(text: str) -> None:
    """The rows stay rows, and each has its four cells."""
    body = note.render(hostile(text), first_line=MARK)

    assert dangers(body) == []
    assert [len(row) for row in cells(body)] == [4] * (1 + len(Action))


def many(number: int, padding: str = "") -> Report:
    """A report in which that many pipelines stand in every list, with long titles of that padding."""
    titles = [f"{each:04} {padding}" for each in range(number)]
    rows = tuple(Row(title, Action.LEAVE, "left alone", "edited in AIC since the last deploy") for title in titles)
    undone = tuple(Undone(title, Taken.CREATED) for title in titles)
    by_hand = tuple((title, "delete it in AIC by hand") for title in titles)
    return replace(FULL, outcome=Outcome.HALF_DEPLOYED, rows=rows, undone=undone, by_hand=by_hand)


@pytest.mark.no_cover
@pytest.mark.parametrize("padding", ["", "`" * 250, "|" * 250, "🌊|`" * 80], ids=["", "backticks", "pipes", "mixed"])
def test_a_note_of_5000_pipelines_stays_below_gitlabs_million_characters(padding: str) -> None:
    """With all of them in every list, and in the journal, which is never cut."""
    report = many(5000, padding)
    entries = [
        Entry(
            row.title, row.title[:4] * 6, "b" * 40, Content(row.title, b"").digest, Content(f"{row.title}+", b"").digest
        )
        for row in report.rows
    ]
    text = text_of(report, *entries)

    assert len(text) < 1_000_000
    assert journal.find(text) == tuple(entries)
    shown = len(cells(text)) - 1
    assert 50 < shown <= bounded.MAX_ROWS
    assert f"… and {5000 - shown} more pipelines." in text
    assert dangers(text) == []


def test_lists_are_cut_to_what_people_read_and_say_how_much_is_left_out() -> None:
    """300 rows and items, and the count of the rest."""
    text = text_of(many(2000))

    assert len(cells(text)) == 1 + bounded.MAX_ROWS
    assert "… and 1700 more pipelines." in text
    assert text.count("- … and 1700 more") == 3


def test_exactly_as_many_rows_as_fit_are_all_shown() -> None:
    """Nothing is said to be more."""
    rows = tuple(Row(f"p{number}", Action.LEAVE, "left alone", "edited") for number in range(bounded.MAX_ROWS))
    text = text_of(replace(BARE, rows=rows))

    assert len(cells(text)) == 1 + bounded.MAX_ROWS
    assert "more" not in text
