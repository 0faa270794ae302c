"""What the flows need of the outside world, in their own words. GitLab and AIC, which have more of them, are modules.

Every method may raise `Transient` (worth another delivery) or `Permanent` (not so) from `domain.errors`.
Reads are retried inside the adapters; a write is sent once, and a `Transient` from it means that its effect is unknown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Publisher(Protocol):
    """The way into Pub/Sub."""

    def publish(
        self, topic: str, data: bytes, *, ordering_key: str, attributes: Mapping[str, str], timeout: float
    ) -> str:
        """The message id, only after Pub/Sub has stored the message; takes at most `timeout` seconds."""

    def may_publish(self, topic: str, *, timeout: float) -> bool:
        """Whether the service may publish there; Permanent `pubsub-refused` for a topic that is not there."""


class Secrets(Protocol):
    """Where secrets live."""

    def values(self, name: str) -> tuple[str, ...]:
        """The accepted values of a secret, newest first; empty when it doesn't exist."""


class Clock(Protocol):
    """Time as a port, so that tests own it."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def sleep(self, seconds: float) -> None:
        """Waits."""


class Together(Protocol):
    """Runs calls that don't depend on each other side by side."""

    def map(self, call: Callable[[Item], Result], items: Iterable[Item], *, width: int) -> Sequence[Result | Exception]:
        """The results in the order of the items; a call that raised stands there as its exception."""
