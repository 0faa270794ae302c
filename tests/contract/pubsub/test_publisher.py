"""The service's publisher, against the stand-in, against Google's own emulator, and against nobody."""

import socket
import time
import traceback

import grpc
import httpx
import pytest
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from emulators.pubsub.process import Running
from shared.adapters.pubsub import PubSubPublisher
from shared.domain.errors import Permanent, Transient
from shared.ports import Publisher
from tests.contract.pubsub import google_emulator
from tests.contract.pubsub.google_emulator import needs_google_emulator

CANARY = "canary-4711"


@pytest.fixture
def publisher(stand: Running, admin: httpx.Client) -> Publisher:
    return PubSubPublisher(project="demo", emulator=f"127.0.0.1:{stand.port}")


def publish(publisher: Publisher, topic: str = "aic-deploy", *, key: str = "key", timeout: float = 5) -> str:
    return publisher.publish(topic, CANARY.encode(), ordering_key=key, attributes={"origin": CANARY}, timeout=timeout)


def test_a_message_is_stored_when_publish_returns(publisher: Publisher, stand: Running) -> None:
    """With its data, attributes and ordering key, under the id that was returned."""
    identifier = publish(publisher)

    (stored,) = stand.exchange.published("aic-deploy")
    assert stored["message_id"] == identifier
    assert stored["data"] == CANARY
    assert stored["attributes"] == {"origin": CANARY}
    assert stored["ordering_key"] == "key"


def test_a_passing_failure_is_tried_again(publisher: Publisher, admin: httpx.Client, stand: Running) -> None:
    """Within one call, unseen by the caller."""
    admin.put("faults", json=[{"kind": kind, "times": 1} for kind in ("503", "500", "429")])
    publish(publisher)

    assert len(stand.exchange.published()) == 1
    assert admin.get("counters").json()["requests"] == 4


@pytest.mark.parametrize("kind", ["drop", "503"])
def test_an_answer_that_got_lost_means_the_message_is_stored_twice(
    publisher: Publisher, admin: httpx.Client, stand: Running, kind: str
) -> None:
    """At least once: nothing is lost, and receivers must bear duplicates."""
    admin.put("faults", json=[{"kind": kind, "times": 1, "phase": "after"}])
    publish(publisher)

    assert len(stand.exchange.published()) == 2


@pytest.mark.parametrize("kind", ["empty", "malformed"])
def test_an_answer_without_an_id_is_no_success(publisher: Publisher, admin: httpx.Client, kind: str) -> None:
    """What can't be read as stored is not reported as stored."""
    admin.put("faults", json=[{"kind": kind}])

    with pytest.raises(Transient) as caught:
        publish(publisher, timeout=0.5)
    assert caught.value.reason == "pubsub-unavailable"


@pytest.mark.parametrize(("kind", "reason"), [("401", "pubsub-refused"), ("403", "pubsub-refused")])
def test_a_refusal_is_permanent_and_not_tried_again(
    publisher: Publisher, admin: httpx.Client, kind: str, reason: str
) -> None:
    """Missing rights don't come back by trying."""
    admin.put("faults", json=[{"kind": kind}])

    with pytest.raises(Permanent) as caught:
        publish(publisher)
    assert caught.value.reason == reason
    assert admin.get("counters").json()["requests"] == 1


@pytest.mark.parametrize(("topic", "key"), [("aic-typo", "key"), ("aic-deploy", CANARY * 100)])
def test_no_error_tells_the_message(publisher: Publisher, topic: str, key: str) -> None:
    """Neither its own text nor anything in the trace."""
    with pytest.raises(Permanent) as caught:
        publish(publisher, topic, key=key)

    assert caught.value.reason == "pubsub-refused"
    trace = "".join(traceback.format_exception(caught.value))
    assert topic in trace
    assert CANARY not in trace


def test_nobody_there_is_transient_within_the_budget() -> None:
    """A closed port, and one that takes connections but never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        open_port = silent.getsockname()[1]
        with socket.create_server(("127.0.0.1", 0)) as closing:
            closed_port = closing.getsockname()[1]
        for port in (closed_port, open_port):
            started_at = time.monotonic()
            with pytest.raises(Transient) as caught:
                publish(PubSubPublisher(project="demo", emulator=f"127.0.0.1:{port}"), timeout=1)
            assert caught.value.reason == "pubsub-unavailable"
            assert time.monotonic() - started_at < 3


def test_a_slow_pubsub_is_transient_within_the_budget(publisher: Publisher, admin: httpx.Client) -> None:
    """The budget holds over all attempts together."""
    admin.put("faults", json=[{"kind": "slow", "delay_ms": 3000}])
    started_at = time.monotonic()

    with pytest.raises(Transient):
        publish(publisher, timeout=1)
    assert time.monotonic() - started_at < 3


def test_no_client_is_made_before_the_first_message() -> None:
    """Neither credentials nor an address that resolves are needed to build a publisher."""
    PubSubPublisher(project="demo", emulator=None, region="europe-west3")


@needs_google_emulator
def test_the_publisher_speaks_with_googles_own_emulator() -> None:
    """What works here works with the stand-in for a reason; an unknown topic is refused there too."""
    with google_emulator.running() as emulator, grpc.insecure_channel(emulator.address) as channel:
        client = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        client.create_topic(name="projects/demo/topics/aic-deploy", timeout=30)
        publisher = PubSubPublisher(project="demo", emulator=emulator.address)

        assert publish(publisher, timeout=30) != publish(publisher, timeout=30)
        with pytest.raises(Permanent) as caught:
            publish(publisher, "aic-typo", timeout=30)
    assert caught.value.reason == "pubsub-refused"
