"""What every `ports.Together` promises: the one thread of the tests, and the threads of the service."""

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from threading import Lock

import pytest

from shared.adapters.threads import Threads
from shared.domain.errors import Transient
from shared.ports import Together
from tests.stage import OneByOne

KINDS: Mapping[type[Together], Callable[[], Together]] = {OneByOne: OneByOne, Threads: Threads}
REQUEST: ContextVar[str] = ContextVar("REQUEST", default="none")


@pytest.fixture(params=KINDS, ids=["fake", "threads"])
def together(request: pytest.FixtureRequest) -> Together:
    return KINDS[request.param]()


@pytest.mark.parametrize("width", [1, 3, 50])
@pytest.mark.parametrize("count", [0, 1, 2, 20])
def test_results_come_in_the_order_of_the_items(together: Together, count: int, width: int) -> None:
    """However many go side by side; items may be anything that can be gone through once."""
    found = together.map(lambda item: item * 10, iter(range(count)), width=width)

    assert list(found) == [item * 10 for item in range(count)]


@pytest.mark.parametrize("count", [1, 6])
def test_an_error_stands_in_its_place_and_stops_nobody(together: Together, count: int) -> None:
    """Every call is let finish; a bug is an error as well."""

    def call(item: int) -> int:
        if item % 3 == 0:
            raise Transient("busy", str(item)) if item else ZeroDivisionError
        return item

    found = together.map(call, range(count), width=2)

    assert [type(each) for each in found] == [ZeroDivisionError, int, int, Transient, int, int][:count]
    assert [each for each in found if isinstance(each, int)] == [1, 2, 4, 5][: max(0, count - 2)]


def test_every_item_is_called_once_and_never_more_side_by_side_than_the_width(together: Together) -> None:
    """AIC answers with nothing when it is asked for too much at once."""
    lock, running, most, called = Lock(), 0, 0, []

    def call(item: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            called.append(item)
        time.sleep(0.002)
        with lock:
            running -= 1

    together.map(call, range(30), width=3)

    assert sorted(called) == list(range(30))
    assert 1 <= most <= 3


@pytest.mark.parametrize("count", [1, 4])
def test_calls_see_the_context_of_the_caller(together: Together, count: int) -> None:
    """So that each log line of a run tells which run it belongs to."""
    token = REQUEST.set("r-1")
    try:
        found = together.map(lambda _: REQUEST.get(), range(count), width=2)
    finally:
        REQUEST.reset(token)

    assert list(found) == ["r-1"] * count
