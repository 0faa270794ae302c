"""Topics, subscriptions and limits are as the real service has them, over gRPC and over HTTP."""

from typing import Any

import grpc
import httpx
import pytest
from google.api_core.exceptions import MethodNotImplemented
from google.cloud.pubsub_v1 import SubscriberClient

from emulators.pubsub.process import Running
from tests.contract.pubsub.ways import SERVICE_TOPICS, Denied, Outgoing, Way, full, pushing
from tests.contract.receiver import Receiver


def test_the_topics_of_the_service_exist_from_the_start(way: Way) -> None:
    """In any project that is named, dead-letter topics included."""
    assert way.topics() == sorted(SERVICE_TOPICS)
    with pytest.raises(Denied, match="ALREADY_EXISTS"):
        way.create_topic("aic-deploy")


@pytest.mark.parametrize("name", ["ab", "9lives", "goog-topic", "with space", "x" * 256])
def test_a_name_that_the_real_service_refuses_is_refused(way: Way, name: str) -> None:
    """Length, first character, alphabet and the reserved prefix."""
    with pytest.raises(Denied, match="INVALID_ARGUMENT"):
        way.create_topic(name)


def test_a_subscription_shows_the_defaults_of_the_real_service(way: Way, receiver: Receiver) -> None:
    """What was not asked for is filled in, and reads the same later."""
    shown = way.subscribe("deploy-push", "aic-deploy", pushing(receiver, retryPolicy={"minimumBackoff": "1s"}))

    assert shown == way.subscription("deploy-push")
    assert shown["name"] == full("subscriptions", "deploy-push")
    assert shown["ackDeadlineSeconds"] == 10
    assert shown["messageRetentionDuration"] == "604800s"
    assert shown["retryPolicy"] == {"minimumBackoff": "1s", "maximumBackoff": "600s"}
    assert way.subscriptions() == way.subscriptions("aic-deploy") == [shown["name"]]
    assert way.subscriptions("aic-plan") == []
    with pytest.raises(Denied, match="ALREADY_EXISTS"):
        way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    way.unsubscribe("deploy-push")
    with pytest.raises(Denied, match="NOT_FOUND"):
        way.subscription("deploy-push")


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"ackDeadlineSeconds": 9}, "INVALID_ARGUMENT"),
        ({"ackDeadlineSeconds": 601}, "INVALID_ARGUMENT"),
        ({"pushConfig": {"pushEndpoint": "ftp://127.0.0.1/"}}, "INVALID_ARGUMENT"),
        ({"pushConfig": {"pushEndpoint": "http://[::1"}}, "INVALID_ARGUMENT"),
        ({"pushConfig": {"pushEndpoint": "http://127.0.0.1:99999/"}}, "INVALID_ARGUMENT"),
        ({"pushConfig": {"noWrapper": {}}}, "UNIMPLEMENTED"),
        ({"filter": 'attributes.a == "b"'}, "INVALID_ARGUMENT"),
        ({"messageRetentionDuration": "599s"}, "INVALID_ARGUMENT"),
        ({"expirationPolicy": {"ttl": "3600s"}}, "INVALID_ARGUMENT"),
        ({"retryPolicy": {"minimumBackoff": "20s", "maximumBackoff": "10s"}}, "INVALID_ARGUMENT"),
        ({"deadLetterPolicy": {"deadLetterTopic": SERVICE_TOPICS[4], "maxDeliveryAttempts": 4}}, "INVALID_ARGUMENT"),
        ({"deadLetterPolicy": {"deadLetterTopic": full("topics", "missing")}}, "NOT_FOUND"),
    ],
)
def test_a_subscription_that_can_not_be_is_refused(way: Way, settings: dict[str, Any], status: str) -> None:
    """What the real service refuses, and what this one would only pretend to do."""
    with pytest.raises(Denied, match=status):
        way.subscribe("deploy-push", "aic-deploy", settings)
    with pytest.raises(Denied, match="NOT_FOUND"):
        way.subscribe("deploy-push", "missing", {})


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [Outgoing()],
        [Outgoing(ordering_key="k")],
        [Outgoing(b"x", ordering_key="k" * 1025)],
        [Outgoing(b"x", ordering_key="a"), Outgoing(b"x", ordering_key="b")],
        [Outgoing(b"x", {"googclient": "v"})],
        [Outgoing(b"x", {"": "v"})],
        [Outgoing(b"x", {"k" * 257: "v"})],
        [Outgoing(b"x", {"k": "v" * 1025})],
        [Outgoing(b"x", {f"k{number}": "v" for number in range(101)})],
        [Outgoing(b"x" * 5_000_001)] * 2,
    ],
    ids=lambda messages: f"{len(messages)} messages, {messages and len(messages[0].attributes)} attributes",
)
def test_what_breaks_a_limit_is_refused_whole(way: Way, admin: httpx.Client, messages: list[Outgoing]) -> None:
    """The limits of the real service, which Google's emulator doesn't know; nothing of the request is stored."""
    with pytest.raises(Denied, match="INVALID_ARGUMENT"):
        way.publish("aic-deploy", messages)
    assert admin.get("messages").json() == []


def test_the_largest_that_is_allowed_is_stored(way: Way, admin: httpx.Client) -> None:
    """The limits themselves are within the limits."""
    attributes = {f"{number:03}" + "k" * 253: "v" * 1024 for number in range(100)}
    way.publish("aic-deploy", [Outgoing(b"x" * 5_000_000, attributes, "k" * 1024)])

    assert [len(item["data"]) for item in admin.get("messages").json()] == [5_000_000]


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000, b"\xff", b'{"messages": 1}', b'{"unknown": 1}'])
def test_a_body_that_is_no_publish_request_is_refused(stand: Running, body: bytes) -> None:
    """In Google's shape of an error."""
    url = f"http://127.0.0.1:{stand.http_port}/v1/{SERVICE_TOPICS[0]}:publish"
    response = httpx.post(url, content=body, trust_env=False)

    assert response.status_code == 400
    assert response.json() == {
        "error": {"code": 400, "message": "Invalid JSON payload received.", "status": "INVALID_ARGUMENT"}
    }
    assert httpx.post(url.replace(":publish", ":burn"), trust_env=False).json()["error"]["status"] == "NOT_FOUND"


def test_a_call_that_is_not_known_here_is_said_so(stand: Running) -> None:
    """In Google's shape, which gcloud can read."""
    answer = httpx.get(f"http://127.0.0.1:{stand.http_port}/v1/projects/demo/snapshots", trust_env=False)

    assert (answer.status_code, answer.json()["error"]["status"]) == (501, "UNIMPLEMENTED")


def test_seeking_to_a_snapshot_is_refused(stand: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this stand-in doesn't do, it says."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{stand.port}")
    wanted = {"subscription": full("subscriptions", "any"), "snapshot": full("snapshots", "any")}
    with SubscriberClient() as subscriber, pytest.raises(MethodNotImplemented):
        subscriber.seek(request=wanted, timeout=5)


@pytest.mark.parametrize("method", ["Publisher/Publish", "Subscriber/Pull", "Subscriber/StreamingPull"])
def test_bytes_that_are_no_message_are_the_callers_fault(stand: Running, method: str) -> None:
    """Not a bug of the stand-in, whose insides are nobody's."""
    with grpc.insecure_channel(f"127.0.0.1:{stand.port}", options=(("grpc.enable_http_proxy", 0),)) as channel:
        asked = channel.stream_stream(f"/google.pubsub.v1.{method}")(iter([b"\x0a\x03\xff\xfe\xfd"]), timeout=10)
        with pytest.raises(grpc.RpcError) as refused:
            next(asked)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
