"""The promised cases each have a test that bears their name."""

import functools
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SECURITY = tuple(range(1, 36))
"""The security cases that are kept; the numbers are those of the list of weaknesses found in similar services."""
FAILURES = tuple(range(1, 45))
"""The failures of the tool before this one, each of which is got right."""
CASES = [*(f"sec_{number:02}" for number in SECURITY), *(f"f{number:02}" for number in FAILURES)]


@functools.cache
def cases() -> set[str]:
    """The cases that tests are named after."""
    texts = (path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    return {case for text in texts for case in re.findall(r"^def test_(sec_\d\d|f\d\d)_[a-z]", text, re.MULTILINE)}


@pytest.mark.parametrize("case", CASES)
def test_each_promised_case_has_a_test(case: str) -> None:
    """Whoever takes the last one away is told."""
    assert case in cases()
