"""What the service builds on: the same promises are kept by the stand-in and by Google's own emulator.

Where the two differ stands in test_google_defects.py; what only the stand-in has is in the other modules.
"""

import base64
import threading
from datetime import datetime

import pytest
from google.cloud.pubsub_v1 import PublisherClient
from google.cloud.pubsub_v1.types import PublisherOptions

from shared.adapters.pubsub import PubSubPublisher
from tests.contract.pubsub.brokers import Broker
from tests.contract.pubsub.ways import SERVICE_TOPICS, Denied, Outgoing, Way, arrived, full, pushing
from tests.contract.receiver import Received, Receiver
from tests.waiting import wait_for

QUICK = {"minimumBackoff": "0.1s", "maximumBackoff": "0.2s"}


def text(push: Received) -> str:
    return base64.b64decode(push.body["message"]["data"]).decode()


def times(receiver: Receiver, wanted: str) -> int:
    """How often a message with this text came."""
    return [text(push) for push in list(receiver.got)].count(wanted)


def test_a_push_request_has_message_and_subscription(either: Way, receiver: Receiver) -> None:
    """To the endpoint with its query, as JSON; both spellings of id and time."""
    either.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    (identifier,) = either.publish("aic-deploy", [Outgoing("{ä}".encode(), {"k": "v"}, "key")])
    (push,) = receiver.wait()
    message = push.body["message"]

    assert push.path == "/push?token=a"
    assert push.headers["Content-Type"] == "application/json"
    assert push.body["subscription"] == full("subscriptions", "deploy-push")
    assert base64.b64decode(message["data"]).decode() == "{ä}"
    assert message["attributes"] == {"k": "v"}
    assert message["messageId"] == message["message_id"] == identifier
    assert message["publishTime"] == message["publish_time"]
    assert datetime.fromisoformat(message["publishTime"]).utcoffset() is not None


def test_a_message_may_have_attributes_alone_or_data_alone(either: Way, receiver: Receiver) -> None:
    """What is missing is empty; a message with neither is refused."""
    either.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    either.publish("aic-deploy", [Outgoing(b"", {"k": "v"}, "key")])
    either.publish("aic-deploy", [Outgoing(b"x", {}, "key")])
    with pytest.raises(Denied, match="INVALID_ARGUMENT"):
        either.publish("aic-deploy", [Outgoing()])
    first, second = (push.body["message"] for push in receiver.wait(2))

    assert (first["data"], first["attributes"]) == ("", {"k": "v"})
    assert (second["data"], second.get("attributes", {})) == ("eA==", {})


def test_every_publish_makes_a_message_of_its_own(either: Way, receiver: Receiver) -> None:
    """Nobody recognises a second one as the same: receivers must."""
    either.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    ids = [either.publish("aic-deploy", [Outgoing(b"x", ordering_key="k")])[0] for _ in range(2)]
    receiver.wait(2)

    assert len(set(ids)) == 2
    assert arrived(receiver) == ids


def test_a_status_that_acknowledges_ends_the_delivery(either: Way, receiver: Receiver) -> None:
    """The next message of the key comes, and none twice."""
    statuses = [102, 200, 201, 204]
    receiver.answer = lambda push: int(text(push))
    either.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    for status in (*statuses, 204):
        either.publish("aic-deploy", [Outgoing(b"%d" % status, ordering_key="k")])
    receiver.wait(5)

    assert [int(text(push)) for push in receiver.got] == [*statuses, 204]


