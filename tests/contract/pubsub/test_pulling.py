"""What waits in a subscription without an endpoint, until it is pulled: the stand-in, and Google's own emulator."""

import pytest

from tests.contract.pubsub.ways import Denied, Outgoing, Way, pushing
from tests.contract.receiver import Receiver


def test_what_is_pulled_comes_as_it_was_published(either: Way) -> None:
    """With its key, and an id by which it is acknowledged."""
    either.subscribe("kept", "aic-deploy", {})
    (number,) = either.publish("aic-deploy", [Outgoing("{ä}".encode(), {"k": "v"}, "key")])

    (pulled,) = either.pull("kept")

    assert (pulled.message, pulled.data.decode(), pulled.attributes, pulled.ordering_key) == (
        number,
        "{ä}",
        {"k": "v"},
        "key",
    )
    assert pulled.handle


def test_what_was_acknowledged_is_gone_and_what_was_given_back_is_there_again(either: Way) -> None:
    """What is leased to one comes to no other meanwhile."""
    either.subscribe("kept", "aic-deploy", {"ackDeadlineSeconds": 600})
    either.publish("aic-deploy", [Outgoing(b"one"), Outgoing(b"two")])
    first = {each.data: each for each in either.pull("kept", most=2)}

    either.acknowledge("kept", first[b"one"].handle)
    either.modify_deadline("kept", first[b"two"].handle, seconds=0)
    (again,) = either.pull("kept")

    assert again.data == b"two"


def test_at_most_as_many_come_as_were_asked_for(way: Way) -> None:
    """The others wait."""
    way.subscribe("kept", "aic-deploy", {})
    way.publish("aic-deploy", [Outgoing(b"one"), Outgoing(b"two"), Outgoing(b"three")])

    assert [len(way.pull("kept", most=2)), len(way.pull("kept", most=2)), way.pull("kept", most=2)] == [2, 1, []]


def test_a_longer_lease_is_kept_and_an_unknown_id_does_nothing(way: Way) -> None:
    """An acknowledgement may come late, or twice."""
    way.subscribe("kept", "aic-deploy", {})
    way.publish("aic-deploy", [Outgoing(b"one")])
    (pulled,) = way.pull("kept")

    way.modify_deadline("kept", pulled.handle, seconds=600)
    way.acknowledge("kept", "no-such-id")
    assert way.pull("kept") == []

    way.acknowledge("kept", pulled.handle, pulled.handle)
    way.acknowledge("kept", pulled.handle)
    way.modify_deadline("kept", pulled.handle, seconds=0)
    assert way.pull("kept") == []


@pytest.mark.parametrize("name", ["pushed", "missing"])
def test_only_what_is_there_to_be_pulled_can_be(way: Way, receiver: Receiver, name: str) -> None:
    """A push subscription has its endpoint."""
    way.subscribe("pushed", "aic-deploy", pushing(receiver))
    status = {"pushed": "FAILED_PRECONDITION", "missing": "NOT_FOUND"}[name]

    for call in (lambda: way.pull(name), lambda: way.acknowledge(name, "a")):
        with pytest.raises(Denied, match=status):
            call()


def test_questions_without_sense_are_refused(way: Way) -> None:
    """As by the real service."""
    way.subscribe("kept", "aic-deploy", {})

    for call in (
        lambda: way.pull("kept", most=0),
        lambda: way.acknowledge("kept"),
        lambda: way.modify_deadline("kept", seconds=0),
        lambda: way.modify_deadline("kept", "a", seconds=601),
    ):
        with pytest.raises(Denied, match="INVALID_ARGUMENT"):
            call()
