"""What AIC lists, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """A pipeline as AIC lists it: its id and, unless AIC left it out, its title."""

    id: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """Anything else as AIC lists it: a drive, a dataset, a table, an interactive branch. Names need not be unique."""

    id: str
    name: str
