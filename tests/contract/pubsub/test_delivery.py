"""Messages are pushed as the real service pushes them, whichever way they were published."""

import base64
import threading
from datetime import datetime

import httpx
import pytest

from tests.contract.pubsub.ways import SERVICE_TOPICS, Outgoing, Way, arrived, full, idle, pushing
from tests.contract.receiver import Receiver
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


def test_a_name_that_nothing_can_have_is_an_endpoint_that_is_down(way: Way, admin: httpx.Client) -> None:
    """The message is tried again, instead of being under way for ever."""
    way.subscribe("deploy-push", "aic-deploy", {"pushConfig": {"pushEndpoint": f"http://{'ü' * 70}.example/"}})
    way.publish("aic-deploy", [Outgoing(b"x")])

    wait_for(lambda: len(admin.get("deliveries").json()) >= 2)


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
