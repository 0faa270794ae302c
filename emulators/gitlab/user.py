"""Whoever acts upon the stand-in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """A token always belongs to the same one. The bot of a project's own token sees that project, its `home`, alone."""

    id: int
    username: str
    name: str
    email: str
    bot: bool = False
    home: int | None = None
