"""Pub/Sub's methods, from request message to response message; gRPC and HTTP are two ways to call them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from google.iam.v1.iam_policy_pb2 import (  # type: ignore[import-untyped]  # it publishes no types
    TestIamPermissionsRequest,
    TestIamPermissionsResponse,
)
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # it publishes no types
from google.pubsub_v1.types import (
    AcknowledgeRequest,
    DeleteSubscriptionRequest,
    DeleteTopicRequest,
    DetachSubscriptionRequest,
    DetachSubscriptionResponse,
    GetSubscriptionRequest,
    GetTopicRequest,
    ListSubscriptionsRequest,
    ListSubscriptionsResponse,
    ListTopicsRequest,
    ListTopicsResponse,
    ListTopicSubscriptionsRequest,
    ListTopicSubscriptionsResponse,
    ModifyAckDeadlineRequest,
    ModifyPushConfigRequest,
    PublishRequest,
    PublishResponse,
    PubsubMessage,
    PullRequest,
    PullResponse,
    ReceivedMessage,
    SeekRequest,
    SeekResponse,
    Subscription,
    Topic,
    UpdateSubscriptionRequest,
    UpdateTopicRequest,
)

from emulators.pubsub.exchange import Exchange, Leased
from emulators.pubsub.message import Draft
from emulators.pubsub.problem import Problem, invalid
from emulators.pubsub.updates import page


@dataclass(frozen=True, slots=True)
class Method:
    """One method; `request` is its message type, and a response of None is Google's `Empty`."""

    request: Any
    act: Callable[[Any], Any]

    def read(self, body: bytes) -> Any:
        """The request as it is on the wire of gRPC."""
        return read(self.request, body)

    def write(self, response: Any) -> bytes:
        """The response in the same form."""
        kind = type(response)
        written: bytes = kind.serialize(response) if hasattr(kind, "serialize") else response.SerializeToString()
        return written


def read(kind: Any, body: bytes) -> Any:
    """A message of this kind. Raises INVALID_ARGUMENT for bytes that are none."""
    try:
        return kind.deserialize(body) if hasattr(kind, "deserialize") else kind.FromString(body)
    except DecodeError as error:
        raise invalid("The request is no message of its kind.") from error


