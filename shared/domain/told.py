"""How a run ends in the log."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """The sentence of the line, its fields, and whether it is `bad`: an error that somebody has to look at.

    `again`: it is told, and yet another delivery may do better.
    """

    said: str
    fields: Mapping[str, object]
    bad: bool = False
    again: bool = False
