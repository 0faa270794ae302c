"""Patterns over texts of any length."""

import re
from itertools import pairwise

import pytest

from shared.domain.text_windows import LONGEST, STEP, matches, windows


@pytest.mark.parametrize("length", [0, 1, LONGEST, STEP, STEP + LONGEST, STEP + LONGEST + 1, 2 * STEP + 1, 1_000_000])
def test_windows_cover_everything_and_overlap(length: int) -> None:
    """None is longer than it may be, and what is no longer than the overlap is whole in one of them."""
    bounds = list(windows(length))

    assert bounds[0][0] == 0
    assert bounds[-1][1] == length
    assert all(end - start <= STEP + LONGEST for start, end in bounds)
    assert all(before[1] - after[0] == LONGEST for before, after in pairwise(bounds))


@pytest.mark.parametrize("pattern", ["ab+", "a", "(?<=x)ab*", "x?a", f"a.{{{LONGEST - 1}}}"])
@pytest.mark.parametrize("at", [0, STEP - 1, STEP, STEP + 1, STEP + LONGEST - 1, STEP + LONGEST, 2 * STEP])
def test_what_is_found_is_what_the_whole_text_would_give(pattern: str, at: int) -> None:
    """Each match once, though it stands where two windows overlap, and with a look at what stands before."""
    text = f"{'x' * at}abbb{'x' * 2 * STEP}ab"

    assert [found.span() for found in matches(re.compile(pattern), text)] == [
        found.span() for found in re.finditer(pattern, text)
    ]
