"""Kept dead letters in memory, as `ports.letters.Letters`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.domain.delivery import Delivery
from shared.domain.errors import Permanent, Transient
from shared.domain.kept_letter import Kept


@dataclass(slots=True)
class FakeLetters:
    """`kept` by subscription; with `closed` nothing gets through, and `before` is told of each call."""

    kept: dict[str, list[Kept]] = field(default_factory=dict)
    closed: bool = False
    before: Callable[[str], None] = lambda _: None
    leased: set[str] = field(default_factory=set)

    def put(self, subscription: str, delivery: Delivery, *, ordering_key: str = "") -> None:
        """Pub/Sub gives one up."""
        letters = self.kept.setdefault(subscription, [])
        letters.append(Kept(f"ack-{delivery.message_id}", delivery, ordering_key))

    def pull(self, subscription: str, *, most: int, timeout: float) -> tuple[Kept, ...]:
        """In order."""
        free = [each for each in self._of(subscription, "pull") if each.handle not in self.leased][:most]
        self.leased |= {each.handle for each in free}
        return tuple(free)

    def take(self, subscription: str, handles: Sequence[str], *, timeout: float) -> None:
        """They are gone."""
        letters = self._of(subscription, "take")
        letters[:] = [each for each in letters if each.handle not in handles]

    def give_back(self, subscription: str, handles: Sequence[str], *, timeout: float) -> None:
        """They are free."""
        self._of(subscription, "give_back")
        self.leased -= set(handles)

    def _of(self, subscription: str, call: str) -> list[Kept]:
        self.before(call)
        if self.closed:
            raise Transient("pubsub-unavailable")
        if subscription not in self.kept:
            raise Permanent("subscription-missing", subscription)
        return self.kept[subscription]
