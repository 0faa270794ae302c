"""Several runs at once, of which exactly one moves: at each call of a port the baton goes to whom the seed says."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.world import Call, Effect

PATIENCE = 30.0
"""Seconds after which runs that wait for each other count as stuck; nothing is measured by it."""


@dataclass
class Relay:
    """`turns` are the calls in the order in which they went, as run and name. At each the baton may change hands."""

    seed: int
    chance: float = 0.15
    turns: list[tuple[int, str]] = field(default_factory=list)
    _baton: threading.Condition = field(default_factory=threading.Condition)
    _holder: int = 0
    _running: set[int] = field(default_factory=set)
    _local: threading.local = field(default_factory=threading.local)

    def run(self, works: Sequence[Callable[[], object]]) -> None:
        """All of them, to their ends."""
        self._dice = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        self._running = set(range(len(works)))
        self._holder = self._dice.randrange(len(works))
        threads = [threading.Thread(target=self._one, args=each, daemon=True) for each in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads), f"seed {self.seed}: stuck after {self.turns[-3:]}"

    def attack(self, call: Call, effect: Effect) -> Any:
        """For `World.attack`."""
        me = getattr(self._local, "number", None)
        if me is None:
            return effect()
        with self._baton:
            if len(self._running) > 1 and self._dice.random() < self.chance:
                self._holder = self._dice.choice(sorted(self._running - {me}))
                self._baton.notify_all()
            self._await(me)
            self.turns.append((me, call.name))
        return effect()

    def _one(self, number: int, work: Callable[[], object]) -> None:
        self._local.number = number
        with self._baton:
            self._await(number)
        try:
            work()
        finally:
            with self._baton:
                self._running.discard(number)
                if self._running:
                    self._holder = self._dice.choice(sorted(self._running))
                self._baton.notify_all()

    def _await(self, number: int) -> None:
        assert self._baton.wait_for(lambda: self._holder == number, PATIENCE), f"seed {self.seed}: stuck"
