"""The process dies before or after the effect of any call; whoever delivers the message next finishes it."""

import pytest

from tests.faults.blows import CRASHES
from tests.faults.sampling import shown, some
from tests.faults.scenarios import SCENARIOS
from tests.faults.trials import quiet, struck

SINGLES, FIRST, PAIRS = 24, 8, 16
"""For each scenario; all of them are some 110, and 12,000 with a second one in the recovery from `FIRST`."""


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("attempts", [5, 1], ids=["delivered again", "never delivered again"])
def test_a_crash_at_any_call_is_made_good(name: str, attempts: int) -> None:
    """By the next delivery of the message, or by the next message."""
    cases = [(call.number, blow) for call in quiet(name).calls for blow in CRASHES]

    chosen = some(cases, SINGLES, of=f"{name} {attempts}")
    found = {f"{name} {at} {blow}": struck(name, {at: blow}, attempts=attempts)[1] for at, blow in chosen}

    assert len(cases) > 40
    assert shown(found) == ""


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_second_crash_at_any_call_of_the_recovery_is_made_good(name: str) -> None:
    """The third delivery finds what two dead ones have left."""
    firsts = [(call.number, blow) for call in quiet(name).calls for blow in CRASHES]
    cases = []
    for at, blow in some(firsts, FIRST, of=name):
        recovery, _ = struck(name, {at: blow})
        cases += [(at, blow, again, second) for again in range(at + 1, recovery.disturbed) for second in CRASHES]

    found = {
        f"{name} {at} {blow}, {again} {second}": struck(name, {at: blow, again: second})[1]
        for at, blow, again, second in some(cases, PAIRS, of=name)
    }

    assert shown(found) == ""
