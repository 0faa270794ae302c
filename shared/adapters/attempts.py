"""How often a read is tried. Writes never come here: one that failed may have happened."""

from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from secrets import SystemRandom
from typing import TypeVar

from ..deadline import Deadline
from ..domain.errors import Transient
from ..ports import Clock
from . import budget

Result = TypeVar("Result")

SHORTEST = 0.5
LONGEST = (2.0, 8.0)
"""The longest pause after the first and after the second failed attempt, in seconds; the third one is the last."""
SHARE = 1 / 3
"""The part of the time left that one read may take, with all its attempts and pauses."""
LONGEST_ASKED = 60.0
"""As long as a server may make us wait, whatever it asks for."""
_random = SystemRandom()


class Failed(Transient):
    """One request that went wrong in a way that another one may not; `after` is the pause that the server asked for."""

    def __init__(self, reason: str, detail: str = "", *, after: float | None = None) -> None:
        super().__init__(reason, detail)
        self.after = after


class TooBig(Failed):
    """An answer that another attempt would meet again; to ask for less may help."""


def read(attempt: Callable[[], Result], *, deadline: Deadline, share: float = SHARE) -> Result:
    """What the attempt returns; repeats it after `Failed`, not after `TooBig`.

    All attempts and pauses together keep within `share` of the time that is left when the first one starts. Each
    attempt is bounded by an even part of what remains of that, so that a server that hangs leaves time for another.
    """
    deadline.check()
    whole = Deadline.within(deadline.clock, seconds=deadline.left() * share)
    for number, longest in enumerate(LONGEST):
        try:
            return _bounded(attempt, whole, parts=1 + len(LONGEST) - number)
        except Failed as failure:
            pause = _random.uniform(SHORTEST, longest) + (failure.after or 0.0)
            if isinstance(failure, TooBig) or pause >= whole.left():
                raise
        deadline.clock.sleep(pause)
        deadline.check()
    return _bounded(attempt, whole, parts=1)


def _bounded(attempt: Callable[[], Result], whole: Deadline, *, parts: int) -> Result:
    with budget.bounded(Deadline.within(whole.clock, seconds=whole.left() / parts)):
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
