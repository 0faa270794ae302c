"""The name of a run: the same for every delivery of its message, so that a redelivery finds what was begun."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from .delivery import Delivery


@dataclass(frozen=True, slots=True)
class Run:
    """`id` are eight hex digits, `moment` (UTC) is when the message was published."""

    id: str
    moment: datetime

    @property
    def folder(self) -> str:
        """Where backups of this run go: by day, then by time."""
        return f"{self.moment:%Y%m%d/%H%M%S}-{self.id}"


def of(delivery: Delivery, *, now: float) -> Run:
    """`now` (seconds since 1970) stands in where Pub/Sub doesn't say when it took the message."""
    moment = delivery.published or datetime.fromtimestamp(now, UTC)
    return Run(hashlib.sha256(delivery.message_id.encode()).hexdigest()[:8], moment)
