"""What Pub/Sub has given up and keeps, in the words of whoever sends it once more."""

from collections.abc import Sequence
from typing import Protocol

from ..domain.kept_letter import Kept


class Letters(Protocol):
    """The subscriptions that keep dead letters; each call takes at most `timeout` seconds."""

    def pull(self, subscription: str, *, most: int, timeout: float) -> tuple[Kept, ...]:
        """Some that it has, and no other who pulls gets for ten minutes; none where there are none."""

    def take(self, subscription: str, handles: Sequence[str], *, timeout: float) -> None:
        """They are kept no longer. One that was leased too long ago may stay all the same."""

    def give_back(self, subscription: str, handles: Sequence[str], *, timeout: float) -> None:
        """They were only looked at."""
