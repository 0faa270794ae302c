"""Calls side by side, in threads."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Threads:
    """Implements `ports.Together`. The threads live for one call of `map`: none is left when a run ends."""

    def map(self, call: Callable[[Item], Result], items: Iterable[Item], *, width: int) -> Sequence[Result | Exception]:
        """The results in the order of the items; a call that raised stands there as its exception."""
        rest = list(items)
        if len(rest) < 2:
            return [_outcome(call, item) for item in rest]
        with ThreadPoolExecutor(max_workers=min(width, len(rest))) as pool:
            futures: list[Future[Result | Exception]] = [
                pool.submit(copy_context().run, _outcome, call, item) for item in rest
            ]
            return [future.result() for future in futures]


def _outcome(call: Callable[[Item], Result], item: Item) -> Result | Exception:
    try:
        return call(item)
    except Exception as error:  # noqa: BLE001 - handed to the caller, who sorts errors by gravity
        return error
