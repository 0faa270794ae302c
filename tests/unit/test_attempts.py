"""How often a read is tried, and how long the pauses are."""

from collections.abc import Callable
from email.utils import formatdate
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters import attempts, budget
from shared.adapters.attempts import Failed, TooBig, retry_after
from shared.deadline import Deadline
from shared.domain.errors import Permanent, Transient
from tests.fakes import FakeClock


def failing(times: int, *, with_: Callable[[], Exception]) -> Callable[[], int]:
    """A call that fails so many times and then returns how often it was made."""
    calls = 0

    def call() -> int:
        nonlocal calls
        calls += 1
        if calls <= times:
            raise with_()
        return calls

    return call


def read(call: Callable[[], int], *, clock: FakeClock, seconds: float = 300) -> int:
    return attempts.read(call, deadline=Deadline.within(clock, seconds=seconds))


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_a_read_survives_two_failures(failures: int) -> None:
    """At most three attempts, and not one more than needed."""
    clock = FakeClock()

    assert read(failing(failures, with_=lambda: Failed("odd")), clock=clock) == failures + 1
    assert len(clock.slept) == failures


def test_the_third_failure_is_the_last() -> None:
    """The failure itself gets out, with its reason."""
    clock = FakeClock()

    with pytest.raises(Failed) as caught:
        read(failing(3, with_=lambda: Failed("odd", "thrice")), clock=clock)
    assert (caught.value.reason, len(clock.slept)) == ("odd", 2)


@pytest.mark.parametrize("error", [Permanent("no"), Transient("no"), ValueError("a bug"), TooBig("no")])
def test_only_failed_is_tried_again(error: Exception) -> None:
    """What another attempt can't mend, and bugs, end at once."""
    clock = FakeClock()

    with pytest.raises(type(error)):
        read(failing(1, with_=lambda: error), clock=clock)
    assert clock.slept == []


def test_pauses_stay_between_half_a_second_and_eight() -> None:
    """The second one may be longer than the first one."""
    clock = FakeClock()
    for _ in range(50):
        read(failing(2, with_=lambda: Failed("odd")), clock=clock, seconds=1000)

    assert all(0.5 <= pause <= 2 for pause in clock.slept[::2])
    assert all(0.5 <= pause <= 8 for pause in clock.slept[1::2])
    assert max(clock.slept[1::2]) > 2


def test_pauses_differ() -> None:
    """Full jitter: many who failed together don't come back together."""
    clock = FakeClock()
    for _ in range(20):
        read(failing(1, with_=lambda: Failed("odd")), clock=clock)

    assert len(set(clock.slept)) > 10


def test_a_pause_is_at_least_what_the_server_asked_for() -> None:
    """Retry-After comes on top of the jitter."""
    clock = FakeClock()
    read(failing(1, with_=lambda: Failed("odd", after=30)), clock=clock)

    assert 30.5 <= clock.slept[0] <= 32


def test_no_pause_reaches_past_the_deadline() -> None:
    """Rather fail at once than sleep for nothing."""
    clock = FakeClock()

    with pytest.raises(Failed):
        read(failing(1, with_=lambda: Failed("odd", after=30)), clock=clock, seconds=30)
    assert clock.slept == []


@settings(deadline=None)
@given(st.floats(min_value=0.1, max_value=3600))
def test_a_read_that_hangs_leaves_two_thirds_of_the_time_to_others(seconds: float) -> None:
    """Each attempt waits as long as it may; all of them together, with their pauses, keep to a third."""
    clock = FakeClock()
    waited: list[float] = []

    def hang() -> None:
        waited.append(budget.wait(3600))
        clock.advance(waited[-1])
        raise Failed("hangs")

    with pytest.raises(Failed):
        attempts.read(hang, deadline=Deadline.within(clock, seconds=seconds))
    assert clock.monotonic() <= seconds / 3 * 1.000001
    assert waited[0] <= seconds / 9 * 1.000001


def test_a_quick_failure_leaves_its_part_to_the_next_attempt() -> None:
    """What the first attempt didn't need isn't lost."""
    clock = FakeClock()
    left: list[float] = []

    def fail() -> None:
        left.append(budget.left())
        raise Failed("quickly")

    with pytest.raises(Failed):
        attempts.read(fail, deadline=Deadline.within(clock, seconds=900))
    first, second, third = left
    assert first == pytest.approx(100)
    assert 148 <= second < 150
    assert 290 <= third < 300


def test_an_attempt_leaves_no_bound_behind() -> None:
    """Nor does one that fails: what runs next has its own time."""
    clock = FakeClock()
    with pytest.raises(ValueError, match="a bug"):
        read(failing(1, with_=lambda: ValueError("a bug")), clock=clock)
    read(failing(0, with_=lambda: Failed("odd")), clock=clock)

    assert budget.left() == inf


def test_the_nearest_bound_counts() -> None:
    """Whichever of them it is; when nothing is left nothing may be waited for."""
    clock = FakeClock()
    near, far = (Deadline.within(clock, seconds=seconds) for seconds in (2, 10))
    for outer, inner in ((near, far), (far, near)):
        with budget.bounded(outer), budget.bounded(inner):
            assert (budget.left(), budget.wait(20), budget.wait(1)) == (2, 2, 1)
        assert budget.wait(20) == 20
    clock.advance(2)
    with budget.bounded(near), pytest.raises(TimeoutError):
        budget.wait(1)


def test_nothing_is_tried_after_the_deadline() -> None:
    """The call isn't even made."""
    clock = FakeClock()
    made: list[int] = []

    with pytest.raises(Transient) as caught:
        attempts.read(lambda: made.append(1), deadline=Deadline.within(clock, seconds=0))
    assert (caught.value.reason, made) == ("deadline", [])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("86400", 60),
        ("9" * 5000, 60),
        ("-1", None),
        ("abc", None),
        ("", None),
        (None, None),
        ("1.5", None),
        ("²", None),
        ("Fri, 31 Feb 2026 00:00:00 GMT", None),
        (formatdate(1_800_000_005, usegmt=True), 5),
        (formatdate(1_799_999_000, usegmt=True), 0),
        (formatdate(1_900_000_000, usegmt=True), 60),
        ("Fri, 15 Jan 2027 08:00:09 -0000", 9),
        ("Fri, 15 Jan 2027 08:00:09 +99999999999999999", None),
    ],
)
def test_sec_30_retry_after_is_understood_and_bounded(header: str | None, seconds: float | None) -> None:
    """Seconds and dates count, nonsense doesn't, and nobody makes us wait for a day."""
    assert retry_after(header, clock=FakeClock(now=1_800_000_000)) == seconds


@settings(deadline=None)
@given(st.text())
def test_sec_30_no_retry_after_breaks_or_exceeds_the_bound(header: str) -> None:
    """Whatever stands there, the answer is nothing or a bearable pause."""
    pause = retry_after(header, clock=FakeClock())

    assert pause is None or 0 <= pause <= attempts.LONGEST_ASKED
