"""What a deploy may reach, handed over as one value."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..deadline import Deadline
from ..domain.errors import Transient
from ..ports import Clock, Repository, Together, Workspace
from .pace import Pace


class Moved(Transient):
    """Head, mapping or live changed under the run: what was decided no longer holds, look again."""

    def __init__(self, detail: str) -> None:
        super().__init__("moved", detail)


@dataclass(frozen=True, slots=True)
class Outside:
    """The ports of one run. `open_workspace` finds an AIC workspace by its exact name.

    `reserve` is the time kept back beyond `deadline`, for giving up in order and for telling people.
    """

    repository: Repository
    open_workspace: Callable[[str], Workspace]
    clock: Clock
    together: Together
    pace: Pace
    deadline: Deadline
    reserve: Deadline

    def in_reserve(self) -> "Outside":
        """The same ports with the time that was kept back."""
        return replace(self, deadline=self.reserve)
