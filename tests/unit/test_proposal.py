"""The text of the merge request that brings changes made in AIC into Git."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import proposal
from shared.domain.change import MOST_COMPARED, Change, Kind
from tests.rendered import cells, dangers, spans, tokens

MARK = f"<!-- aic-sync {'a' * 40} -->"
AGAIN = '{"project": "tideline/harbour-pipelines", "branch": "main", "force": true, "confirm": "HARBOUR"}'
HOSTILE = (
    "`|<img src=x>@all\n/merge\r/close ![](http://e.example) </code></details>\n\n```\n````\n/x <!-- x\u202e\u200b"
)


def sql(title: str, *texts: str) -> dict[str, str]:
    """Files of a pipeline with a task for each text."""
    return {f"code/{title}/t{number}.sql": text for number, text in enumerate(texts)}


def edited(title: str, before: str = "select 1", after: str = "select 2") -> Change:
    """One that was edited."""
    return Change(title, Kind.EDITED, sql(title, before), sql(title, after), "edited in AIC")


CONFLICT = replace(
    edited("both"), kind=Kind.CONFLICT, why="edited in AIC, and changed in Git", in_git=sql("both", "select 3")
)
DELETED = replace(edited("gone"), kind=Kind.DELETED, after={}, why="deleted in AIC, unchanged in Git")
RENAMED = replace(
    edited("now"), kind=Kind.RENAMED, before=sql("once", "select 1"), previous="once", why="renamed in AIC to now"
)
NEW = replace(edited("fresh"), kind=Kind.NEW, before={}, why="new in AIC")


def body(*changes: Change, withheld: tuple[tuple[str, str], ...] = (), again: str = "", name: str = "HARBOUR") -> str:
    """The whole text."""
    return proposal.render(
        changes,
        first_line=MARK,
        workspace=name,
        branch="main",
        base="b" * 40,
        run="0a1b2c3d",
        withheld=withheld,
        again=again,
    )


def folds(text: str) -> list[str]:
    """What each fold says while it is closed."""
    return [line for line in text.splitlines() if line.startswith("<summary>")]


def diffs(text: str) -> list[str]:
    """The blocks of code."""
    return [token.content for token in tokens(text) if token.type == "fence"]


def test_it_begins_with_its_marker_and_ends_with_where_it_comes_from() -> None:
    """A later run finds the one, a person the other."""
    text = body(edited("a"))

    assert text.splitlines()[0] == MARK
    assert text.splitlines()[-1] == "Cut at `bbbbbbbb` of `main` · run `0a1b2c3d`"


@pytest.mark.parametrize(
    ("changes", "verdict", "meaning"),
    [
        ([edited("a")], "📥 1 pipeline was changed in `HARBOUR` and not in Git", "brings the changes into `main`."),
        ([edited("a"), NEW], "📥 2 pipelines were changed in `HARBOUR` and not in Git", "deploys nothing."),
        ([CONFLICT], "⚠️ 1 of 1 pipeline was changed both in `HARBOUR` and in Git", "Nothing was overwritten"),
        ([CONFLICT, NEW], "⚠️ 1 of 2 pipelines was changed both in `HARBOUR`", "deploys of `main` write nothing."),
        ([CONFLICT, replace(CONFLICT, title="b")], "⚠️ 2 of 2 pipelines were changed both", "Until somebody decides"),
        ([], "✅ `HARBOUR` and Git agree again", "close this merge request"),
    ],
)
def test_the_first_two_lines_say_what_is_the_matter(changes: list[Change], verdict: str, meaning: str) -> None:
    """A conflict weighs more than anything else."""
    shown = [line for line in body(*changes).splitlines()[1:] if line]

    assert shown[0].startswith(f"### {verdict}")
    assert meaning in shown[1]


def test_the_gravest_come_first_then_by_title() -> None:
    """In the table and in the folds; each with what happened, how, and how many lines."""
    text = body(edited("b"), NEW, RENAMED, DELETED, edited("a"), CONFLICT)

    assert cells(text) == [
        ["Pipeline", "What happened", "Lines", "How"],
        ["both", "⚠️ conflict", "+1\u00a0−1", "edited in AIC, and changed in Git"],
        ["gone", "🗑️ deleted", "+0\u00a0−1", "deleted in AIC, unchanged in Git"],
        ["now", "renamed", "+1\u00a0−1", "was once"],
        ["fresh", "new", "+1\u00a0−0", ""],
        ["a", "edited", "+1\u00a0−1", ""],
        ["b", "edited", "+1\u00a0−1", ""],
    ]
    assert folds(text) == [
        "<summary><code>both</code> · conflict · +1\u00a0−1 in 1 file</summary>",
        "<summary><code>now</code> · renamed · +1\u00a0−1 in 1 file</summary>",
        "<summary><code>fresh</code> · new · +1\u00a0−0 in 1 file</summary>",
        "<summary><code>a</code> · edited · +1\u00a0−1 in 1 file</summary>",
        "<summary><code>b</code> · edited · +1\u00a0−1 in 1 file</summary>",
    ]


def test_a_fold_holds_the_lines_that_differ() -> None:
    """Of every file that does."""
    change = edited("a")
    both = replace(change, before=sql("a", "select 1", "x"), after=sql("a", "select 2", "x", "y"))

    assert diffs(body(both)) == ["diff t0.sql\n@@ line 1 @@\n-select 1\n+select 2\n\ndiff t2.sql\n@@ line 1 @@\n+y\n"]
    assert folds(body(both)) == ["<summary><code>a</code> · edited · +2\u00a0−1 in 2 files</summary>"]


def test_a_conflict_shows_both_sides_and_what_they_have_in_common() -> None:
    """So that a person can decide without looking elsewhere."""
    text = body(CONFLICT)

    assert "Both sides changed `t0.sql`." in text
    assert "In AIC:\n\n```diff\ndiff t0.sql\n@@ line 1 @@\n-select 1\n+select 2\n```" in text
    assert "In Git meanwhile:\n\n```diff\ndiff t0.sql\n@@ line 1 @@\n-select 1\n+select 3\n```" in text


def test_a_conflict_in_different_files_is_said_to_be_one() -> None:
    """GitLab may merge it by itself."""
    apart = replace(CONFLICT, before=sql("both", "1", "1"), after=sql("both", "2", "1"), in_git=sql("both", "1", "2"))

    assert "Both sides changed it, but no file in common." in body(apart)


def test_a_conflict_of_many_files_names_some() -> None:
    """And counts the rest."""
    one, two, three = (sql("both", *[str(version)] * 30) for version in range(3))
    text = body(replace(CONFLICT, before=one, after=two, in_git=three))

    assert "`t17.sql` and 20 more." in text


def test_a_conflict_with_a_deletion_in_git_says_so() -> None:
    """There is nothing else to be shown of it."""
    text = body(replace(CONFLICT, in_git={}))

    assert "Git has deleted it.\n\nIn AIC:" in text
    assert "meanwhile" not in text


def test_a_conflict_that_git_has_changed_back_shows_aic_s_side() -> None:
    """The other one is as before."""
    assert len(diffs(body(replace(CONFLICT, in_git=CONFLICT.before)))) == 1


def test_what_was_deleted_or_does_not_differ_has_no_fold() -> None:
    """The lines of a whole pipeline that go would only be in the way."""
    assert folds(body(DELETED, edited("a", after="select 1"))) == []


def test_what_to_do_is_said_for_each_wish() -> None:
    """Without a conflict, with one, and with the line to paste."""
    plain, hard, line = body(edited("a")), body(CONFLICT), body(edited("a"), again=AGAIN)

    assert "- To keep what AIC has: merge.\n" in plain
    assert (
        "- To keep what Git has: close this merge request. AIC goes on with its own; change it back there.\n" in plain
    )
    assert "- To keep what both have: edit the files below `config/` on this branch and merge" in plain
    assert "choose *Use ours* where *Resolve conflicts* asks" in hard
    assert "choose *Use theirs* there and merge: the next deploy writes it. Or close" in hard
    assert f"gcloud pubsub topics publish aic-deploy --message '{AGAIN}'" in spans(line)
    assert "What to do" not in body()


def test_what_was_withheld_is_named_with_its_reason() -> None:
    """It is not in the merge request, and people must know."""
    text = body(edited("a"), withheld=(("s", "it holds what looks like a secret"),))

    assert "**Not in this merge request**\n\n- `s`: it holds what looks like a secret" in text
    assert "Not in this" not in body(edited("a"))


def test_of_many_withheld_ones_some_are_named() -> None:
    """And the rest is counted."""
    text = body(edited("a"), withheld=tuple((str(number), "x") for number in range(400)))

    assert "- `299`: x\n- … and 100 more" in text


def test_a_long_diff_is_cut_and_counted() -> None:
    """Sixty lines of one pipeline are read, no more."""
    long = body(edited("a", "", "\n".join(map(str, range(200)))))

    assert [len(each.splitlines()) for each in diffs(long)] == [proposal.MOST_LINES]
    assert "… and 142 more lines" in long
    assert "+200\u00a0−0" in long


def test_three_hundred_pipelines_share_the_room() -> None:
    """Each has a fold, and all are in the table."""
    many = [edited(f"p{number:03}", "1", "\n".join(map(str, range(90)))) for number in range(300)]
    text = body(*many)

    assert len(folds(text)) == 300
    assert len(cells(text)) == 301
    assert {len(each.splitlines()) for each in diffs(text)} == {proposal.FEWEST_LINES}
    assert len(text.encode()) < 200_000
    assert dangers(text) == []


@pytest.mark.no_cover
@pytest.mark.parametrize("letter", ["x", "🌊", "`", "<", "|"])
def test_five_thousand_of_any_letters_stay_below_gitlab_s_million(letter: str) -> None:
    """What has no room is counted, and the gravest ones are shown."""
    many = [edited(f"{letter * 250}{number:04}", letter * 300, f"{letter * 299}\n" * 90) for number in range(5000)]
    text = body(*many, CONFLICT, DELETED)
    shown = len(folds(text))

    assert len(text) < 1_000_000
    assert folds(text)[0].startswith("<summary><code>both</code>")
    assert 10 < shown < 400
    assert f"… and {5002 - len(cells(text)) + 1} more pipelines." in text
    assert f"There was no room for the lines of {5001 - shown} more: see *Changes*." in text


def test_what_would_take_too_long_to_compare_is_only_named() -> None:
    """The table has it without figures."""
    big = "\n".join(["x"] * (MOST_COMPARED // 2))
    text = body(edited("a", big, f"{big}\ny"), edited("b"), DELETED)

    assert cells(text)[2:] == [["a", "edited", "", ""], ["b", "edited", "", ""]]
    assert cells(body(edited("a"))) == [["Pipeline", "What happened", "Lines"], ["a", "edited", "+1\u00a0−1"]]
    assert "There was no room for the lines of 2 more: see *Changes*." in text


def hostile(text: str) -> str:
    """A body in which everything that can come from outside is this text."""
    changes = [
        Change(
            f"{text}{kind.value}",
            kind,
            {f"code/{text}/{text}.sql": text, f"config/{text}{kind.value}.json": f'  "a": "{text}"'},
            {f"code/{text}/{text}.sql": f"{text}\n {text}\n/merge", "code/t.py": f"/close\n/* x */\n{text}"},
            f"edited `{text}` {text}",
            text if kind is Kind.RENAMED else "",
            {"code/t.py": text[::-1]} if kind is Kind.CONFLICT else None,
        )
        for kind in Kind
    ]
    return body(*changes, withheld=((text, text),), again=text, name=text)


def test_sec_19_no_text_from_outside_has_power_in_a_merge_request() -> None:
    """Titles, names of files, code, reasons: every field at once."""
    text = hostile(HOSTILE)

    assert dangers(text) == []
    assert [len(row) for row in cells(text)] == [4] * (1 + len(Kind))
    assert len(folds(text)) == len(Kind) - 1
    assert text.splitlines().count("</details>") == len(Kind) - 1


PIECES = st.sampled_from(
    [
        "`",
        "```",
        "\n",
        "\n/merge ",
        "@all",
        "|",
        "\\",
        "<b>",
        " ",
        "</details>",
        "\r",
        "~~~",
        "\u2028",
        "-",
        "+",
        "&lt;",
    ]
)


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=40) | st.lists(PIECES, max_size=10).map("".join))
def test_sec_19_no_merge_request_gets_power_by_any_text(text: str) -> None:
    """The rows stay rows, and the folds stay folds."""
    rendered = hostile(text)

    assert dangers(rendered) == []
    assert [len(row) for row in cells(rendered)] == [4] * (1 + len(Kind))
