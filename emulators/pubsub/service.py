"""Pub/Sub's methods, from request message to response message; gRPC and HTTP are two ways to call them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.pubsub_v1.types import (
    DeleteSubscriptionRequest,
    DeleteTopicRequest,
    GetSubscriptionRequest,
    GetTopicRequest,
    ListSubscriptionsRequest,
    ListSubscriptionsResponse,
    ListTopicsRequest,
    ListTopicsResponse,
    ListTopicSubscriptionsRequest,
    ListTopicSubscriptionsResponse,
    ModifyPushConfigRequest,
    PublishRequest,
    PublishResponse,
    Subscription,
    Topic,
)

from emulators.pubsub.exchange import Exchange
from emulators.pubsub.message import Draft


@dataclass(frozen=True, slots=True)
class Method:
    """One method; `request` is its message type, and a response of None is Google's `Empty`."""

    request: Any
    act: Callable[[Any], Any]


class Service:
    """Raises `Problem` where Pub/Sub answers with an error. Lists are always one page."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def methods(self) -> dict[str, Method]:
        """By the last two parts of their gRPC names."""
        return {
            "Publisher/CreateTopic": Method(Topic, self._create_topic),
            "Publisher/GetTopic": Method(GetTopicRequest, self._topic),
            "Publisher/ListTopics": Method(ListTopicsRequest, self._topics),
            "Publisher/DeleteTopic": Method(DeleteTopicRequest, self._delete_topic),
            "Publisher/ListTopicSubscriptions": Method(ListTopicSubscriptionsRequest, self._subscribers),
            "Publisher/Publish": Method(PublishRequest, self._publish),
            "Subscriber/CreateSubscription": Method(Subscription, self._create_subscription),
            "Subscriber/GetSubscription": Method(GetSubscriptionRequest, self._subscription),
            "Subscriber/ListSubscriptions": Method(ListSubscriptionsRequest, self._subscriptions),
            "Subscriber/DeleteSubscription": Method(DeleteSubscriptionRequest, self._delete_subscription),
            "Subscriber/ModifyPushConfig": Method(ModifyPushConfigRequest, self._modify_push_config),
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
            return ListTopicsResponse(topics=catalog.topics(request.project))

    def _delete_topic(self, request: DeleteTopicRequest) -> None:
        with self._exchange.catalog() as catalog:
            catalog.drop_topic(request.topic)

    def _subscribers(self, request: ListTopicSubscriptionsRequest) -> ListTopicSubscriptionsResponse:
        with self._exchange.catalog() as catalog:
            catalog.topic(request.topic)
            return ListTopicSubscriptionsResponse(subscriptions=[to.name for to in catalog.of_topic(request.topic)])

    def _create_subscription(self, request: Subscription) -> Subscription:
        with self._exchange.catalog() as catalog:
            return catalog.add_subscription(request).shown

    def _subscription(self, request: GetSubscriptionRequest) -> Subscription:
        with self._exchange.catalog() as catalog:
            return catalog.subscription(request.subscription).shown

    def _subscriptions(self, request: ListSubscriptionsRequest) -> ListSubscriptionsResponse:
        with self._exchange.catalog() as catalog:
            shown = [subscribed.shown for subscribed in catalog.subscriptions(request.project)]
            return ListSubscriptionsResponse(subscriptions=shown)

    def _delete_subscription(self, request: DeleteSubscriptionRequest) -> None:
        with self._exchange.catalog() as catalog:
            catalog.drop_subscription(request.subscription)

    def _modify_push_config(self, request: ModifyPushConfigRequest) -> None:
        with self._exchange.catalog() as catalog:
            catalog.set_push(request.subscription, request.push_config)
