"""The way into Pub/Sub: one message, stored or not, within the time that is left."""

import time
from collections.abc import Mapping
from functools import cached_property

import grpc
from google.api_core.exceptions import (
    Aborted,
    Cancelled,
    DeadlineExceeded,
    GoogleAPICallError,
    InternalServerError,
    ResourceExhausted,
    RetryError,
    ServiceUnavailable,
    Unknown,
)
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.pubsub_v1 import PublisherClient, PublishRequest, PublishResponse
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from ..domain.errors import Permanent, ServiceError, Transient

PASSING = (
    Aborted,
    Cancelled,
    DeadlineExceeded,
    InternalServerError,
    ResourceExhausted,
    ServiceUnavailable,
    Unknown,
)
# One attempt gets this part of the budget, so that a lost connection leaves time for another.
ATTEMPT_SHARE = 0.6
_RIGHT = "pubsub.topics.publish"
_Request = PublishRequest.pb()
"""The plain message inside of the client's own, which costs several times as much to fill."""


class PubSubPublisher:
    """Publishes with the synchronous generated client.

    The batching one of the same package overrides deadlines as soon as messages have ordering keys. The client is made
    at the first message, never at import: its threads would not survive the fork of the function's server.
    """

    def __init__(self, *, project: str, emulator: str | None, region: str | None = None) -> None:
        """`emulator` is a host and port, spoken to without credentials; messages are ordered within one region only."""
        self._project = project
        self._emulator = emulator
        self._region = region

    def publish(
        self, topic: str, data: bytes, *, ordering_key: str, attributes: Mapping[str, str], timeout: float
    ) -> str:
        """The message id, once Pub/Sub has stored the message; takes at most `timeout` seconds.

        A message may be stored although this raises, and then is stored twice when it is sent again. Raises
        `Transient` (`pubsub-unavailable`) and `Permanent` (`pubsub-refused`); neither quotes the message.
        """
        message = {"data": data, "attributes": dict(attributes), "ordering_key": ordering_key}
        request = PublishRequest.wrap(_Request(topic=f"projects/{self._project}/topics/{topic}", messages=[message]))
        try:
            stored = self._stored(request, timeout)
        except (GoogleAPICallError, RetryError, GoogleAuthError) as error:
            raise _ours(error, topic=topic) from error
        ids = PublishResponse.pb(stored).message_ids
        if not ids:
            raise Transient("pubsub-unavailable", f"an answer without a message id for {topic}")
        return str(ids[0])

    def _stored(self, request: PublishRequest, timeout: float) -> PublishResponse:
        end = time.monotonic() + timeout

        def attempt() -> PublishResponse:
            left = min(timeout * ATTEMPT_SHARE, end - time.monotonic())
            return self._client.publish(request, retry=None, timeout=max(left, 0.001))

        try:
            return attempt()
        except PASSING:
            # Only now: what the library does around each attempt would cost every hook as much as its signature does.
            return _retry(end - time.monotonic())(attempt)()

    def may_publish(self, topic: str, *, timeout: float) -> bool:
        """Whether the service's account has the right, which Pub/Sub tells to everybody about themselves."""
        wanted = {"resource": f"projects/{self._project}/topics/{topic}", "permissions": [_RIGHT]}
        try:
            found = self._client.test_iam_permissions(wanted, retry=None, timeout=timeout)
        except (GoogleAPICallError, RetryError, GoogleAuthError) as error:
            raise _ours(error, topic=topic) from error
        return _RIGHT in found.permissions

    @cached_property
    def _client(self) -> PublisherClient:
        if self._emulator:
            channel = grpc.insecure_channel(self._emulator, options=(("grpc.enable_http_proxy", 0),))
            return PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        if self._region:
            return PublisherClient(client_options={"api_endpoint": f"{self._region}-pubsub.googleapis.com"})
        return PublisherClient()


def _retry(timeout: float) -> Retry:
    return Retry(if_exception_type(*PASSING), initial=0.1, maximum=1.0, multiplier=2.0, timeout=timeout)


def _ours(error: GoogleAPICallError | RetryError | GoogleAuthError, *, topic: str) -> ServiceError:
    kind = type(error).__name__
    if isinstance(error, (*PASSING, RetryError)) or (isinstance(error, GoogleAuthError) and error.retryable):
        return Transient("pubsub-unavailable", f"could not publish to {topic}: {kind}")
    return Permanent("pubsub-refused", f"Pub/Sub refused a message for {topic}: {kind}")