def test_any_other_status_means_another_delivery(either: Way, receiver: Receiver) -> None:
    """Redirects, client errors and server errors alike; it is the same message, and it stops when it is taken."""
    statuses = ["206", "301", "400", "404", "429", "500", "503"]
    receiver.answer = lambda push: int(text(push)) if times(receiver, text(push)) == 1 else 204
    either.subscribe("deploy-push", "aic-deploy", {**pushing(receiver), "retryPolicy": QUICK})
    ids = {either.publish("aic-deploy", [Outgoing(status.encode(), ordering_key=status)])[0] for status in statuses}
    wait_for(lambda: all(times(receiver, status) == 2 for status in statuses))
    ends = [either.publish("aic-deploy", [Outgoing(b"204", ordering_key=status)])[0] for status in statuses]
    wait_for(lambda: set(ends) <= set(arrived(receiver)))

    assert {*arrived(receiver)} == {*ids, *ends}
    assert all(times(receiver, status) == 2 for status in statuses)


def test_a_stuck_key_holds_back_its_own_messages_only(either: Way, receiver: Receiver) -> None:
    """In order within a key, whatever it takes; the other keys don't wait for it."""
    open_now = threading.Event()
    receiver.answer = lambda push: 503 if text(push) == "stuck" and not open_now.is_set() else 204
    either.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    first = either.publish("aic-deploy", [Outgoing(b"stuck", ordering_key="a")])[0]
    later = [either.publish("aic-deploy", [Outgoing(b"later", ordering_key="a")])[0] for _ in range(2)]
    either.publish("aic-deploy", [Outgoing(b"other", ordering_key="b")] * 3)
    wait_for(lambda: times(receiver, "other") == 3 and times(receiver, "stuck") > 1)

    assert times(receiver, "later") == 0
    open_now.set()
    wait_for(lambda: times(receiver, "later") == 2)
    assert [one for one in arrived(receiver) if one in later] == later
    assert arrived(receiver).index(later[0]) > arrived(receiver).index(first)


def test_messages_wait_until_there_is_an_endpoint(either: Way, receiver: Receiver) -> None:
    """A subscription without one keeps them."""
    either.subscribe("deploy-push", "aic-deploy", {"enableMessageOrdering": True})
    (identifier,) = either.publish("aic-deploy", [Outgoing(b"x")])
    either.set_endpoint("deploy-push", receiver.url)
    receiver.wait()

    assert arrived(receiver) == [identifier]


def test_every_subscription_of_a_topic_gets_every_message(either: Way, receiver: Receiver) -> None:
    """And one that comes later gets none of the earlier ones."""
    either.publish("aic-plan", [Outgoing(b"early", ordering_key="k")])
    for name in ("one", "two"):
        either.subscribe(f"push-{name}", "aic-plan", pushing(receiver))
    either.publish("aic-plan", [Outgoing(b"late", ordering_key="k")])
    receiver.wait(2)

    assert sorted((push.body["subscription"][-3:], text(push)) for push in receiver.got) == [
        ("one", "late"),
        ("two", "late"),
    ]


def test_topics_come_and_go(either: Way) -> None:
    """Each is there once, and what is not there is not found."""
    either.create_topic("mine")
    assert full("topics", "mine") in either.topics()
    with pytest.raises(Denied, match="ALREADY_EXISTS"):
        either.create_topic("mine")
    either.delete_topic("mine")
    assert full("topics", "mine") not in either.topics()
    for call in (lambda: either.delete_topic("mine"), lambda: either.publish("mine", [Outgoing(b"x")])):
        with pytest.raises(Denied, match="NOT_FOUND"):
            call()
    with pytest.raises(Denied, match="INVALID_ARGUMENT"):
        either.create_topic("ab")


def test_subscriptions_come_and_go(either: Way, receiver: Receiver) -> None:
    """What was asked for is shown, defaults are filled in; each name is there once."""
    shown = either.subscribe("deploy-push", "aic-deploy", pushing(receiver))

    assert shown == either.subscription("deploy-push")
    assert shown["topic"] == full("topics", "aic-deploy")
    assert shown["pushConfig"] == {"pushEndpoint": receiver.url}
    assert shown["enableMessageOrdering"] is True
    assert (shown["ackDeadlineSeconds"], shown["messageRetentionDuration"]) == (10, "604800s")
    assert either.subscriptions() == either.subscriptions("aic-deploy") == [shown["name"]]
    with pytest.raises(Denied, match="ALREADY_EXISTS"):
        either.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    either.unsubscribe("deploy-push")
    with pytest.raises(Denied, match="NOT_FOUND"):
        either.subscription("deploy-push")


