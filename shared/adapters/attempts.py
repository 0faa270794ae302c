"""How often a read is tried. Writes never come here: one that failed may have happened."""

from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from secrets import SystemRandom
from typing import TypeVar

from ..deadline import Deadline
from ..domain.errors import Transient
from ..ports import Clock

Result = TypeVar("Result")

SHORTEST = 0.5
LONGEST = (2.0, 8.0)
"""The longest pause after the first and after the second failed attempt, in seconds; the third one is the last."""
LONGEST_ASKED = 60.0
"""As long as a server may make us wait, whatever it asks for."""
_random = SystemRandom()


class Failed(Transient):
    """One request that went wrong in a way that another one may not; `after` is the pause that the server asked for."""

    def __init__(self, reason: str, detail: str = "", *, after: float | None = None) -> None:
        super().__init__(reason, detail)
        self.after = after


def read(attempt: Callable[[], Result], *, deadline: Deadline) -> Result:
    """What the attempt returns; repeats it after `Failed`, with pauses that never reach past the deadline."""
    for longest in LONGEST:
        deadline.check()
        try:
            return attempt()
        except Failed as failure:
            pause = _random.uniform(SHORTEST, longest) + (failure.after or 0.0)
            if pause >= deadline.left():
                raise
        deadline.clock.sleep(pause)
    deadline.check()
    return attempt()


def retry_after(header: str | None, *, clock: Clock) -> float | None:
    """The seconds that a Retry-After header asks for, bounded; None for one that makes no sense.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        # Only the length tells: int() refuses thousands of digits.
        return min(float(text[:9]), LONGEST_ASKED) if len(text) < 10 else LONGEST_ASKED
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment.timestamp() - clock.now(), 0.0), LONGEST_ASKED)
