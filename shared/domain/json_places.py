"""Where in a JSON text that breaks a rule of ours the break is, for people who have to mend it."""

import json
import re
from collections.abc import Iterator

_PART = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}:,]|[^\s"\[\]{}:,]++', re.DOTALL)


def position(text: str, offset: int) -> str:
    """`line 3, column 7`, both counted from 1."""
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    return f"line {line}, column {column}"


def of_twin(text: str, key: str) -> str:
    """Where `key` stands for the second time in one object, empty where that is nowhere."""
    return next((position(text, at) for at, found in _twins(text) if found == key), "")


def of_word(text: str, word: str) -> str:
    """Where a bare word stands, outside of strings."""
    return next((position(text, part.start()) for part in _PART.finditer(text) if part[0] == word), "")


def _twins(text: str) -> Iterator[tuple[int, str]]:
    """Keys that their object has already; the parser has seen to it that the rest is JSON."""
    seen: list[set[str]] = []
    last, before = 0, ""
    for part in _PART.finditer(text):
        piece = part[0]
        if piece in "[{":
            seen.append(set())
        elif piece in "]}" and seen:
            seen.pop()
        elif piece == ":" and seen and before.startswith('"'):
            key = str(json.loads(before, strict=False))
            if key in seen[-1]:
                yield last, key
            seen[-1].add(key)
        last, before = part.start(), piece
