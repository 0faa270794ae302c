"""The deadline of a run."""

import pytest

from shared.deadline import Deadline
from shared.domain.errors import Transient
from tests.fakes import FakeClock


def test_what_is_left_shrinks_as_time_passes_and_is_never_negative() -> None:
    """Whoever waits for `left()` can't wait too long or for a negative time."""
    clock = FakeClock()
    deadline = Deadline.within(clock, seconds=10)
    seen = []
    for seconds in (0, 4, 6, 5):
        clock.advance(seconds)
        seen.append(deadline.left())

    assert seen == [10, 6, 0, 0]


def test_check_lets_pass_until_the_time_is_used_up() -> None:
    """A run that is late ends as Transient, so that the next delivery goes on."""
    clock = FakeClock()
    deadline = Deadline.within(clock, seconds=10)
    clock.advance(9.5)
    deadline.check()
    clock.advance(0.5)

    with pytest.raises(Transient) as caught:
        deadline.check()
    assert caught.value.reason == "deadline"
