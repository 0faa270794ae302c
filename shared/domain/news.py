"""Something that people want to hear of, as one value that every channel shows in its own way."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Annotated

from .checks import at_most, filled, matching, one_of
from .credentials import hide_in_text
from .markdown import visible
from .occasion import Kind

MOST_ROWS = 60
"""More are counted: the note in GitLab has them all."""
_TITLE, _NAME, _STATUS, _SENTENCE, _MANY, _PLACE = 200, 200, 60, 800, 50, 1024

_ID = re.compile("[0-9a-f]{16}")
_COMMIT = re.compile("(?:[0-9a-f]{40}|[0-9a-f]{64})?")
_BOARD = re.compile(r"(?:https://storage\.cloud\.google\.com/[!-~]{1,2000})?")


class Tone(StrEnum):
    """How it is coloured."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    PLAIN = "plain"


_Tone = Annotated[str, one_of(*Tone)]
_Words = Annotated[str, at_most(_SENTENCE)]


@dataclass(frozen=True, slots=True)
class NewsRow:
    """One line of the table: a pipeline, a drive or the like; what became of it; why.

    `details` is a sentence that quotes names between backticks, `merge_request` a number.
    """

    name: Annotated[str, at_most(_NAME)]
    status: Annotated[str, at_most(_STATUS)]
    details: _Words = ""
    tone: _Tone = Tone.PLAIN
    merge_request: int | None = None


@dataclass(frozen=True, slots=True)
class News:
    """Texts are plain and on one line; where a sentence quotes a name, backticks stand around it.

    `id` is the same whenever the same thing is told. With `daily` it may be told again after a day, else never.
    `about` is what the first column of the rows holds; `more` rows are left out. `commit` is a full sha,
    `merge_request` the one that it is all about, `merged` are those that brought it. `untold` says who could not be
    told. `workspace` is where something was deployed to, `board` the address of the project's board.
    """

    kind: Annotated[str, one_of(*Kind)]
    project: Annotated[str, filled, at_most(1024)]
    id: Annotated[str, matching(_ID)]
    title: Annotated[str, filled, at_most(_TITLE)]
    tone: _Tone
    verdict: _Words = ""
    facts: Annotated[tuple[_Words, ...], at_most(_MANY)] = ()
    about: Annotated[str, at_most(_STATUS)] = "Pipeline"
    rows: Annotated[tuple[NewsRow, ...], at_most(MOST_ROWS)] = ()
    more: int = 0
    commit: Annotated[str, matching(_COMMIT)] = ""
    merge_request: int | None = None
    merged: Annotated[tuple[int, ...], at_most(_MANY)] = ()
    daily: bool = False
    untold: Annotated[tuple[_Words, ...], at_most(_MANY)] = ()
    workspace: Annotated[str, at_most(_PLACE)] = ""
    board: Annotated[str, matching(_BOARD)] = ""

    def tree(self) -> dict[str, object]:
        """What a message holds of it."""
        return asdict(self)


def identity(*parts: object) -> str:
    """16 hex digits: equal for equal parts, and else different."""
    return hashlib.sha256("\0".join(map(repr, map(str, parts))).encode()).hexdigest()[:16]


def quoted(name: str) -> str:
    """A name from outside as a sentence quotes it."""
    return f"`{name.replace('`', chr(39))}`"


def spans(text: str) -> tuple[tuple[str, bool], ...]:
    """The pieces of a sentence, each with whether it is a quote. An odd number of backticks makes none."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return ((text.replace("`", "'"), False),)
    return tuple((part, index % 2 == 1) for index, part in enumerate(parts) if part)


def unquoted(text: str) -> str:
    """The sentence for places that know no quotes."""
    return "".join(part for part, _ in spans(text))


def fitted(news: News, rows: Iterable[NewsRow] = ()) -> News:
    """The same with these rows, as long as a channel takes it, on one line each, and without secrets."""
    rows = tuple(rows)
    shown = rows[:MOST_ROWS]
    return replace(
        news,
        title=_line(news.title, _TITLE),
        verdict=_line(news.verdict, _SENTENCE),
        facts=tuple(_line(each, _SENTENCE) for each in news.facts[:_MANY]),
        rows=tuple(map(_fitted, shown)),
        more=len(rows) - len(shown),
        merged=news.merged[:_MANY],
        workspace=news.workspace[:_PLACE],
        untold=tuple(_line(each, _SENTENCE) for each in news.untold[:_MANY]),
    )


def cleaned(news: News, hide: Callable[[str], str]) -> News:
    """What came with a message, in the same form; `hide` takes known secrets out of a text."""
    rows = [
        replace(each, name=hide(each.name), status=hide(each.status), details=hide(each.details)) for each in news.rows
    ]
    texts = replace(
        news,
        title=hide(news.title),
        verdict=hide(news.verdict),
        about=_line(hide(news.about), _STATUS),
        facts=tuple(map(hide, news.facts)),
        untold=tuple(map(hide, news.untold)),
    )
    return replace(fitted(texts, rows), more=news.more)


def _fitted(row: NewsRow) -> NewsRow:
    return replace(
        row,
        name=_line(row.name, _NAME),
        status=_line(row.status, _STATUS),
        details=_line(row.details, _SENTENCE),
    )


def _line(text: str, limit: int) -> str:
    return visible(hide_in_text(text), limit=limit)
