"""What every `ports.Clock` promises: the fake of the tests, and the machine's own."""

from collections.abc import Callable, Mapping

import pytest

from shared.adapters.clock import SystemClock
from shared.ports import Clock
from tests.fakes import FakeClock

KINDS: Mapping[type[Clock], Callable[[], Clock]] = {FakeClock: FakeClock, SystemClock: SystemClock}
NEW_YEAR_2020 = 1_577_836_800


@pytest.fixture(params=KINDS, ids=["fake", "machine"])
def clock(request: pytest.FixtureRequest) -> Clock:
    return KINDS[request.param]()


def test_now_is_in_seconds_since_1970(clock: Clock) -> None:
    """Neither in milliseconds nor since the machine was started."""
    assert NEW_YEAR_2020 < clock.now() < 3 * NEW_YEAR_2020


def test_monotonic_time_never_goes_back(clock: Clock) -> None:
    """Two looks in a row may tell the same."""
    seen = [clock.monotonic() for _ in range(1000)]

    assert seen == sorted(seen)


@pytest.mark.parametrize("seconds", [0, 0.02])
def test_a_sleep_lasts_at_least_as_long_as_asked(clock: Clock, seconds: float) -> None:
    """On the monotonic scale, on which deadlines are."""
    start = clock.monotonic()
    clock.sleep(seconds)

    assert clock.monotonic() - start >= seconds
