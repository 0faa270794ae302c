"""A published message, and the shapes in which it leaves: the push envelope and the control plane's listing."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from emulators.pubsub import names


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it is stored."""

    data: bytes
    attributes: Mapping[str, str]
    ordering_key: str = ""

    @property
    def size(self) -> int:
        """Bytes, as the limit of a request counts them."""
        texts = (*self.attributes.keys(), *self.attributes.values(), self.ordering_key)
        return len(self.data) + sum(len(text.encode()) for text in texts)


@dataclass(frozen=True, slots=True)
class Message:
    """What Pub/Sub stored; `published` is UTC."""

    id: str
    data: bytes
    attributes: Mapping[str, str]
    ordering_key: str
    published: datetime

    def time(self) -> str:
        """The publish time as push requests show it."""
        return self.published.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def envelope(self, *, subscription: str, attempt: int | None) -> dict[str, object]:
        """The body of a push request; `attempt` is None for a subscription without a dead-letter policy.

        Fields that are empty are left out, but for `data`. https://cloud.google.com/pubsub/docs/push#receive_push
        """
        message: dict[str, object] = {
            "data": base64.b64encode(self.data).decode(),
            "messageId": self.id,
            "message_id": self.id,
            "publishTime": self.time(),
            "publish_time": self.time(),
        }
        if self.attributes:
            message["attributes"] = dict(self.attributes)
        if self.ordering_key:
            message["orderingKey"] = self.ordering_key
        body: dict[str, object] = {"message": message, "subscription": subscription}
        if attempt is not None:
            body["deliveryAttempt"] = attempt
        return body

    def listing(self, *, topic: str) -> dict[str, object]:
        """What was published, readable: data that is no UTF-8 text is given as `base64` instead of `data`."""
        try:
            data = {"data": self.data.decode()}
        except UnicodeDecodeError:
            data = {"base64": base64.b64encode(self.data).decode()}
        return data | {
            "topic": topic,
            "attributes": dict(self.attributes),
            "ordering_key": self.ordering_key,
            "message_id": self.id,
            "publish_time": self.time(),
        }

    def dead(self, *, subscription: str, attempts: int) -> "Draft":
        """The same message as it is published anew to a dead-letter topic."""
        prefix = "CloudPubSubDeadLetterSource"
        origin = {
            f"{prefix}DeliveryCount": str(attempts),
            f"{prefix}Subscription": names.identifier(subscription),
            f"{prefix}SubscriptionProject": names.owner(subscription),
            f"{prefix}TopicPublishTime": self.published.isoformat(timespec="milliseconds"),
        }
        return Draft(self.data, {**self.attributes, **origin}, self.ordering_key)
