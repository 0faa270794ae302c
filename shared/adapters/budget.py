"""How long the call under way may still wait: known to whatever waits deep inside of a library."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

from ..deadline import Deadline

_bounds: ContextVar[tuple[Deadline, ...]] = ContextVar("bounds", default=())


@contextmanager
def bounded(deadline: Deadline) -> Iterator[None]:
    """Inside, nothing waits past that deadline, nor past one of a block around this one."""
    token = _bounds.set((*_bounds.get(), deadline))
    try:
        yield
    finally:
        _bounds.reset(token)


def left() -> float:
    """Seconds that remain until the nearest bound; endless where there is none."""
    return min((deadline.left() for deadline in _bounds.get()), default=inf)


def wait(longest: float) -> float:
    """Seconds that the next wait may take; raises TimeoutError when none remain."""
    seconds = min(longest, left())
    if seconds <= 0:
        raise TimeoutError("the time of this call is used up")
    return seconds
