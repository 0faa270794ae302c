"""The two ways to speak with Pub/Sub, in one shape, so that one suite can hold both to the same promises."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import grpc
import httpx
from google.api_core.exceptions import GoogleAPICallError
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from google.pubsub_v1.types import PubsubMessage, Subscription

from emulators.pubsub import names
from tests import plain
from tests.contract.receiver import Receiver


class Denied(Exception):
    """The name of the gRPC status that both ways answer with."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish."""

    data: bytes = b""
    attributes: Mapping[str, str] = field(default_factory=dict)
    ordering_key: str = ""


@dataclass(frozen=True, slots=True)
class Pulled:
    """A message that was pulled, with the id by which it is acknowledged."""

    handle: str
    message: str
    data: bytes
    attributes: Mapping[str, str]
    ordering_key: str


class Way(Protocol):
    """Names are short ones, in project `demo`; a subscription is given and shown as the REST API has it."""

    def publish(self, topic: str, messages: Sequence[Outgoing]) -> list[str]: ...

    def create_topic(self, topic: str) -> None: ...

    def topics(self) -> list[str]: ...

    def delete_topic(self, topic: str) -> None: ...

    def subscribe(self, name: str, topic: str, settings: Mapping[str, Any]) -> Mapping[str, Any]: ...

    def subscription(self, name: str) -> Mapping[str, Any]: ...

    def subscriptions(self, topic: str = "") -> list[str]: ...

    def set_endpoint(self, name: str, endpoint: str) -> None: ...

    def unsubscribe(self, name: str) -> None: ...

    def pull(self, name: str, *, most: int = 10) -> list[Pulled]: ...

    def acknowledge(self, name: str, *handles: str) -> None: ...

    def modify_deadline(self, name: str, *handles: str, seconds: int) -> None: ...

    def close(self) -> None: ...


def full(kind: str, name: str) -> str:
    return f"projects/demo/{kind}/{name}"


SERVICE_TOPICS = [full("topics", name) for name in names.TOPICS]


def pushing(receiver: Receiver, **settings: object) -> dict[str, Any]:
    """An ordered push subscription to the receiver."""
    return {"pushConfig": {"pushEndpoint": receiver.url}, "enableMessageOrdering": True, **settings}


def arrived(receiver: Receiver) -> list[str]:
    """What was pushed, in the order in which it came."""
    return [str(push.body["message"]["messageId"]) for push in list(receiver.got)]


def idle(admin: httpx.Client) -> bool:
    """Whether everything is delivered."""
    return bool(admin.get("idle").json()["idle"])


