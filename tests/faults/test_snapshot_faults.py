"""Every fault of the stand-ins' control plane at every call of every snapshot, and outages that begin at any call."""

import pytest

from tests.faults.blows import FIRST, Blow, faults
from tests.faults.nights import outage, quiet, struck
from tests.faults.sampling import shown, some
from tests.faults.snapshots import NIGHTS

FAULTS, OUTAGES = 16, 6
"""For each scenario; all of them are some 450 and 350."""


@pytest.mark.parametrize("name", NIGHTS)
@pytest.mark.parametrize("attempts", [5, 1], ids=["delivered again", "last delivery"])
def test_a_fault_at_any_call_is_made_good(name: str, attempts: int) -> None:
    """Answers that are lost, and commits and merge requests that come too late, included."""
    cases = [(call.number, blow) for call in quiet(name).calls for blow in faults(call)]

    chosen = some(cases, FAULTS, of=f"{name} {attempts}")
    found = {f"{name} {at} {blow}": struck(name, {at: blow}, attempts=attempts)[1] for at, blow in chosen}

    assert shown(found) == ""


@pytest.mark.parametrize("name", NIGHTS)
@pytest.mark.parametrize("port", ["aic", "gitlab", "pubsub"])
def test_an_outage_that_begins_at_any_call_is_survived(name: str, port: str) -> None:
    """It lasts until nobody delivers the message any more; the next night makes everything good."""
    blows = [*(Blow(kind) for kind in FIRST), Blow("500", after=True), Blow("empty", after=True)]
    numbers = [call.number for call in quiet(name).calls if call.port == port]
    cases = [(number, blow) for number in numbers for blow in blows]

    chosen = some(cases, OUTAGES, of=f"{name} {port}")
    found = {f"{name} {port} {at} {blow}": outage(name, at, blow, port=port) for at, blow in chosen}

    assert shown(found) == ""
