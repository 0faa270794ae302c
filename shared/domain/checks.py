"""Checks that annotations name: each returns the value, or raises ValueError with the end of a sentence about it."""

import re
from collections.abc import Callable, Sized
from typing import TypeVar

Items = TypeVar("Items", bound=Sized)


def filled(value: Items) -> Items:
    """There is something in it."""
    if not value:
        raise ValueError("must not be empty")
    return value


def at_most(most: int) -> Callable[[Items], Items]:
    """It is no longer than that."""

    def check(value: Items) -> Items:
        if len(value) > most:
            raise ValueError(f"is too long, at most {most} are taken")
        return value

    return check


def between(least: int, most: int) -> Callable[[int], int]:
    """A number, both ends included."""

    def check(value: int) -> int:
        if value < least:
            raise ValueError(f"must be greater than or equal to {least}")
        if value > most:
            raise ValueError(f"must be less than or equal to {most}")
        return value

    return check


def one_of(*known: str) -> Callable[[object], str]:
    """One of these texts."""

    def check(value: object) -> str:
        if isinstance(value, str) and value in known:
            return value
        *more, last = (repr(str(each)) for each in known)
        raise ValueError(f"must be {', '.join(more)} or {last}")

    return check


def matching(form: re.Pattern[str]) -> Callable[[str], str]:
    """A text that the whole of the form fits."""

    def check(value: str) -> str:
        if not form.fullmatch(value):
            raise ValueError("has not the form that it must have")
        return value

    return check


def distinct(value: Items) -> Items:
    """Nothing stands in it twice."""
    if len(set(value)) < len(value):  # type: ignore[call-overload]
        raise ValueError("must not hold the same twice")
    return value
