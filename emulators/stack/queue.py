"""Pub/Sub over HTTP, for people and tests: subscribe a function, publish, see what became of it."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from emulators.stack import wire
from emulators.stack.waiting import until

_KEPT = "-kept"


class Queue:
    """The topics of one Google Cloud project."""

    def __init__(self, url: str, project: str) -> None:
        self.url = url
        self.project = project

    def subscribe(self, topic: str, endpoint: str) -> None:
        """A push subscription named after the topic, as the service has it in the cloud, only more impatient."""
        policy = {
            "deadLetterTopic": f"projects/{self.project}/topics/{topic}-dead-letter",
            "maxDeliveryAttempts": 5,
        }
        self._push(topic, topic, endpoint, {"deadLetterPolicy": policy})

    def subscribe_to_dead_letters(self, topic: str, endpoint: str) -> None:
        """The same of what that subscription gives up; letters are delivered until they are taken."""
        self._push(f"{topic}-dead-letter-push", f"{topic}-dead-letter", endpoint, {})

    def keep_dead_letters(self, topic: str) -> None:
        """The subscription in which people find them."""
        subscription = {"topic": f"projects/{self.project}/topics/{topic}-dead-letter", "ackDeadlineSeconds": 600}
        self._subscribe(f"{topic}-dead-letter{_KEPT}", subscription)

    def kept(self, topic: str) -> int:
        """How many are there."""
        name = f"projects/{self.project}/subscriptions/{topic}-dead-letter{_KEPT}"
        return int(self._ask("idle")["outstanding"].get(name, 0))

    def publish(
        self, topic: str, message: object, *, attributes: Mapping[str, str] | None = None, ordering_key: str = ""
    ) -> str:
        """The id of the message; text goes as it is, anything else as JSON."""
        text = message if isinstance(message, str) else json.dumps(message)
        entry = {
            "data": base64.b64encode(text.encode()).decode(),
            "attributes": dict(attributes or {}),
            "orderingKey": ordering_key,
        }
        url = f"{self.url}/v1/projects/{self.project}/topics/{topic}:publish"
        return str(wire.ask("POST", url, json={"messages": [entry]})["messageIds"][0])

    def messages(self, topic: str) -> list[dict[str, Any]]:
        """Everything that was ever published to the topic."""
        found: list[dict[str, Any]] = self._ask("messages", topic=topic)
        return found

    def deliveries(self) -> list[dict[str, Any]]:
        """Every push so far."""
        found: list[dict[str, Any]] = self._ask("deliveries")
        return found

    def settle(self, *, seconds: float = 60) -> None:
        """Returns when every message was acknowledged or given up; what is kept waits for somebody who pulls it."""
        until(lambda: not self._pushing(), what="Pub/Sub to get rid of its messages", seconds=seconds)

    def _push(self, name: str, topic: str, endpoint: str, more: Mapping[str, object]) -> None:
        subscription = {
            "topic": f"projects/{self.project}/topics/{topic}",
            "pushConfig": {"pushEndpoint": f"{endpoint}/"},
            "ackDeadlineSeconds": 600,
            "enableMessageOrdering": True,
            "retryPolicy": {"minimumBackoff": "0.2s", "maximumBackoff": "2s"},
            **more,
        }
        self._subscribe(name, subscription)

    def _subscribe(self, name: str, subscription: Mapping[str, object]) -> None:
        wire.ask("PUT", f"{self.url}/v1/projects/{self.project}/subscriptions/{name}", json=subscription)

    def _pushing(self) -> list[str]:
        return [name for name in self._ask("idle")["outstanding"] if not name.endswith(_KEPT)]

    def _ask(self, name: str, **query: str) -> Any:
        return wire.ask("GET", f"{self.url}/__admin__/{name}", params=query)
