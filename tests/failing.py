"""Calls of a fake that go wrong."""

from collections.abc import Callable


def failing(name: str, error: BaseException, *, times: int = 1) -> Callable[[str], None]:
    """Raises at the first calls of that name."""
    left = times

    def before(call: str) -> None:
        nonlocal left
        if call == name and left:
            left -= 1
            raise error

    return before
