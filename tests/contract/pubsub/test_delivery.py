"""Messages are pushed as the real service pushes them, whichever way they were published."""

import base64
import threading
from contextlib import closing
from datetime import datetime

import httpx
import pytest
from google.cloud.pubsub_v1 import PublisherClient
from google.cloud.pubsub_v1.types import PublisherOptions

from emulators.pubsub.process import Running
from tests.contract.pubsub.ways import SERVICE_TOPICS, HttpWay, Outgoing, Way, arrived, full, idle, pushing
from tests.contract.receiver import Received, Receiver
from tests.waiting import wait_for


def test_a_push_request_is_the_one_of_the_real_service(way: Way, receiver: Receiver) -> None:
    """Both spellings of id and time, ordering key; the attempt only with a dead-letter policy."""
    way.subscribe(
        "with-dead-letter", "aic-deploy", pushing(receiver, deadLetterPolicy={"deadLetterTopic": SERVICE_TOPICS[4]})
    )
    (identifier,) = way.publish("aic-deploy", [Outgoing(b'{"a": "\xc3\xa4"}', {"k": "v"}, "key")])
    wait_for(lambda: len(receiver.got) == 1)
    (push,) = receiver.got
    time = push.body["message"]["publishTime"]

    assert push.path == "/push?token=a"
    assert push.headers["Content-Type"] == "application/json"
    assert datetime.fromisoformat(time).utcoffset() is not None
    assert push.body == {
        "message": {
            "data": base64.b64encode(b'{"a": "\xc3\xa4"}').decode(),
            "attributes": {"k": "v"},
            "messageId": identifier,
            "message_id": identifier,
            "publishTime": time,
            "publish_time": time,
            "orderingKey": "key",
        },
        "subscription": full("subscriptions", "with-dead-letter"),
        "deliveryAttempt": 1,
    }


def test_what_is_empty_is_left_out_of_a_push_request(way: Way, receiver: Receiver) -> None:
    """No attributes, no ordering key, no attempt."""
    way.subscribe("plain-push", "aic-snapshot", pushing(receiver))
    way.publish("aic-snapshot", [Outgoing(b"{}")])
    wait_for(lambda: len(receiver.got) == 1)

    assert receiver.got[0].body.keys() == {"message", "subscription"}
    assert receiver.got[0].body["message"].keys() == {
        "data",
        "messageId",
        "message_id",
        "publishTime",
        "publish_time",
    }


@pytest.mark.parametrize("status", [102, 200, 201, 202, 204])
def test_an_acknowledging_status_ends_the_delivery(
    way: Way, admin: httpx.Client, receiver: Receiver, status: int
) -> None:
    """These five, and the message is brought once."""
    receiver.answer = lambda _push: status
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    way.publish("aic-deploy", [Outgoing(b"x")])
    wait_for(lambda: idle(admin))

    assert len(receiver.got) == 1


@pytest.mark.parametrize("status", [203, 206, 301, 400, 404, 429, 500, 503])
def test_any_other_status_means_another_delivery(
    way: Way, admin: httpx.Client, receiver: Receiver, status: int
) -> None:
    """Client errors too; redirects are not followed."""
    receiver.answer = lambda _push: 204 if len(receiver.got) == 3 else status
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    (identifier,) = way.publish("aic-deploy", [Outgoing(b"x")])
    wait_for(lambda: idle(admin))

    assert arrived(receiver) == [identifier] * 3
    assert [item["status"] for item in admin.get("deliveries").json()] == [status, status, 204]


def test_an_answer_after_the_deadline_means_another_delivery(way: Way, admin: httpx.Client, receiver: Receiver) -> None:
    """The acknowledgement deadline is the time limit of the push request."""
    over = threading.Event()
    receiver.answer = lambda _push: 204 if len(receiver.got) > 1 or over.wait(10) else 500
    admin.put("settings", json={"ack_deadline": 0.1})
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    way.publish("aic-deploy", [Outgoing(b"x")])
    wait_for(lambda: idle(admin))
    over.set()

    assert [item["status"] for item in admin.get("deliveries").json()] == [None, 204]


