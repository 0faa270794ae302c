"""Where Google's own emulator (0.8.20) is not the real service, and why the stand-in is needed beside it.

Each test holds the defect: one that fails says that Google has mended something. Two more would take too long to wait
for: the acknowledgement deadline is not enforced on pushes, and ordered subscriptions ignore the retry policy.
"""

from collections.abc import Iterator

import pytest

from tests.contract.pubsub import google_emulator
from tests.contract.pubsub.brokers import Broker
from tests.contract.pubsub.google_emulator import Emulator, needs_google_emulator
from tests.contract.pubsub.ways import SERVICE_TOPICS, Outgoing, Way, arrived, pushing
from tests.contract.receiver import Receiver
from tests.waiting import wait_for

pytestmark = needs_google_emulator


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with google_emulator.running() as emulator:
        yield emulator


@pytest.fixture
def way(emulator: Emulator) -> Iterator[Way]:
    broker = Broker(emulator.port, emulator.port)
    broker.clear()
    with broker.way("grpc") as way:
        yield way


def test_a_push_has_neither_ordering_key_nor_delivery_attempt(way: Way, receiver: Receiver) -> None:
    """The real service sends both, the second one when there is a dead-letter policy; so does the stand-in."""
    policy = {"deadLetterTopic": SERVICE_TOPICS[4]}
    plain = {"pushConfig": {"pushEndpoint": receiver.url}}
    way.subscribe("ordered-push", "aic-deploy", pushing(receiver))
    way.subscribe("attempts-push", "aic-deploy", {**plain, "deadLetterPolicy": policy})
    way.publish("aic-deploy", [Outgoing(b"x", ordering_key="k")])

    for push in receiver.wait(2):
        assert push.body.keys() == {"message", "subscription"}
        assert "orderingKey" not in push.body["message"]


def test_a_202_is_no_acknowledgement(way: Way, receiver: Receiver) -> None:
    """The real service takes it for one; so does the stand-in. The service answers 200 or 204, which all three take."""
    receiver.answer = lambda _push: 202 if len(receiver.got) == 1 else 204
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    (identifier,) = way.publish("aic-deploy", [Outgoing(b"x")])

    assert [push.body["message"]["messageId"] for push in receiver.wait(2)] == [identifier] * 2


def test_a_filter_is_taken_and_ignored(way: Way, receiver: Receiver) -> None:
    """The real service leaves out what does not fit, and so does the stand-in."""
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver, filter='attributes.kind = "deploy"'))
    ids = [way.publish("aic-deploy", [Outgoing(b"x", {"kind": kind}, "k")])[0] for kind in ("other", "deploy")]
    receiver.wait(2)

    assert arrived(receiver) == ids


def test_ordering_and_dead_letters_together_break_the_pushing(way: Way, emulator: Emulator, receiver: Receiver) -> None:
    """A NullPointerException ends the push loop of the subscription: the message is in neither place.

    That is how the service is set up in the cloud, so it is tested on the stand-in.
    """
    receiver.answer = lambda push: 204 if push.body["subscription"].endswith("dead-push") else 500
    policy = {"deadLetterTopic": SERVICE_TOPICS[4], "maxDeliveryAttempts": 5}
    way.subscribe("dead-push", "aic-deploy-dead-letter", pushing(receiver))
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver, deadLetterPolicy=policy))
    way.publish("aic-deploy", [Outgoing(b"poison", ordering_key="k")])
    wait_for(lambda: "NullPointerException" in emulator.log.read_text(errors="replace"), seconds=60)

    assert {push.body["subscription"].rpartition("/")[2] for push in receiver.got} == {"deploy-push"}


@pytest.mark.parametrize(
    "message",
    [
        Outgoing(b"x", ordering_key="k" * 1025),
        Outgoing(b"x", {"googclient": "v"}),
        Outgoing(b"x", {"k" * 257: "v"}),
        Outgoing(b"x", {"k": "v" * 1025}),
        Outgoing(b"x", {f"k{number}": "v" for number in range(101)}),
    ],
    ids=["ordering key", "reserved attribute", "attribute name", "attribute value", "number of attributes"],
)
def test_limits_are_not_enforced(way: Way, message: Outgoing) -> None:
    """The real service refuses each of these; so does the stand-in."""
    assert len(way.publish("aic-deploy", [message])) == 1
