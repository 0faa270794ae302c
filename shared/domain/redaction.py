"""From anything that is to be logged to plain JSON values in which no known secret can be read."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

HIDDEN = "[hidden]"
SHORTEST = 4
"""Shorter secrets are left: hiding them would blank half of every record, and no real token is that short."""
LONGEST_TEXT = 20_000
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Redaction:
    """Knows secrets in each spelling that libraries give them; the longest `spellings` come first.

    `in_json` are the same as they stand in a JSON text of ASCII.
    """

    spellings: tuple[str, ...] = ()
    in_json: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Redaction({len(self.spellings)} spellings)"

    def adding(self, values: Iterable[str]) -> "Redaction":
        """The same, with these secrets too."""
        new = {spelling for value in values if len(value) >= SHORTEST for spelling in _spellings(value)}
        known = sorted(new.union(self.spellings), key=lambda spelling: (-len(spelling), spelling))
        return Redaction(tuple(known), tuple(map(_escaped, known)))

    def text(self, text: str) -> str:
        """The text with `[hidden]` in place of secrets, cut where it is far too long for a log."""
        for spelling in self.spellings:
            text = text.replace(spelling, HIDDEN)
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… ({len(text) - LONGEST_TEXT} more)"

    def passes(self, line: str) -> bool:
        """Whether a JSON text of ASCII may be logged as it is: no secret is in it, nor is any text in it too long."""
        return len(line) <= LONGEST_TEXT and not any(spelling in line for spelling in self.in_json)

    def fields(self, given: Mapping[str, object]) -> Mapping[str, object]:
        """The fields of a record, each as `plain` gives it."""
        return {self.text(name): self.plain(value) for name, value in given.items()}

    def plain(self, value: object, *, depth: int = 0) -> object:
        """The value as JSON can hold it: keys and texts without secrets, unknown objects as their `repr`."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return self._number(value)
        if isinstance(value, Mapping) and depth < DEEPEST:
            return {self.text(str(key)): self.plain(item, depth=depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset) and depth < DEEPEST:
            return [self.plain(item, depth=depth + 1) for item in value]
        return self.text(_as_text(value))

    def _number(self, value: float) -> object:
        text = repr(value)
        return value if math.isfinite(value) and self.text(text) == text else self.text(text)


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return repr(value)


def _spellings(value: str) -> set[str]:
    return {
        value,
        _escaped(value),
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        quote(value, safe=""),
    }


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]
