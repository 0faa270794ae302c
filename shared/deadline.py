"""How long a run may still take. Made once where the run starts, handed to everything that waits."""

from dataclasses import dataclass

from .domain.errors import Transient
from .ports import Clock


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic scale of `clock`."""

    clock: Clock
    at: float

    @classmethod
    def within(cls, clock: Clock, *, seconds: float) -> "Deadline":
        """The deadline that many seconds from now."""
        return cls(clock, clock.monotonic() + seconds)

    def left(self) -> float:
        """Seconds that remain, never negative."""
        return max(0.0, self.at - self.clock.monotonic())

    def check(self) -> None:
        """Raises Transient `deadline` when nothing remains."""
        if not self.left():
            raise Transient("deadline", "the time of this run is used up")
