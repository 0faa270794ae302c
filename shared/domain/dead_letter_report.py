"""What became of a dead letter, as one value, and its line in the log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from .dead_letter import Letter
from .errors import ServiceError
from .told import Told


class Fate(StrEnum):
    """`confirmed`: its work had come to an end that people can see, and nothing was left to take back.

    `taken-over`: a newer run goes on with it. `given-up`: it was taken back, or never begun, and people were told.
    `half-deployed`: not all of it could be taken back. `unreadable`: nobody knows what it was to do.
    """

    CONFIRMED = "confirmed"
    TAKEN_OVER = "taken-over"
    GIVEN_UP = "given-up"
    HALF_DEPLOYED = "half-deployed"
    UNREADABLE = "unreadable"


_IN_ORDER = frozenset({Fate.CONFIRMED, Fate.TAKEN_OVER})
_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Buried:
    """`fields` are those of what it asked for. `again`: another delivery may take back what could not be so far."""

    fate: Fate
    reason: str = ""
    detail: str = ""
    fields: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    again: bool = False

    def told(self, letter: Letter) -> Told:
        """An error unless everything was in order already: alerts are built on it."""
        fields = {
            **self.fields,
            "outcome": self.fate.value,
            "reason": self.reason,
            "detail": self.detail,
            "topic": letter.topic,
            "subscription": letter.subscription,
            "deliveries": letter.deliveries,
            "kept": letter.again,
        }
        return Told(f"dead letter: {self.fate}", fields, self.fate not in _IN_ORDER, again=self.again)


def unreadable(error: ServiceError) -> Told:
    """The line of one that nobody can do anything about; the kept subscription has it."""
    fields = {"outcome": Fate.UNREADABLE.value, "reason": error.reason, "detail": error.detail}
    return Told(f"dead letter: {Fate.UNREADABLE}", fields, bad=True)
