"""One delivery of a message, as Pub/Sub makes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .posting import OWN_ORIGINS


@dataclass(frozen=True, slots=True)
class Delivery:
    """`attempt` is 0 where Pub/Sub doesn't count; `published` is when it took the message, in UTC, None if unknown."""

    message_id: str
    data: bytes
    attributes: Mapping[str, str]
    attempt: int = 0
    published: datetime | None = None

    @property
    def request_id(self) -> str:
        """The id that follows a request through logs: the hook's, else the message's."""
        return self.attributes.get("request_id") or self.message_id

    @property
    def by_hand(self) -> bool:
        """Whether a person published it, rather than the service itself or its scheduler."""
        return self.attributes.get("origin") not in OWN_ORIGINS