class HttpWay:
    """The REST API."""

    def __init__(self, http_port: int) -> None:
        self._http = plain.client(f"http://127.0.0.1:{http_port}/v1/", trust_env=False, timeout=60)

    def close(self) -> None:
        self._http.close()

    def _call(self, method: str, path: str, body: object = None) -> Any:
        response = self._http.request(method, path, json=body)
        if response.status_code != 200:
            error = response.json()["error"]
            assert error.keys() == {"code", "message", "status"}
            assert error["code"] == response.status_code
            raise Denied(error["status"])
        return response.json()

    def publish(self, topic: str, messages: Sequence[Outgoing]) -> list[str]:
        items = [
            {
                "data": base64.b64encode(message.data).decode(),
                "attributes": message.attributes,
                "orderingKey": message.ordering_key,
            }
            for message in messages
        ]
        ids: list[str] = self._call("POST", f"{full('topics', topic)}:publish", {"messages": items})["messageIds"]
        return ids

    def create_topic(self, topic: str) -> None:
        self._call("PUT", full("topics", topic), {})

    def topics(self) -> list[str]:
        return [topic["name"] for topic in self._call("GET", "projects/demo/topics")["topics"]]

    def delete_topic(self, topic: str) -> None:
        self._call("DELETE", full("topics", topic))

    def subscribe(self, name: str, topic: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        shown: Mapping[str, Any] = self._call(
            "PUT", full("subscriptions", name), {"topic": full("topics", topic), **settings}
        )
        return shown

    def subscription(self, name: str) -> Mapping[str, Any]:
        shown: Mapping[str, Any] = self._call("GET", full("subscriptions", name))
        return shown

    def subscriptions(self, topic: str = "") -> list[str]:
        if topic:
            return list(self._call("GET", f"{full('topics', topic)}/subscriptions").get("subscriptions", []))
        return [item["name"] for item in self._call("GET", "projects/demo/subscriptions").get("subscriptions", [])]

    def set_endpoint(self, name: str, endpoint: str) -> None:
        body = {"pushConfig": {"pushEndpoint": endpoint} if endpoint else {}}
        self._call("POST", f"{full('subscriptions', name)}:modifyPushConfig", body)

    def unsubscribe(self, name: str) -> None:
        self._call("DELETE", full("subscriptions", name))

    def pull(self, name: str, *, most: int = 10) -> list[Pulled]:
        answer = self._call("POST", f"{full('subscriptions', name)}:pull", {"maxMessages": most})
        return [
            Pulled(
                each["ackId"],
                each["message"]["messageId"],
                base64.b64decode(each["message"].get("data", "")),
                each["message"].get("attributes", {}),
                each["message"].get("orderingKey", ""),
            )
            for each in answer.get("receivedMessages", [])
        ]

    def acknowledge(self, name: str, *handles: str) -> None:
        self._call("POST", f"{full('subscriptions', name)}:acknowledge", {"ackIds": handles})

    def modify_deadline(self, name: str, *handles: str, seconds: int) -> None:
        body = {"ackIds": handles, "ackDeadlineSeconds": seconds}
        self._call("POST", f"{full('subscriptions', name)}:modifyAckDeadline", body)


class GrpcWay:
    """Google's generated clients."""

    def __init__(self, port: int) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=(("grpc.enable_http_proxy", 0),))
        self._publisher = PublisherClient(transport=PublisherGrpcTransport(channel=self._channel))
        self._subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=self._channel))

    def close(self) -> None:
        self._channel.close()

    def _call(self, method: Any, **request: object) -> Any:
        try:
            return method(request=request, retry=None, timeout=10)
        except GoogleAPICallError as error:
            raise _denied(error) from error

    def publish(self, topic: str, messages: Sequence[Outgoing]) -> list[str]:
        items = [
            PubsubMessage(data=message.data, attributes=dict(message.attributes), ordering_key=message.ordering_key)
            for message in messages
        ]
        return list(self._call(self._publisher.publish, topic=full("topics", topic), messages=items).message_ids)

    def create_topic(self, topic: str) -> None:
        self._call(self._publisher.create_topic, name=full("topics", topic))

    def topics(self) -> list[str]:
        return [topic.name for topic in self._call(self._publisher.list_topics, project="projects/demo")]

    def delete_topic(self, topic: str) -> None:
        self._call(self._publisher.delete_topic, topic=full("topics", topic))

    def subscribe(self, name: str, topic: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        wanted = {"name": full("subscriptions", name), "topic": full("topics", topic), **settings}
        message = Subscription.from_json(json.dumps(wanted))
        try:
            return _shown(self._subscriber.create_subscription(message, retry=None, timeout=10))
        except GoogleAPICallError as error:
            raise _denied(error) from error

    def subscription(self, name: str) -> Mapping[str, Any]:
        return _shown(self._call(self._subscriber.get_subscription, subscription=full("subscriptions", name)))

    def subscriptions(self, topic: str = "") -> list[str]:
        if topic:
            return list(self._call(self._publisher.list_topic_subscriptions, topic=full("topics", topic)))
        return [item.name for item in self._call(self._subscriber.list_subscriptions, project="projects/demo")]

    def set_endpoint(self, name: str, endpoint: str) -> None:
        push = {"push_endpoint": endpoint}
        self._call(self._subscriber.modify_push_config, subscription=full("subscriptions", name), push_config=push)

    def unsubscribe(self, name: str) -> None:
        self._call(self._subscriber.delete_subscription, subscription=full("subscriptions", name))

    def pull(self, name: str, *, most: int = 10) -> list[Pulled]:
        try:
            answer = self._call(self._subscriber.pull, subscription=full("subscriptions", name), max_messages=most)
        except Denied as error:
            if error.args == ("DEADLINE_EXCEEDED",):  # Google's own waits for messages
                return []
            raise
        return [
            Pulled(
                each.ack_id,
                each.message.message_id,
                each.message.data,
                dict(each.message.attributes),
                each.message.ordering_key,
            )
            for each in answer.received_messages
        ]

    def acknowledge(self, name: str, *handles: str) -> None:
        self._call(self._subscriber.acknowledge, subscription=full("subscriptions", name), ack_ids=handles)

    def modify_deadline(self, name: str, *handles: str, seconds: int) -> None:
        wanted = {"ack_ids": handles, "ack_deadline_seconds": seconds}
        self._call(self._subscriber.modify_ack_deadline, subscription=full("subscriptions", name), **wanted)


def _shown(subscription: Subscription) -> Mapping[str, Any]:
    text = Subscription.to_json(subscription, use_integers_for_enums=False, always_print_fields_with_no_presence=False)
    shown: Mapping[str, Any] = json.loads(text)
    return shown


def _denied(error: GoogleAPICallError) -> Denied:
    return Denied(error.grpc_status_code.name if error.grpc_status_code else "UNKNOWN")
