"""A snapshot dies before or after the effect of any call; the next delivery, or the next night, finishes it."""

import pytest

from tests.faults.blows import CRASHES
from tests.faults.nights import quiet, struck
from tests.faults.sampling import shown, some
from tests.faults.snapshots import NIGHTS

SINGLES, PAIRS = 16, 6
"""For each scenario; all of them are some 100 and 8,000."""


@pytest.mark.parametrize("name", NIGHTS)
def test_a_quiet_night_ends_as_it_should(name: str) -> None:
    """Or everything below would prove nothing."""
    assert struck(name, {})[1] == []


@pytest.mark.parametrize("name", NIGHTS)
@pytest.mark.parametrize("attempts", [5, 1], ids=["delivered again", "never delivered again"])
def test_a_crash_at_any_call_is_made_good(name: str, attempts: int) -> None:
    """By the next delivery of the message, or by the message of the next night."""
    cases = [(call.number, blow) for call in quiet(name).calls for blow in CRASHES]

    chosen = some(cases, SINGLES, of=f"{name} {attempts}")
    found = {f"{name} {at} {blow}": struck(name, {at: blow}, attempts=attempts)[1] for at, blow in chosen}

    assert shown(found) == ""


@pytest.mark.parametrize("name", NIGHTS)
def test_a_second_crash_at_any_call_of_the_recovery_is_made_good(name: str) -> None:
    """The third delivery finds what two dead ones have left."""
    calls = len(quiet(name).calls)
    cases = [
        (at, blow, again, second)
        for at in range(calls)
        for blow in CRASHES
        for again in range(at + 1, at + 1 + calls)
        for second in CRASHES
    ]

    found = {
        f"{name} {at} {blow}, {again} {second}": struck(name, {at: blow, again: second})[1]
        for at, blow, again, second in some(cases, PAIRS, of=name)
    }

    assert shown(found) == ""
