"""Secrets that people typed into a pipeline: where they are and of what kind, never what they are.

Nothing is asked of anybody and no text is remembered, so that any thread may look. The patterns of detect-secrets are
used for themselves; its scanner has settings for the whole process, reads files and asks the network.
"""

import hashlib
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from . import assignments, job_texts, token_shapes
from .allowed_secrets import AllowedSecrets
from .job_texts import JobText
from .secret_values import random_parts
from .token_shapes import Shape, Spot

MAX_FINDINGS = 50
"""More of one pipeline are not told: it is withheld anyway."""
SHORTEST = 10
"""Characters below which a text is neither a token nor an assignment."""
ROUNDS = 10_000
"""A fingerprint of a short password must not be guessed at the speed of bare SHA-256."""
HIDDEN = "[hidden]"
_MOST_TOLD = 330
_MOST_OF_ID = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret in a pipeline: the task's id, or the top-level key; the line within that text, counted from 1."""

    task: str
    line: int
    kind: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Search:
    """What can be in the texts at all, so that most shapes are looked for once and not in every text."""

    shapes: tuple[Shape, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "_Search":
        lowered = text.lower()
        return cls(token_shapes.likely(lowered), assignments.likely(lowered))

    def spots(self, text: str) -> Iterator[Spot]:
        """What has a shape goes first: an assignment may hold more than the secret."""
        if len(text) >= SHORTEST:
            yield from token_shapes.find(text, self.shapes)
            yield from assignments.find(text, self.words)


def find(title: str, job_config: Mapping[str, object], *, allowed: AllowedSecrets) -> tuple[Finding, ...]:
    """What keeps the pipeline out of Git, in the order of the jobConfig; nothing that the project allows."""
    texts = tuple(job_texts.read(job_config))
    search = _Search.of("\n".join(each.text for each in texts))
    return tuple(islice(_findings(title, texts, search=search, allowed=allowed), MAX_FINDINGS))


def why(findings: Sequence[Finding]) -> str:
    """A sentence for people: where to look, and by which fingerprint each can be allowed; as many as are read."""
    told = [f"`{_short(each.task)}` line {each.line}: {each.kind} (`{each.fingerprint}`)" for each in findings]
    ends = accumulate(len(each) + 2 for each in told)
    shown = told[: max(1, sum(end <= _MOST_TOLD for end in ends))]
    more = f"; and {len(told) - len(shown)} more" if len(told) > len(shown) else ""
    return f"seems to hold secrets: {'; '.join(shown)}{more}"


def find_in_text(text: str) -> tuple[str, ...]:
    """The kinds of secrets in a text that is about to be shown to people, empty if there are none."""
    return tuple(sorted({spot.kind for spot in _apart(_Search.of(text).spots(text))}))


def hide_in_text(text: str) -> str:
    """The text with `[hidden]` in place of every secret that was found in it."""
    parts, done = [], 0
    for spot in _apart(_Search.of(text).spots(text)):
        parts += [text[done : spot.start], HIDDEN]
        done = spot.end
    return "".join([*parts, text[done:]])


def fingerprint(title: str, value: str) -> str:
    """12 hex digits that stand for the value in this pipeline; in another one they differ."""
    digest = hashlib.pbkdf2_hmac("sha256", _bytes(value), _bytes(title), ROUNDS)
    return digest.hex()[:12]


def _findings(title: str, texts: tuple[JobText, ...], *, search: _Search, allowed: AllowedSecrets) -> Iterator[Finding]:
    marks: dict[str, str] = {}
    told: set[tuple[str, str]] = set()
    for each in texts:
        for spot in _apart(_spots(each, search)):
            value = each.text[spot.start : spot.end]
            mark = marks.get(value) or marks.setdefault(value, fingerprint(title, value))
            if (each.place, mark) not in told and not allowed.lets_pass(title, mark):
                told.add((each.place, mark))
                yield Finding(hide_in_text(each.place), each.text.count("\n", 0, spot.start) + 1, spot.kind, mark)


def _spots(each: JobText, search: _Search) -> Iterator[Spot]:
    yield from search.spots(each.text)
    if whole := assignments.named(each.name, each.text, search.words):
        yield whole
    if each.variable and not assignments.is_hash_or_id(each.name):
        yield from (Spot(start, end, "random text") for start, end in random_parts(each.text))


def _apart(spots: Iterator[Spot]) -> list[Spot]:
    """From left to right, and of spots that overlap the one that came first."""
    kept: list[Spot] = []
    for spot in spots:
        place = bisect(kept, spot.start, key=lambda other: other.start)
        if all(spot.end <= other.start or other.end <= spot.start for other in kept[max(place - 1, 0) : place + 1]):
            kept.insert(place, spot)
    return kept


def _short(task: str) -> str:
    """A task's id as the quote in a sentence; a backtick would end it."""
    plain = task.replace("`", "'")
    return plain if len(plain) <= _MOST_OF_ID else f"{plain[: _MOST_OF_ID - 1]}…"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
