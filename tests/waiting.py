"""Waiting for what other threads and processes do, with a deadline."""

import time
from collections.abc import Callable


def wait_for(reached: Callable[[], bool], *, seconds: float = 30) -> None:
    """Fails when the deadline has passed."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
