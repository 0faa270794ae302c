"""Who has heard of what: read from a note, and written into one."""

import base64
from datetime import UTC, datetime

import pytest

from shared.domain import ledger
from shared.domain.ledger import AGAIN_AFTER, Deaf, Ear

from .test_news import made

ANN, BEN, SLACK = Ear("email", "ann@example.com"), Ear("email", "ben@example.com"), Ear("slack", "#releases")
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp()


def hidden(text: str) -> str:
    return f"x\n<!-- aic-told {base64.b64encode(text.encode()).decode()} -->"


def test_what_is_written_is_read_again() -> None:
    """Without an address in sight."""
    told = ledger.adding({}, [ANN, SLACK], now=NOW)
    body = ledger.render(
        made(), [ANN, BEN, SLACK], told, [Deaf(BEN, "mail-address-refused", "no such `user`", lasting=True)]
    )

    assert ledger.find(body) == told
    assert "example.com" not in body
    assert body.startswith(ledger.first_line(made()))


def test_the_note_says_who_was_told_and_who_was_not() -> None:
    """In words."""
    told = ledger.adding({}, [ANN, BEN, SLACK], now=NOW)
    everybody = ledger.render(made(), [ANN, BEN, SLACK], told, [])
    nobody = ledger.render(
        made(),
        [ANN, SLACK],
        {},
        [Deaf(ANN, "mail-unavailable", "", lasting=False), Deaf(SLACK, "slack-channel", "gone", lasting=True)],
    )
    one = ledger.render(made(), [ANN], ledger.adding({}, [ANN], now=NOW), [])
    only_slack = ledger.render(made(), [SLACK], ledger.adding({}, [SLACK], now=NOW), [])

    assert everybody.splitlines()[1:5] == [
        "`Not deployed to QA` was told to",
        "",
        "- ✉️ e-mail: 2 addresses",
        "- 💬 Slack: `#releases`",
    ]
    assert nobody.splitlines()[1:5] == [
        "`Not deployed to QA` was told to nobody yet",
        "",
        "- ⚠️ not an e-mail address: `mail-unavailable`; it is tried again",
        "- ⚠️ not Slack `#releases`: `slack-channel`, gone",
    ]
    assert "1 address\n" in one
    assert "e-mail" not in only_slack


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"a": 1}', '{"a": "yesterday"}', '{"a": "2026-11-29T12:00:00"}', "[" * 9999]
)
def test_a_note_that_somebody_broke_says_nothing(text: str) -> None:
    """Rather told twice than never."""
    assert ledger.find(hidden(text)) == {}


def test_only_the_last_line_counts() -> None:
    """A title that spells a mark stands further up."""
    mark = hidden('{"a": "2026-11-29T12:00:00+00:00"}').partition("\n")[2]

    assert ledger.find(f"{mark}\nmore") == ledger.find("nothing") == ledger.find("<!-- aic-told =a -->") == {}
    assert ledger.find(f"more\n{mark}") == {"a": "2026-11-29T12:00:00+00:00"}


@pytest.mark.parametrize(
    ("daily", "later", "due"),
    [(False, 10 * AGAIN_AFTER, (BEN,)), (True, AGAIN_AFTER - 1, (BEN,)), (True, AGAIN_AFTER, (ANN, BEN))],
)
def test_who_has_heard_hears_it_no_more_but_what_is_told_daily(
    later: float, due: tuple[Ear, ...], *, daily: bool
) -> None:
    """The next night counts as the next day."""
    told = ledger.adding({}, [ANN], now=NOW)

    assert ledger.due(made(daily=daily), [ANN, BEN], told, now=NOW + later) == due
