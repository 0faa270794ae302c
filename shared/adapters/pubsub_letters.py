"""The way to what a subscription of Pub/Sub keeps: pulled, and acknowledged or given back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TypeVar

import grpc
from google.api_core.exceptions import DeadlineExceeded, GoogleAPICallError, NotFound, RetryError
from google.auth.exceptions import GoogleAuthError
from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from google.pubsub_v1.types import ReceivedMessage

from ..domain.delivery import Delivery
from ..domain.errors import Permanent, ServiceError, Transient
from ..domain.kept_letter import Kept
from .pubsub import PASSING

Result = TypeVar("Result")


class PubSubLetters:
    """Pulls with the synchronous generated client, made at the first call; one call each, sent once."""

    def __init__(self, *, project: str, emulator: str | None) -> None:
        """`emulator` is a host and port, spoken to without credentials."""
        self._project = project
        self._emulator = emulator

    def pull(self, subscription: str, *, most: int, timeout: float) -> tuple[Kept, ...]:
        """What comes within `timeout` seconds; Pub/Sub waits so long where there is nothing."""
        request = {"subscription": self._name(subscription), "max_messages": most}
        try:
            answer = self._client.pull(request, retry=None, timeout=timeout)
        except DeadlineExceeded:
            return ()
        except (GoogleAPICallError, RetryError, GoogleAuthError) as error:
            raise _ours(error, subscription) from error
        return tuple(map(_kept, answer.received_messages))

    def take(self, subscription: str, handles: Sequence[str], *, timeout: float) -> None:
        """Acknowledges them: they are gone from the subscription."""
        request = {"subscription": self._name(subscription), "ack_ids": list(handles)}
        _call(lambda: self._client.acknowledge(request, retry=None, timeout=timeout), subscription)

    def give_back(self, subscription: str, handles: Sequence[str], *, timeout: float) -> None:
        """Whoever pulls next gets them."""
        request = {"subscription": self._name(subscription), "ack_ids": list(handles), "ack_deadline_seconds": 0}
        _call(lambda: self._client.modify_ack_deadline(request, retry=None, timeout=timeout), subscription)

    def _name(self, subscription: str) -> str:
        return f"projects/{self._project}/subscriptions/{subscription}"

    @cached_property
    def _client(self) -> SubscriberClient:
        if self._emulator:
            channel = grpc.insecure_channel(self._emulator, options=(("grpc.enable_http_proxy", 0),))
            return SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        return SubscriberClient()


def _kept(received: ReceivedMessage) -> Kept:
    message = received.message
    at = message.publish_time
    published = datetime.fromtimestamp(at.timestamp(), UTC) if at else None
    delivery = Delivery(message.message_id, message.data, dict(message.attributes), 0, published)
    return Kept(received.ack_id, delivery, message.ordering_key)


def _call(call: Callable[[], Result], subscription: str) -> Result:
    try:
        return call()
    except (GoogleAPICallError, RetryError, GoogleAuthError) as error:
        raise _ours(error, subscription) from error


def _ours(error: GoogleAPICallError | RetryError | GoogleAuthError, subscription: str) -> ServiceError:
    kind = type(error).__name__
    if isinstance(error, NotFound):
        return Permanent("subscription-missing", f"Pub/Sub has no subscription `{subscription}`")
    if isinstance(error, (*PASSING, RetryError)) or (isinstance(error, GoogleAuthError) and error.retryable):
        return Transient("pubsub-unavailable", f"could not reach {subscription}: {kind}")
    return Permanent("pubsub-refused", f"Pub/Sub refused a call for {subscription}: {kind}")
