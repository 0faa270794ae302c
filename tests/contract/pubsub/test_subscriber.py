"""The stand-in as Google's own subscriber and gcloud see it, which know nothing of what it is."""

import json
import os
import queue
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.api_core.exceptions import FailedPrecondition, InvalidArgument, NotFound
from google.cloud import pubsub_v1

from emulators.pubsub.gcloud import environment
from emulators.pubsub.process import Running
from tests.contract.optional import needed
from tests.contract.pubsub.ways import GrpcWay, Outgoing, Way, arrived, full, idle, pushing
from tests.contract.receiver import Receiver
from tests.waiting import wait_for

TOPIC, NAME, DEAD = full("topics", "aic-deploy"), full("subscriptions", "kept"), "aic-deploy-dead-letter"
LETTERS = {"deadLetterTopic": full("topics", DEAD), "maxDeliveryAttempts": 5}


@pytest.fixture
def way(stand: Running, admin: httpx.Client) -> Iterator[Way]:
    made = GrpcWay(stand.port)
    yield made
    made.close()


@pytest.fixture
def subscriber(stand: Running, admin: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Google's batching client as it comes."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{stand.port}")
    with pubsub_v1.SubscriberClient() as client:
        yield client


def test_messages_stream_to_a_subscriber_as_they_come(way: Way, subscriber: Any, admin: httpx.Client) -> None:
    """What is acknowledged is gone; what is not, comes again until it is dead."""
    way.subscribe("kept", "aic-deploy", {"deadLetterPolicy": LETTERS})
    way.subscribe("dead", DEAD, {})
    got: queue.SimpleQueue[tuple[bytes, int]] = queue.SimpleQueue()

    def take(message: Any) -> None:
        got.put((message.data, message.delivery_attempt))
        (message.nack if message.data == b"bad" else message.ack)()

    streaming = subscriber.subscribe(NAME, take)
    way.publish("aic-deploy", [Outgoing(b"bad"), Outgoing(b"good")])
    seen = sorted(got.get(timeout=20) for _ in range(6))
    wait_for(lambda: admin.get("idle").json()["outstanding"] == {full("subscriptions", "dead"): 1})
    streaming.cancel()
    streaming.result(timeout=20)

    assert seen == [*((b"bad", attempt) for attempt in range(1, 6)), (b"good", 1)]
    (dead,) = way.pull("dead")
    assert (dead.data, dead.attributes["CloudPubSubDeadLetterSourceDeliveryCount"]) == (b"bad", "5")


def test_a_stream_ends_with_what_is_wrong(way: Way, subscriber: Any, receiver: Receiver) -> None:
    """A subscription that is missing, that is pushed, or that goes while it is listened to."""
    way.subscribe("pushed", "aic-deploy", pushing(receiver))
    way.subscribe("kept", "aic-deploy", {})
    listening = subscriber.subscribe(NAME, lambda message: message.ack())
    for name, error in (("missing", NotFound), ("pushed", FailedPrecondition)):
        with pytest.raises(error):
            subscriber.subscribe(full("subscriptions", name), print).result(timeout=20)
    way.unsubscribe("kept")
    with pytest.raises(NotFound):
        listening.result(timeout=20)


def test_what_a_filter_leaves_out_never_comes(way: Way, receiver: Receiver, admin: httpx.Client) -> None:
    """By push or by pull; it is as if it were acknowledged."""
    wanted = 'attributes.kind = "deploy"'
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver, filter=wanted))
    way.subscribe("kept", "aic-deploy", {"filter": wanted})
    ids = [way.publish("aic-deploy", [Outgoing(b"x", {"kind": kind}, "k")])[0] for kind in ("other", "deploy")]
    receiver.wait()

    assert [each.message for each in way.pull("kept")] == arrived(receiver) == ids[1:]
    assert way.subscription("kept")["filter"] == wanted


def test_an_attempt_is_told_only_where_letters_die(way: Way, subscriber: Any, admin: httpx.Client) -> None:
    """A lease that ends is an attempt that failed; a retry policy holds for pulling too."""
    admin.put("settings", json={"min_backoff": -1})
    way.subscribe("kept", "aic-deploy", {"deadLetterPolicy": LETTERS, "retryPolicy": {"minimumBackoff": "600s"}})
    way.subscribe("plain", "aic-deploy", {})
    way.publish("aic-deploy", [Outgoing(b"x")])
    (first,) = subscriber.pull(subscription=NAME, max_messages=1).received_messages
    (other,) = subscriber.pull(subscription=full("subscriptions", "plain"), max_messages=1).received_messages
    way.modify_deadline("kept", first.ack_id, seconds=0)

    assert (first.delivery_attempt, other.delivery_attempt) == (1, 0)
    assert way.pull("kept") == []


def test_as_many_are_pulled_as_are_asked_for(way: Way) -> None:
    """More than are pushed at once."""
    way.subscribe("kept", "aic-deploy", {})
    way.publish("aic-deploy", [Outgoing(b"x")] * 200)

    assert len(way.pull("kept", most=150)) == 150
    assert len(way.pull("kept", most=150)) == 50


