"""Waiting for other processes: asks again and again until the answer is there or the time is up."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
_PAUSE = 0.02


def until(ask: Callable[[], Answer | None], *, what: str, seconds: float = 30) -> Answer:
    """The first answer that is something; raises TimeoutError that says what was waited for."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} seconds in vain for {what}")
        time.sleep(_PAUSE)
    return answer
