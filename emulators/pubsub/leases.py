"""Who has pulled what, and until when: a message that nobody acknowledges by then may be pulled again."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from emulators.pubsub.backlog import Delivery
from emulators.pubsub.catalog import Subscribed


@dataclass(frozen=True, slots=True)
class Lease:
    """One message of one subscription, until a moment of the exchange's clock."""

    to: Subscribed
    delivery: Delivery
    until: float


class Leases:
    """Not thread-safe by itself: the exchange that owns it holds the lock."""

    def __init__(self, failed: Callable[[Subscribed, Delivery], None]) -> None:
        """`failed` is told of each delivery that was given back, or that nobody acknowledged in time."""
        self._failed = failed
        self._held: dict[str, Lease] = {}
        self._numbers = itertools.count(1)

    def clear(self) -> None:
        self._held.clear()

    def pull(
        self, to: Subscribed, *, most: int, now: float, deadline: float | None = None
    ) -> list[tuple[str, Delivery]]:
        """Acknowledgement id and message, each leased for this deadline, or for the subscription's own."""
        seconds = to.policy.deadline if deadline is None else deadline
        for handle in [handle for handle, lease in self._held.items() if lease.to is to and lease.until <= now]:
            self._give_back(handle)
        pulled = []
        for delivery in to.backlog.take(now, most=most):
            handle = f"ack-{next(self._numbers)}"
            self._held[handle] = Lease(to, delivery, now + seconds)
            pulled.append((handle, delivery))
        return pulled

    def acknowledge(self, to: Subscribed, handles: list[str], *, now: float) -> None:
        """Ids that are not, or no longer, known do nothing."""
        for handle in self._of(to, handles):
            to.backlog.done(self._held.pop(handle).delivery, now=now)

    def modify(self, to: Subscribed, handles: list[str], *, seconds: float, now: float) -> None:
        """Other leases from now on; none gives the message back at once."""
        for handle in self._of(to, handles):
            if seconds:
                self._held[handle] = Lease(to, self._held[handle].delivery, now + seconds)
            else:
                self._give_back(handle)

    def _of(self, to: Subscribed, handles: list[str]) -> list[str]:
        return [handle for handle in dict.fromkeys(handles) if handle in self._held and self._held[handle].to is to]

    def next_end(self, to: Subscribed) -> float | None:
        """When the first of its leases ends."""
        return min((lease.until for lease in self._held.values() if lease.to is to), default=None)

    def _give_back(self, handle: str) -> None:
        lease = self._held.pop(handle)
        self._failed(lease.to, lease.delivery)