def test_a_subscription_is_changed_field_by_field(way: Way, subscriber: Any, receiver: Receiver) -> None:
    """What is not named stays; what was waiting is pushed once there is an endpoint."""
    way.subscribe("kept", "aic-deploy", {"ackDeadlineSeconds": 20, "labels": {"a": "b"}})
    way.publish("aic-deploy", [Outgoing(b"x")])
    wanted = {"name": NAME, "push_config": {"push_endpoint": receiver.url}, "ack_deadline_seconds": 30}
    subscriber.update_subscription(subscription=wanted, update_mask={"paths": ["push_config"]})
    receiver.wait()
    shown = way.subscription("kept")

    assert (shown["ackDeadlineSeconds"], shown["labels"]) == (20, {"a": "b"})
    for paths in ([], ["filter"], ["topic"], ["name"], ["enable_message_ordering"], ["no_such"]):
        with pytest.raises(InvalidArgument):
            subscriber.update_subscription(subscription=wanted, update_mask={"paths": paths})
    bad = {"name": NAME, "ack_deadline_seconds": 9}
    with pytest.raises(InvalidArgument):
        subscriber.update_subscription(subscription=bad, update_mask={"paths": ["ack_deadline_seconds"]})
    lost = {"name": NAME, "dead_letter_policy": {"dead_letter_topic": full("topics", "missing")}}
    with pytest.raises(NotFound):
        subscriber.update_subscription(subscription=lost, update_mask={"paths": ["dead_letter_policy"]})
    assert way.subscription("kept") == shown


def test_seeking_forgets_what_is_older_and_brings_back_what_is_retained(way: Way, subscriber: Any) -> None:
    """Acknowledgements of before the seek do nothing any more."""
    way.subscribe("kept", "aic-deploy", {"retainAckedMessages": True})
    way.subscribe("plain", "aic-deploy", {})
    (number,) = way.publish("aic-deploy", [Outgoing(b"x")])
    for name in ("kept", "plain"):
        (pulled,) = way.pull(name)
        way.acknowledge(name, pulled.handle)
        past = datetime.now(UTC) - timedelta(hours=1)
        subscriber.seek(request={"subscription": full("subscriptions", name), "time": past})
    (again,) = way.pull("kept")

    assert (again.message, way.pull("plain")) == (number, [])
    subscriber.seek(request={"subscription": NAME, "time": datetime.now(UTC) + timedelta(hours=1)})
    way.acknowledge("kept", again.handle)
    way.modify_deadline("kept", again.handle, seconds=0)
    assert way.pull("kept") == []
    way.publish("aic-deploy", [Outgoing(b"y")])
    assert [each.data for each in way.pull("kept")] == [b"y"]


def test_seeking_while_a_push_is_under_way_leaves_nothing_of_it(
    way: Way, subscriber: Any, receiver: Receiver, admin: httpx.Client
) -> None:
    """Its failure is nobody's any more."""
    future = datetime.now(UTC) + timedelta(hours=1)

    def answer(push: Any) -> int:
        if len(receiver.got) == 1:
            subscriber.seek(request={"subscription": full("subscriptions", "deploy-push"), "time": future})
            return 500
        return 204

    receiver.answer = answer
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    way.publish("aic-deploy", [Outgoing(b"x", ordering_key="k")])
    wait_for(lambda: len(admin.get("deliveries").json()) == 1)
    assert idle(admin)
    (number,) = way.publish("aic-deploy", [Outgoing(b"y", ordering_key="k")])
    receiver.wait(2)
    assert arrived(receiver)[-1] == number


def test_lists_come_page_by_page(way: Way, stand: Running) -> None:
    """Each entry once, none twice."""
    for number in range(5):
        way.subscribe(f"kept-{number}", "aic-deploy", {})
    for place, key in (("subscriptions", "subscriptions"), ("topics/aic-deploy/subscriptions", "subscriptions")):
        got: list[str] = []
        token, pages = "", 0
        while pages == 0 or token:
            url = f"http://127.0.0.1:{stand.http_port}/v1/projects/demo/{place}"
            answer = httpx.get(url, params={"pageSize": 2, "pageToken": token}, trust_env=False).json()
            got += [each if isinstance(each, str) else each["name"] for each in answer[key]]
            token, pages = answer.get("nextPageToken", ""), pages + 1
        assert (got, pages) == ([full("subscriptions", f"kept-{number}") for number in range(5)], 3)
    for size in ("-1", "x"):
        refused = httpx.get(url, params={"pageSize": size}, trust_env=False)
        assert refused.json()["error"]["status"] == "INVALID_ARGUMENT"


@needed(shutil.which("gcloud") is not None, why="gcloud is not installed")
def test_gcloud_changes_seeks_and_detaches(way: Way, stand: Running, tmp_path: Path) -> None:
    """As people type it."""
    settings = {"PATH": os.environ["PATH"], **environment(stand.http_port, "demo", config=tmp_path)}

    def gcloud(*words: str) -> Any:
        command = ["gcloud", "pubsub", *words, "--format=json"]
        said = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=120, check=False)
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout or "null")

    way.subscribe("kept", "aic-deploy", {})
    way.publish("aic-deploy", [Outgoing(b"x")])
    gcloud("topics", "update", "aic-deploy", "--update-labels=a=b")
    changed = ("--ack-deadline=77", "--min-retry-delay=20s", "--max-delivery-attempts=6")
    gcloud("subscriptions", "update", "kept", *changed, f"--dead-letter-topic={DEAD}")
    shown = way.subscription("kept")
    gcloud("subscriptions", "update", "kept", "--clear-dead-letter-policy")
    gcloud("subscriptions", "seek", "kept", "--time=2100-01-01T00:00:00Z")
    assert way.pull("kept") == []
    gcloud("topics", "detach-subscription", "kept")
    way.publish("aic-deploy", [Outgoing(b"y")])

    assert gcloud("topics", "describe", "aic-deploy")["labels"] == {"a": "b"}
    assert (shown["ackDeadlineSeconds"], shown["retryPolicy"]["minimumBackoff"]) == (77, "20s")
    assert shown["deadLetterPolicy"]["maxDeliveryAttempts"] == 6
    assert "deadLetterPolicy" not in way.subscription("kept")
    assert gcloud("subscriptions", "describe", "kept")["detached"] is True
