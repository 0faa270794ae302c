"""Who has heard of a piece of news: kept in a note of our own beside what it is about, so that nobody hears twice."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .markdown import code, sentence
from .news import News, unquoted

AGAIN_AFTER = 20 * 60 * 60
"""Seconds after which daily news are told again: less than a day, so that a run that is some minutes early counts."""
_HIDDEN = re.compile(r"^<!-- aic-told ([A-Za-z0-9+/=]*) -->\s*\Z", re.MULTILINE)
_MOST_SHOWN = 10
Told = Mapping[str, str]
"""When each ear has heard it (ISO 8601)."""


@dataclass(frozen=True, slots=True)
class Ear:
    """One who is to hear of it: an address of that medium, or a channel."""

    medium: str
    target: str

    @property
    def mark(self) -> str:
        """What stands for it in the note, where an address would be there for everybody to read."""
        return f"{self.medium}-{hashlib.sha256(self.target.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Deaf:
    """One who could not be told, and why; `lasting` where no further attempt would help."""

    ear: Ear
    reason: str
    detail: str
    lasting: bool


def first_line(news: News) -> str:
    """By which a later run finds the note again."""
    return f"<!-- aic-news {news.id} -->"


def find(body: str) -> Told:
    """What a note of our own says; nothing where somebody broke it."""
    hidden = _HIDDEN.search(body)
    if hidden is None:
        return {}
    try:
        told = json.loads(base64.b64decode(hidden.group(1), validate=True))
    except (ValueError, RecursionError):
        return {}
    whole = isinstance(told, dict) and all(isinstance(each, str) and _moment(each) for each in told.values())
    return told if whole else {}


def due(news: News, ears: Iterable[Ear], told: Told, *, now: float) -> tuple[Ear, ...]:
    """Those who have not heard of it, or only long ago."""
    return tuple(ear for ear in ears if not _has_heard(news, told.get(ear.mark), now))


def adding(told: Told, ears: Iterable[Ear], *, now: float) -> Told:
    """The same, with these having heard of it now."""
    moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    return {**told, **{ear.mark: moment for ear in ears}}


def render(news: News, ears: Sequence[Ear], told: Told, deaf: Sequence[Deaf]) -> str:
    """The note: whom this was told, and who could not be."""
    heard = [ear for ear in ears if ear.mark in told]
    lines = [
        *[f"- ✉️ e-mail: {_count(heard)}" for _ in heard[:1] if _count(heard)],
        *[f"- 💬 Slack: {code(ear.target)}" for ear in heard if ear.medium == "slack"],
        *[_missed(each) for each in deaf[:_MOST_SHOWN]],
    ]
    hidden = base64.b64encode(json.dumps(dict(told)).encode()).decode()
    head = (
        f"{code(unquoted(news.title))} was told to" if heard else f"{code(unquoted(news.title))} was told to nobody yet"
    )
    return "\n".join([first_line(news), head, "", *lines, "", f"<!-- aic-told {hidden} -->"])


def _count(heard: Iterable[Ear]) -> str:
    count = sum(ear.medium == "email" for ear in heard)
    return f"{count} address{'' if count == 1 else 'es'}" if count else ""


def _missed(deaf: Deaf) -> str:
    """An address is not shown; which one it is, the mail server has logged, and the settings say who they are."""
    who = f"Slack {code(deaf.ear.target)}" if deaf.ear.medium == "slack" else "an e-mail address"
    again = "" if deaf.lasting else "; it is tried again"
    return f"- ⚠️ not {who}: {code(deaf.reason)}{f', {sentence(deaf.detail)}' if deaf.detail else ''}{again}"


def _has_heard(news: News, moment: str | None, now: float) -> bool:
    if moment is None:
        return False
    return not news.daily or now - datetime.fromisoformat(moment).timestamp() < AGAIN_AFTER


def _moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
