"""Text from outside in GitLab's Markdown, judged by a renderer that knows nothing of the code under test."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import markdown
from tests.rendered import cells, dangers, spans

HOSTILE = [
    "/merge",
    "\n/merge",
    "\r/close",
    "x\r\n\r\n/approve",
    "\u2028/label ~x",
    "\x85/shrug",
    "@all",
    "a@b.example",
    "&1",
    "!1",
    "#1",
    "~label",
    "%1",
    "$1",
    "^1",
    "[x](javascript:alert(1))",
    "](javascript:alert(1))",
    "![](http://tracker.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "<!-- x -->",
    "<script>alert(1)</script>",
    "https://evil.example",
    "www.evil.example",
    "[[wiki]]",
    "```\n/merge\n```",
    "`` ` ``",
    "`@all`",
    "a ` @all ` b",
    "`a`@all`b`",
    "``@all``",
    "\\`@all\\`",
    "a|b",
    "a\\|b",
    "| @all |",
    "\\",
    "``` x",
    "~~~",
    "*@all*",
    "$`@all`$",
    "&#64;all",
    "&commat;all",
    "---",
    "# x",
    "> @all",
    "1. /merge",
]
HARMLESS_IN_A_LINE = {"`` ` ``", "`@all`", "a ` @all ` b", "``@all``", "a|b", "a\\|b", "---", "1. /merge"}
"""Dangerous only inside of something else, such as a code span or a table."""
PIECES = st.sampled_from(
    [*HOSTILE, "`", "``", "```", " ", "\n", "a", "`a`", "·", ".", "www.", "|", "\\", "\u202e", "\ud800"]
)
SEEN = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])
TEXT = st.text(max_size=30) | st.lists(PIECES, max_size=8).map("".join)


def in_line(piece: str) -> str:
    """As the notes have it: in a table, a list and a line of text."""
    table = f"| a | b |\n| --- | --- |\n{markdown.row(piece, piece)}"
    return f"Text {piece}\n\n{table}\n\n- {piece}: {piece}"


@pytest.mark.parametrize("text", HOSTILE)
def test_sec_19_a_name_has_no_power(text: str) -> None:
    """No quick action, mention, reference, link, image or HTML, wherever the note shows it."""
    assert dangers(in_line(markdown.code(text))) == []
    assert dangers(markdown.code(text)) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_sec_19_a_sentence_has_no_power_whatever_it_quotes(text: str) -> None:
    """Inside the quotes, outside, and when the quotes themselves are hostile."""
    for whole in (text, f"`{text}` is live", f"the key {text} stands twice", f"{text}`x`{text}", f"`x`{text}`y`"):
        assert dangers(in_line(markdown.sentence(whole))) == [], whole


@settings(deadline=None, max_examples=300)
@given(TEXT)
def test_sec_19_no_text_has_power(text: str) -> None:
    """Any text, as a name and as a sentence."""
    assert dangers(in_line(markdown.code(text))) == []
    assert dangers(in_line(markdown.sentence(text))) == []
    assert "\n" not in markdown.code(text) + markdown.sentence(text)
    (markdown.code(text) + markdown.sentence(text)).encode()


def test_the_checker_sees_what_it_is_for() -> None:
    """Otherwise the promises above would hold for anything."""
    unseen = {text for text in HOSTILE if not dangers(f"Text {text}\n\n{text}")}

    assert unseen == HARMLESS_IN_A_LINE


@settings(deadline=None, max_examples=200)
@given(st.text(SEEN, max_size=40).filter(lambda text: text.strip(" ")))
def test_a_name_is_shown_as_it_is(text: str) -> None:
    """Backticks, pipes and spaces at its ends included, in a line and in a table; only blanks alone may become more."""
    shown = markdown.code(text)

    assert spans(f"x {shown} y") == [text]
    seen = cells(f"| a | b |\n| --- | --- |\n{markdown.row(shown, 'c')}")[1]
    assert seen == [text, "c"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tides", "`Tides`"),
        ("", "`  `"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("a``b`c", "```a``b`c```"),
        (" a", "`  a `"),
        ("a\nb\tc\x00\x1b[31m", "`a·b·c··[31m`"),
        ("\u202egnp.exe\u200b\u2066\ufeff", "`·gnp.exe···`"),
        ("half \ud800", "`half ·`"),
        ("a|b", "`a|b`"),
        ("x" * 201, f"`{'x' * 199}…`"),
        ("x" * 200, f"`{'x' * 200}`"),
        ("Küste 🌊 ميناء", "`Küste 🌊 ميناء`"),
    ],
)
def test_a_code_span_is_on_one_line_and_shows_what_would_stay_unseen(text: str, shown: str) -> None:
    """Direction marks and zero widths can make one name look like another."""
    assert markdown.code(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Edited in AIC since the last deploy.", "Edited in AIC since the last deploy."),
        ("`a` and `b` both name `c`; one of 1.5", "`a` and `b` both name `c`; one of 1.5"),
        ("branch_to_workspace.yaml: `a` is odd", "`branch_to_workspace.yaml:` `a` is odd"),
        ("see config/a.json, please", "see `config/a.json,` please"),
        ("two\nlines\tand  blanks", "two lines and blanks"),
        ("/merge and @all", "`/merge` and `@all`"),
        ("an odd ` number", "`an odd ' number`"),
        ("x" * 501, f"`{'x' * 499}…`"),
        ("<`a`>", "`<` `a` `>`"),
        ("```` x", "`  ` `  ` x"),
    ],
)
def test_a_sentence_keeps_its_quotes_and_stays_readable(text: str, shown: str) -> None:
    """Only words that could do something become code."""
    assert markdown.sentence(text) == shown


def test_a_row_has_as_many_cells_as_it_was_given() -> None:
    """Whatever pipes and backslashes stand in them."""
    for name in ("a|b", "|", "a\\|b", "a\\", "\\|\\|", "``|``", "|`|"):
        seen = cells(f"| a | b |\n| --- | --- |\n{markdown.row(markdown.code(name), 'c')}")

        assert seen == [["a", "b"], [name, "c"]]
        assert re.search(r"(?<!\\)\|", markdown.code(name).replace("|", "\\|")) is None
