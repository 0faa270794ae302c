"""How many AIC pipelines are handled side by side: halved on trouble, one more after each calm round."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from ..domain.errors import Permanent, Refused, ServiceError
from ..ports import Together

Item = TypeVar("Item")
Result = TypeVar("Result")
One = TypeVar("One")
Other = TypeVar("Other")


class Pace:
    """A width between 1 and `most`. AIC answers with empty bodies when it is asked for too much at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._width = most
        self._troubled = False
        self._under_way = 0
        self._done = 0
        self._lock = threading.Condition()

    @property
    def width(self) -> int:
        """How many may go side by side now."""
        return self._width

    def trouble(self) -> None:
        """AIC showed that it is under load; halves the width, once a round."""
        with self._lock:
            if not self._troubled:
                self._width = max(1, self._width // 2)
            self._troubled = True

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until fewer than the width are under way; inside, one more is."""
        with self._lock:
            while self._under_way >= self._width:
                self._lock.wait()
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                self._done += 1
                if self._done >= self._width:
                    self._round_over()
                self._lock.notify_all()

    def waves(self, items: Sequence[Item]) -> Iterator[Sequence[Item]]:
        """The items in slices as wide as the pace allows when each slice is due."""
        start = 0
        while start < len(items):
            with self._lock:
                self._troubled = False
            wave = items[start : start + self._width]
            start += len(wave)
            yield wave
            with self._lock:
                self._round_over()

    def _round_over(self) -> None:
        if not self._troubled:
            self._width = min(self._most, self._width + 1)
        self._troubled, self._done = False, 0


def all_of(together: Together, call: Callable[[Item], Result], items: Iterable[Item], *, width: int) -> list[Result]:
    """The results in order; every call is let finish, then the gravest error is raised, if any."""
    results = together.map(call, items, width=width)
    errors = [result for result in results if isinstance(result, Exception)]
    if errors:
        raise min(errors, key=_gravity)
    return [result for result in results if not isinstance(result, Exception)]


def both(together: Together, one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
    """What two calls return that don't depend on each other; errors as above."""
    first: list[One] = []
    second: list[Other] = []
    calls: tuple[Callable[[], None], ...] = (lambda: first.append(one()), lambda: second.append(other()))
    all_of(together, lambda call: call(), calls, width=len(calls))
    return first[0], second[0]


def _gravity(error: Exception) -> int:
    """Bugs first, then what is final, then what may be tried again."""
    if not isinstance(error, ServiceError):
        return 0
    return 1 if isinstance(error, (Permanent, Refused)) else 2