class Service:
    """Raises `Problem` where Pub/Sub answers with an error."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def methods(self) -> dict[str, Method]:
        """By the last two parts of their gRPC names."""
        return {
            "Publisher/CreateTopic": Method(Topic, self._create_topic),
            "Publisher/GetTopic": Method(GetTopicRequest, self._topic),
            "Publisher/ListTopics": Method(ListTopicsRequest, self._topics),
            "Publisher/UpdateTopic": Method(UpdateTopicRequest, self._update_topic),
            "Publisher/DeleteTopic": Method(DeleteTopicRequest, self._delete_topic),
            "Publisher/ListTopicSubscriptions": Method(ListTopicSubscriptionsRequest, self._subscribers),
            "Publisher/DetachSubscription": Method(DetachSubscriptionRequest, self._detach),
            "Publisher/Publish": Method(PublishRequest, self._publish),
            "google.iam.v1.IAMPolicy/TestIamPermissions": Method(TestIamPermissionsRequest, self._test_rights),
            "Subscriber/CreateSubscription": Method(Subscription, self._create_subscription),
            "Subscriber/GetSubscription": Method(GetSubscriptionRequest, self._subscription),
            "Subscriber/ListSubscriptions": Method(ListSubscriptionsRequest, self._subscriptions),
            "Subscriber/UpdateSubscription": Method(UpdateSubscriptionRequest, self._update_subscription),
            "Subscriber/DeleteSubscription": Method(DeleteSubscriptionRequest, self._delete_subscription),
            "Subscriber/ModifyPushConfig": Method(ModifyPushConfigRequest, self._modify_push_config),
            "Subscriber/Seek": Method(SeekRequest, self._seek),
            "Subscriber/Pull": Method(PullRequest, self._pull),
            "Subscriber/Acknowledge": Method(AcknowledgeRequest, self._acknowledge),
            "Subscriber/ModifyAckDeadline": Method(ModifyAckDeadlineRequest, self._modify_ack_deadline),
        }

    def _publish(self, request: PublishRequest) -> PublishResponse:
        drafts = [Draft(message.data, dict(message.attributes), message.ordering_key) for message in request.messages]
        return PublishResponse(message_ids=self._exchange.publish(request.topic, drafts))

    def _create_topic(self, request: Topic) -> Topic:
        with self._exchange.catalog() as catalog:
            return catalog.add_topic(request)

    def _topic(self, request: GetTopicRequest) -> Topic:
        with self._exchange.catalog() as catalog:
            return catalog.topic(request.topic)

    def _topics(self, request: ListTopicsRequest) -> ListTopicsResponse:
        with self._exchange.catalog() as catalog:
            topics, token = page(catalog.topics(request.project), request, name=lambda each: str(each.name))
            return ListTopicsResponse(topics=topics, next_page_token=token)

    def _update_topic(self, request: UpdateTopicRequest) -> Topic:
        with self._exchange.catalog() as catalog:
            return catalog.change_topic(request.topic, request.update_mask.paths)

    def _delete_topic(self, request: DeleteTopicRequest) -> None:
        with self._exchange.catalog() as catalog:
            catalog.drop_topic(request.topic)

    def _test_rights(self, request: TestIamPermissionsRequest) -> TestIamPermissionsResponse:
        """Here everybody may everything that there is."""
        with self._exchange.catalog() as catalog:
            catalog.topic(request.resource)
        return TestIamPermissionsResponse(permissions=request.permissions)

    def _subscribers(self, request: ListTopicSubscriptionsRequest) -> ListTopicSubscriptionsResponse:
        with self._exchange.catalog() as catalog:
            catalog.topic(request.topic)
            names = [to.name for to in catalog.of_topic(request.topic)]
            shown, token = page(names, request, name=str)
            return ListTopicSubscriptionsResponse(subscriptions=shown, next_page_token=token)

    def _create_subscription(self, request: Subscription) -> Subscription:
        with self._exchange.catalog() as catalog:
            return catalog.add_subscription(request).shown

    def _subscription(self, request: GetSubscriptionRequest) -> Subscription:
        with self._exchange.catalog() as catalog:
            return catalog.subscription(request.subscription).shown

    def _subscriptions(self, request: ListSubscriptionsRequest) -> ListSubscriptionsResponse:
        with self._exchange.catalog() as catalog:
            shown = [subscribed.shown for subscribed in catalog.subscriptions(request.project)]
            shown, token = page(shown, request, name=lambda each: str(each.name))
            return ListSubscriptionsResponse(subscriptions=shown, next_page_token=token)

    def _update_subscription(self, request: UpdateSubscriptionRequest) -> Subscription:
        with self._exchange.catalog() as catalog:
            return catalog.change_subscription(request.subscription, request.update_mask.paths).shown

    def _delete_subscription(self, request: DeleteSubscriptionRequest) -> None:
        with self._exchange.catalog() as catalog:
            catalog.drop_subscription(request.subscription)

    def _modify_push_config(self, request: ModifyPushConfigRequest) -> None:
        with self._exchange.catalog() as catalog:
            catalog.set_push(request.subscription, request.push_config)

    def _detach(self, request: DetachSubscriptionRequest) -> DetachSubscriptionResponse:
        self._exchange.detach(request.subscription)
        return DetachSubscriptionResponse()

    def _seek(self, request: SeekRequest) -> SeekResponse:
        if "snapshot" in request:
            raise Problem("UNIMPLEMENTED", "This stand-in knows no snapshots.")
        if "time" not in request:
            raise invalid("A seek needs a time.")
        self._exchange.seek(request.subscription, request.time)
        return SeekResponse()

    def _pull(self, request: PullRequest) -> PullResponse:
        if request.max_messages < 1:
            raise invalid("max_messages must be positive.")
        pulled = self._exchange.pull(request.subscription, most=request.max_messages)
        return PullResponse(received_messages=[received(each) for each in pulled])

    def _acknowledge(self, request: AcknowledgeRequest) -> None:
        _check(request.ack_ids)
        self._exchange.acknowledge(request.subscription, request.ack_ids)

    def _modify_ack_deadline(self, request: ModifyAckDeadlineRequest) -> None:
        _check(request.ack_ids)
        seconds = request.ack_deadline_seconds
        if not 0 <= seconds <= 600:
            raise invalid("The ack deadline must be between 0 and 600 seconds.")
        self._exchange.modify_deadline(request.subscription, request.ack_ids, seconds=seconds)


def _check(handles: Sequence[str]) -> None:
    if not handles:
        raise invalid("No ack ids specified.")


def received(leased: Leased) -> ReceivedMessage:
    """As pulling shows it; without a dead-letter policy it tells no attempt."""
    message = leased.message
    shown = PubsubMessage(
        data=message.data,
        attributes=dict(message.attributes),
        message_id=message.id,
        publish_time=message.published,
        ordering_key=message.ordering_key,
    )
    return ReceivedMessage(ack_id=leased.handle, message=shown, delivery_attempt=leased.attempt or 0)
