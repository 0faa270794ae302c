"""The process dies before or after the effect of any call; whoever delivers the message next finishes it."""

import pytest

from tests.faults.blows import CRASHES
from tests.faults.sampling import shown, some
from tests.faults.scenarios import SCENARIOS
from tests.faults.trials import quiet, struck

PAIRS = 20
"""Of the crashes in the recovery, for each scenario; all of them are some 6,000."""


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("attempts", [5, 1], ids=["delivered again", "never delivered again"])
def test_a_crash_at_any_call_is_made_good(name: str, attempts: int) -> None:
    """By the next delivery of the message, or by the next message."""
    cases = [(call.number, blow) for call in quiet(name).calls for blow in CRASHES]

    found = {f"{at} {blow}": struck(name, {at: blow}, attempts=attempts)[1] for at, blow in cases}

    assert len(found) > 40
    assert shown(found) == ""


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_second_crash_at_any_call_of_the_recovery_is_made_good(name: str) -> None:
    """The third delivery finds what two dead ones have left."""
    cases = []
    for first in quiet(name).calls:
        for blow in CRASHES:
            recovery, _ = struck(name, {first.number: blow})
            cases += [(first.number, blow, again) for again in range(first.number + 1, recovery.disturbed)]

    found = {}
    for at, blow, again in some(cases, PAIRS):
        for second in CRASHES:
            found[f"{at} {blow}, {again} {second}"] = struck(name, {at: blow, again: second})[1]

    assert shown(found) == ""