def test_an_endpoint_that_is_down_is_tried_again(way: Way, admin: httpx.Client, receiver: Receiver) -> None:
    """No connection is a failed delivery like any other; a new endpoint gets what waited."""
    way.subscribe("deploy-push", "aic-deploy", {"pushConfig": {"pushEndpoint": "http://127.0.0.1:1/"}})
    way.publish("aic-deploy", [Outgoing(b"x")])
    wait_for(lambda: len(admin.get("deliveries").json()) > 1)
    way.set_endpoint("deploy-push", receiver.url)
    wait_for(lambda: idle(admin))

    assert len(receiver.got) == 1


def test_messages_wait_while_there_is_no_endpoint(way: Way, admin: httpx.Client, receiver: Receiver) -> None:
    """An empty push configuration pauses the pushing."""
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    way.set_endpoint("deploy-push", "")
    way.publish("aic-deploy", [Outgoing(b"x")])

    assert admin.get("idle").json() == {"idle": False, "outstanding": {full("subscriptions", "deploy-push"): 1}}
    assert receiver.got == []
    way.set_endpoint("deploy-push", receiver.url)
    wait_for(lambda: idle(admin))
    assert len(receiver.got) == 1


def test_a_stuck_key_holds_back_its_own_messages_only(way: Way, admin: httpx.Client, receiver: Receiver) -> None:
    """In order within a key, whatever it takes; the other keys don't wait for it."""
    open_now = threading.Event()

    def answer(push: Received) -> int:
        return 503 if push.body["message"]["orderingKey"] == "stuck" and not open_now.is_set() else 204

    receiver.answer = answer
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    stuck = [way.publish("aic-deploy", [Outgoing(b"x", ordering_key="stuck")])[0] for _ in range(3)]
    other = way.publish("aic-deploy", [Outgoing(b"x", ordering_key="other")] * 3)
    wait_for(lambda: set(other) <= set(arrived(receiver)) and arrived(receiver).count(stuck[0]) > 2)

    assert not {*stuck[1:]} & {*arrived(receiver)}
    open_now.set()
    wait_for(lambda: idle(admin))
    delivered = [item["message_id"] for item in admin.get("deliveries").json() if item["acknowledged"]]
    assert [identifier for identifier in delivered if identifier in stuck] == stuck
    assert [identifier for identifier in delivered if identifier in other] == other


def test_a_message_that_fails_for_good_is_brought_to_the_dead_letter_subscription(
    way: Way, admin: httpx.Client, receiver: Receiver
) -> None:
    """The attempts are counted, and the dead letter says where it comes from."""
    receiver.answer = lambda push: 204 if push.body["subscription"].endswith("dead-push") else 500
    dead = {"deadLetterTopic": SERVICE_TOPICS[4], "maxDeliveryAttempts": 5}
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver, deadLetterPolicy=dead))
    way.subscribe("dead-push", "aic-deploy-dead-letter", pushing(receiver))
    way.publish("aic-deploy", [Outgoing(b"x", {"k": "v"}, "key")])
    wait_for(lambda: idle(admin))

    assert [push.body.get("deliveryAttempt") for push in receiver.got] == [1, 2, 3, 4, 5, None]
    letter = receiver.got[-1].body["message"]
    assert letter["attributes"].items() >= {"k": "v", "CloudPubSubDeadLetterSourceDeliveryCount": "5"}.items()
    assert letter["orderingKey"] == "key"


def test_every_subscription_of_a_topic_gets_every_message(way: Way, admin: httpx.Client, receiver: Receiver) -> None:
    """And one that comes later gets none of the earlier ones."""
    way.publish("aic-plan", [Outgoing(b"early")])
    for name in ("one", "two"):
        way.subscribe(f"push-{name}", "aic-plan", pushing(receiver))
    way.publish("aic-plan", [Outgoing(b"late")])
    wait_for(lambda: idle(admin))

    assert sorted(push.body["subscription"][-3:] for push in receiver.got) == ["one", "two"]


def test_the_batching_client_publishes_in_order(
    stand: Running, admin: httpx.Client, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """google-cloud-pubsub with PUBSUB_EMULATOR_HOST, which tests of other people may use."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{stand.port}")
    with closing(HttpWay(stand.http_port)) as way:
        way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    with PublisherClient(publisher_options=PublisherOptions(enable_message_ordering=True)) as publisher:
        topic = publisher.topic_path("demo", "aic-deploy")
        futures = [publisher.publish(topic, b"%d" % number, ordering_key="k", n="1") for number in range(10)]
        ids = [future.result(timeout=10) for future in futures]
    wait_for(lambda: idle(admin))

    assert arrived(receiver) == ids
