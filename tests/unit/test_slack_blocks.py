"""News as a message of Slack's: within its limits, and with nothing that Slack would interpret."""

import json
from collections.abc import Iterator

from emulators.slack import checks
from shared.domain import slack_blocks
from shared.domain.news import NewsRow, Tone, fitted

from .test_news import made

GITLAB = "https://git.example.com"
HOSTILE = "<!channel> *bold* <https://evil.example|x> @here :bomb: & `a"


def parts(block: object) -> Iterator[dict[str, object]]:
    """Every text and link of the rich text below."""
    if isinstance(block, dict):
        if block.get("type") in ("text", "link"):
            yield block
        for each in block.values():
            yield from parts(each)
    elif isinstance(block, list):
        for each in block:
            yield from parts(each)


def test_a_long_table_stays_within_slacks_limits() -> None:
    """A summary, the first rows, and how many there are beside."""
    news = fitted(
        made(title="t" * 200, verdict="v" * 800, facts=("f" * 700,) * 9),
        [NewsRow("n" * 200, "s" * 60, "d" * 800)] * 300,
    )
    blocks = slack_blocks.of(news, gitlab=GITLAB)

    assert checks.error({"blocks": blocks, "text": slack_blocks.fallback(news)}) == ""
    for block in blocks:
        assert sum(len(str(part.get("text", ""))) for part in parts(block)) <= slack_blocks.MOST_TEXT + 200
    assert "… and 280 more" in json.dumps(blocks, ensure_ascii=False)


def test_what_stands_in_a_name_is_shown_and_not_interpreted() -> None:
    """All of it is plain or rich text; links lead to GitLab alone."""
    news = fitted(made(title=HOSTILE, verdict=HOSTILE), [NewsRow(HOSTILE, HOSTILE, HOSTILE, Tone.BAD, 7)])
    blocks = slack_blocks.of(news, gitlab=GITLAB)

    assert {block["type"] for block in blocks} == {"header", "rich_text"}
    assert "mrkdwn" not in json.dumps(blocks)
    links = [str(part["url"]) for part in parts(blocks) if part["type"] == "link"]
    assert all(link.startswith(f"{GITLAB}/") for link in links)
    assert f"{GITLAB}/a/b/-/merge_requests/7" in links
    assert "<" not in slack_blocks.fallback(news)


def test_a_name_and_a_quote_are_code() -> None:
    """The rest of a sentence is not."""
    news = made(title="Not `QA`", rows=(NewsRow("a", "updated", "was `b`"),), untold=("email: `mail-refused`",))
    code = [part["text"] for part in parts(slack_blocks.of(news, gitlab=GITLAB)) if part.get("style")]

    assert code == ["a", "b", "mail-refused"]
