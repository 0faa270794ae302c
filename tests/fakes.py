"""Stand-ins of the ports, inside the process and without surprises."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from shared.domain.errors import Permanent, Transient


class FakeClock:
    """Time that passes only by sleeping; `slept` are the naps so far."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now
        self._passed = 0.0
        self._lock = Lock()
        self.slept: list[float] = []

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._now + self._passed

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Lets the time pass at once."""
        with self._lock:
            self.slept.append(seconds)
            self._passed += seconds

    def advance(self, seconds: float) -> None:
        """Lets time pass that nobody slept through."""
        with self._lock:
            self._passed += seconds


@dataclass(slots=True)
class FakePublisher:
    """Keeps what was published, bodies as the JSON that they are; with `closed` nothing gets through.

    `topics` are those that there are, None for any; to the `denied` ones nobody may publish.
    """

    closed: bool = False
    published: list[tuple[str, dict[str, Any], str, Mapping[str, str], float]] = field(default_factory=list)
    topics: Collection[str] | None = None
    denied: Collection[str] = ()

    def publish(
        self, topic: str, data: bytes, *, ordering_key: str, attributes: Mapping[str, str], timeout: float
    ) -> str:
        """The number of the message."""
        if self.closed:
            raise Transient("pubsub-unavailable")
        if self.topics is not None and topic not in self.topics:
            raise Permanent("pubsub-refused", topic)
        self.published.append((topic, json.loads(data), ordering_key, attributes, timeout))
        return str(len(self.published))

    def may_publish(self, topic: str, *, timeout: float) -> bool:
        """Wherever there is a topic."""
        if self.closed:
            raise Transient("pubsub-unavailable")
        if self.topics is not None and topic not in self.topics:
            raise Permanent("pubsub-refused", topic)
        return topic not in self.denied


@dataclass(slots=True)
class FakeSecrets:
    """`kept` are the values by name, newest first; with `closed` nobody gets at them."""

    kept: dict[str, tuple[str, ...]] = field(default_factory=dict)
    closed: bool = False

    def values(self, name: str) -> tuple[str, ...]:
        """Empty for a secret that isn't there."""
        if self.closed:
            raise Transient("secrets-unavailable", name)
        return self.kept.get(name, ())
