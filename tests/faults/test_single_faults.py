"""Every fault of the stand-ins' control plane at every call of every deploy, and outages that begin at any call."""

import pytest

from tests.faults.blows import FIRST, Blow, faults
from tests.faults.sampling import shown, some
from tests.faults.scenarios import SCENARIOS
from tests.faults.trials import outage, quiet, struck

FAULTS, OUTAGES = 36, 12
"""For each scenario; all of them are some 350 and 350."""


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("attempts", [5, 1], ids=["delivered again", "last delivery"])
def test_a_fault_at_any_call_is_made_good_or_given_up_in_order(name: str, attempts: int) -> None:
    """Also on the last delivery, which takes back what it can't bring to its end."""
    cases = [(call.number, blow) for call in quiet(name).calls for blow in faults(call)]

    chosen = some(cases, FAULTS, of=f"{name} {attempts}")
    found = {f"{name} {at} {blow}": struck(name, {at: blow}, attempts=attempts)[1] for at, blow in chosen}

    assert shown(found) == ""


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("port", ["aic", "gitlab"])
def test_an_outage_that_begins_at_any_call_is_survived(name: str, port: str) -> None:
    """It lasts until nobody delivers the message any more; the next message makes everything good."""
    blows = [*(Blow(kind) for kind in FIRST), Blow("500", after=True), Blow("empty", after=True)]
    numbers = [call.number for call in quiet(name).calls if call.port == port]
    cases = [(number, blow) for number in numbers for blow in blows]

    chosen = some(cases, OUTAGES, of=f"{name} {port}")
    found = {f"{name} {port} {at} {blow}": outage(name, at, blow, port=port) for at, blow in chosen}

    assert shown(found) == ""