@pytest.mark.parametrize(
    ("topic", "settings", "status"),
    [
        ("missing", {}, "NOT_FOUND"),
        ("aic-deploy", {"ackDeadlineSeconds": 601}, "INVALID_ARGUMENT"),
        ("aic-deploy", {"pushConfig": {"pushEndpoint": "ftp://127.0.0.1/"}}, "INVALID_ARGUMENT"),
        ("aic-deploy", {"retryPolicy": {"minimumBackoff": "20s", "maximumBackoff": "10s"}}, "INVALID_ARGUMENT"),
        ("aic-deploy", {"deadLetterPolicy": {"deadLetterTopic": full("topics", "missing")}}, "NOT_FOUND"),
    ],
)
def test_a_subscription_that_can_not_be_is_refused(
    either: Way, topic: str, settings: dict[str, object], status: str
) -> None:
    """And is not there afterwards."""
    with pytest.raises(Denied, match=status):
        either.subscribe("deploy-push", topic, settings)
    assert either.subscriptions() == []


def test_a_message_that_fails_five_times_goes_to_the_dead_letter_topic(broker: Broker, receiver: Receiver) -> None:
    """With its data and attributes, and where it comes from. Without ordering, which Google's emulator can't bear."""
    receiver.answer = lambda push: 204 if push.body["subscription"].endswith("dead-push") else 500
    policy = {"deadLetterTopic": SERVICE_TOPICS[4], "maxDeliveryAttempts": 5}
    plain = {"pushConfig": {"pushEndpoint": receiver.url}}
    with broker.way("grpc") as way:
        way.subscribe("dead-push", "aic-deploy-dead-letter", plain)
        way.subscribe("deploy-push", "aic-deploy", {**plain, "retryPolicy": QUICK, "deadLetterPolicy": policy})
        way.publish("aic-deploy", [Outgoing(b"poison", {"k": "v"})])
        wait_for(
            lambda: any(push.body["subscription"].endswith("dead-push") for push in list(receiver.got)), seconds=60
        )
    *attempts, last = receiver.got
    letter = dict(last.body["message"]["attributes"])

    assert len(attempts) == 5
    assert text(last) == "poison"
    assert datetime.fromisoformat(letter.pop("CloudPubSubDeadLetterSourceTopicPublishTime"))
    assert letter == {
        "k": "v",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": "deploy-push",
        "CloudPubSubDeadLetterSourceSubscriptionProject": "demo",
    }


def test_the_batching_client_publishes_in_order(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """google-cloud-pubsub with nothing but PUBSUB_EMULATOR_HOST."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", broker.address)
    with broker.way("http") as way:
        way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    with PublisherClient(publisher_options=PublisherOptions(enable_message_ordering=True)) as publisher:
        topic = publisher.topic_path("demo", "aic-deploy")
        futures = [publisher.publish(topic, b"%d" % number, ordering_key="k", n="1") for number in range(10)]
        ids = [future.result(timeout=10) for future in futures]
    receiver.wait(10)

    assert arrived(receiver) == ids


def test_what_the_service_publishes_arrives(broker: Broker, receiver: Receiver) -> None:
    """Data, attributes and id, under its one setting for either."""
    publisher = PubSubPublisher(project="demo", emulator=broker.address)
    with broker.way("grpc") as way:
        way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    identifier = publisher.publish("aic-deploy", b"{}", ordering_key="k", attributes={"origin": "me"}, timeout=10)
    (push,) = receiver.wait()

    assert arrived(receiver) == [identifier]
    assert (text(push), push.body["message"]["attributes"]) == ("{}", {"origin": "me"})
