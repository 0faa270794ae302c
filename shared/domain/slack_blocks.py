"""News → a message of Slack's in Block Kit, within Slack's limits.

Names and sentences stand in plain or rich text, of which Slack interprets nothing: no mention, link or emphasis.
https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator, Sequence

from . import links
from .news import News, NewsRow, Tone, spans, unquoted

MOST_BLOCKS, MOST_TEXT, MOST_HEADER = 50, 3000, 150
MOST_ROWS = 20
"""More than that nobody reads in a channel."""
_ROW, _FACTS = 700, 1500
_SIGNS = {Tone.GOOD: "🟢", Tone.WARN: "🟡", Tone.BAD: "🔴", Tone.PLAIN: "⚪"}
Part = dict[str, object]


def of(news: News, *, gitlab: str) -> list[Part]:
    """The blocks; `gitlab` is GitLab's base URL."""
    header: Part = {"type": "header", "text": {"type": "plain_text", "text": _cut(unquoted(news.title), MOST_HEADER)}}
    texts = [_words(news.verdict)] if news.verdict else []
    rows = [_row(each, news, gitlab) for each in news.rows[:MOST_ROWS]]
    left = news.more + max(0, len(news.rows) - MOST_ROWS)
    if left:
        rows.append(_words(f"… and {left} more; the note in GitLab has them all"))
    footer = [
        _links(news, gitlab),
        *([_words(_cut(f"Not told: {', '.join(news.untold)}", _FACTS))] if news.untold else []),
    ]
    facts = [_words(_cut(" · ".join(news.facts), _FACTS))] if news.facts else []
    return [header, *_rich([*texts, *facts]), *_rich(rows), *_rich(footer)]


def fallback(news: News) -> str:
    """What a notification shows; here Slack would interpret three signs."""
    text = unquoted(news.title)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rich(sections: Sequence[list[Part]]) -> Iterator[Part]:
    """One block for as many sections as its text has room for."""
    group: list[Part] = []
    size = 0
    for parts in sections:
        length = sum(len(str(part.get("text", ""))) for part in parts)
        if group and size + length > MOST_TEXT:
            yield {"type": "rich_text", "elements": group}
            group, size = [], 0
        group.append({"type": "rich_text_section", "elements": [*parts, _text("\n")]})
        size += length
    if group:
        yield {"type": "rich_text", "elements": group}


def _row(row: NewsRow, news: News, gitlab: str) -> list[Part]:
    sign = _SIGNS[Tone(row.tone)]
    parts = [_text(f"{sign} "), _text(row.name, code=True), _text(f"  {row.status}")]
    if row.merge_request is not None:
        parts += [
            _text("  "),
            _link(f"!{row.merge_request}", links.merge_request(news, row.merge_request, gitlab=gitlab)),
        ]
    return [*parts, _text(" — "), *_words(_cut(row.details, _ROW))] if row.details else parts


def _links(news: News, gitlab: str) -> list[Part]:
    found = links.of(news, gitlab=gitlab)
    parts: list[Part] = []
    for words, url in found[:10]:
        parts += [*([_text(" · ")] if parts else []), _link(words, url)]
    return parts


def _words(text: str) -> list[Part]:
    return [_text(part, code=quote) for part, quote in spans(text)]


def _text(text: str, *, code: bool = False) -> Part:
    return {"type": "text", "text": text, **({"style": {"code": True}} if code else {})}


def _link(words: str, url: str) -> Part:
    return {"type": "link", "url": url, "text": words}


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
