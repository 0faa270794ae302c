"""Calls of a fake that go wrong."""

from collections.abc import Callable


def failing(name: str, error: BaseException, *, times: int = 1, skip: int = 0) -> Callable[[str], None]:
    """Raises at that many calls of that name, after the first `skip` of them."""
    seen = 0

    def before(call: str) -> None:
        nonlocal seen
        seen += call == name
        if call == name and skip < seen <= skip + times:
            raise error

    return before
