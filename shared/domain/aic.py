"""What AIC lists, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """A pipeline as AIC lists it: its id and, unless AIC left it out, its title."""

    id: str
    title: str | None
