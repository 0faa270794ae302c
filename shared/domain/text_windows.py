"""Patterns over texts of any length, in windows that overlap: no line is too long to be looked at."""

import re
from collections.abc import Iterator

STEP = 32_768
LONGEST = 8_192
"""Characters by which windows overlap: no pattern that is used here matches more than that."""


def windows(length: int) -> Iterator[tuple[int, int]]:
    """Start and end of each window. What begins in one and is no longer than the overlap is whole in it or the next."""
    for start in range(0, max(length - LONGEST, 1), STEP):
        yield start, min(start + STEP + LONGEST, length)


def matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What the pattern finds from left to right, as in the whole text, though it never sees more than a window."""
    done = 0
    for start, end in windows(len(text)):
        for found in pattern.finditer(text, max(start, done), end):
            if found.start() >= start + STEP and end < len(text):
                break  # the next window has it in full
            done = found.end()
            yield found
