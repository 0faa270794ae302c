"""News: as long as channels take them, on one line, without secrets, and the same for the same thing."""

import json
from dataclasses import replace

import pytest

from shared.domain import links, news, schema
from shared.domain.messages import command
from shared.domain.messages.command import CommandRequest, Notify
from shared.domain.news import MOST_ROWS, News, NewsRow, Tone, fitted, identity, quoted, spans, unquoted
from shared.domain.occasion import Kind

from .credentials_typed import typed

SHA = "a" * 40


def made(**changes: object) -> News:
    """Some news."""
    plain = News(Kind.FAILED, "a/b", identity("x"), "Not deployed to `QA`", Tone.BAD, commit=SHA)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_what_is_too_long_is_cut_and_rows_are_counted() -> None:
    """A deploy of 300 pipelines is news of readable length."""
    found = fitted(made(title="x" * 500, verdict="y" * 5000), [NewsRow("n" * 900, "s" * 900, "d" * 9000)] * 300)

    assert (len(found.title), len(found.verdict), len(found.rows), found.more) == (200, 800, MOST_ROWS, 300 - MOST_ROWS)
    assert {(len(row.name), len(row.status), len(row.details)) for row in found.rows} == {(200, 60, 800)}
    assert len(json.dumps(found.tree())) < 100_000


def test_everything_stands_on_one_line() -> None:
    """A name with a line break can't begin a header, a row or a paragraph of its own."""
    hostile = "a\r\nBcc: x@example.com\u2028\u202eb"
    found = fitted(made(title=hostile, facts=(hostile,)), [NewsRow(hostile, hostile, hostile)])

    texts = [found.title, *found.facts, found.rows[0].name, found.rows[0].status, found.rows[0].details]
    assert set(texts) == {"a··Bcc: x@example.com··b"}


def test_secrets_are_hidden_wherever_they_stand() -> None:
    """People put them into titles, and errors quote titles."""
    secret = typed("gl·pat-ABCDEFGHIJ1234567890")
    found = fitted(made(title=secret, verdict=secret, facts=(secret,)), [NewsRow(secret, "x", secret)])

    assert secret not in json.dumps(found.tree())
    assert json.dumps(found.tree()).count("[hidden]") == 5


def test_what_came_with_a_message_is_cleaned_again_by_what_is_known_here() -> None:
    """Everything that the message said, and the count of what it left out."""
    given = made(
        verdict="canary",
        facts=("canary",),
        untold=("canary",),
        about="canary",
        more=7,
        rows=(NewsRow("canary", "canary", "canary"),),
    )

    found = news.cleaned(replace(given, title="canary"), lambda text: text.replace("canary", "-"))

    assert "canary" not in json.dumps(found.tree())
    assert (found.more, found.rows[0].name, found.about) == (7, "-", "-")


def test_the_same_parts_make_the_same_news_and_no_others_do() -> None:
    """Parts are kept apart."""
    assert identity("a", 1) == identity("a", "1")
    assert len({identity("a", "b"), identity("ab"), identity("a\0b"), identity("b", "a"), identity("a", "b", "")}) == 5


def test_quotes_in_a_sentence_are_found() -> None:
    """A name can't end its own quote, and a lone backtick begins none."""
    assert spans(f"Not {quoted('a`b')} here") == (("Not ", False), ("a'b", True), (" here", False))
    assert spans("`a`") == (("a", True),)
    assert spans("a ` b") == (("a ' b", False),)
    assert unquoted("Not `a` here") == "Not a here"


def test_news_travel_in_a_message_unchanged() -> None:
    """Whatever they hold."""
    sent = fitted(
        made(merged=(4, 5), untold=("x",), daily=True, merge_request=9), [NewsRow("n", "s", "d", Tone.GOOD, 3)]
    )
    body = {"workflow": "notify", "parameters": {"project": "a/b", "news": sent.tree()}}

    assert command.read(json.dumps(body).encode()) == CommandRequest("notify", Notify(project="a/b", news=sent))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "gossip"},
        {"id": "x"},
        {"commit": "../x"},
        {"tone": "loud"},
        {"project": "other"},
        {"title": ""},
        {"rows": [{"name": "n"}]},
        {"rows": [{"name": "n", "status": "s"}] * 61},
        {"verdict": "x" * 801},
        {"extra": 1},
    ],
)
def test_what_is_no_news_is_refused(changes: dict[str, object]) -> None:
    """And names nobody else's project."""
    with pytest.raises(ValueError, match="findings"):
        schema.read(Notify, {"project": "a/b", "news": {**json.loads(json.dumps(made().tree())), **changes}})


def test_links_lead_to_what_it_is_about() -> None:
    """Each merge request once, then the commit, then the project."""
    found = links.of(made(merge_request=4, merged=(4, 7)), gitlab="https://git.example.com")

    assert found == (
        ("!4", "https://git.example.com/a/b/-/merge_requests/4"),
        ("!7", "https://git.example.com/a/b/-/merge_requests/7"),
        ("commit aaaaaaaa", f"https://git.example.com/a/b/-/commit/{SHA}"),
        ("a/b", "https://git.example.com/a/b"),
    )
    assert links.of(made(commit=""), gitlab="https://g") == (("a/b", "https://g/a/b"),)
