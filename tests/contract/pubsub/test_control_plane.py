"""The control plane shows and spoils what goes through the Pub/Sub stand-in."""

import signal
import subprocess
import sys

import httpx
import pytest

from tests.contract.pubsub.ways import SERVICE_TOPICS, Denied, GrpcWay, Outgoing, Way, arrived, full, idle, pushing
from tests.contract.receiver import Receiver
from tests.waiting import wait_for


def test_the_control_plane_tells_what_was_published(way: Way, admin: httpx.Client) -> None:
    """Data is decoded; a topic can be named by its full or its last name."""
    (identifier,) = way.publish("aic-deploy", [Outgoing('{"a": "ä"}'.encode(), {"k": "v"}, "key")])
    way.publish("aic-plan", [Outgoing(b"\xff")])
    (shown,) = admin.get("messages", params={"topic": "aic-deploy"}).json()
    (binary,) = admin.get("messages", params={"topic": full("topics", "aic-plan")}).json()

    assert shown.pop("publish_time")
    assert shown == {
        "topic": full("topics", "aic-deploy"),
        "data": '{"a": "ä"}',
        "attributes": {"k": "v"},
        "ordering_key": "key",
        "message_id": identifier,
    }
    assert binary["base64"] == "/w=="


def test_duplicates_and_delay_can_be_ordered(way: Way, admin: httpx.Client, receiver: Receiver) -> None:
    """Two settings of the control plane."""
    admin.put("settings", json={"duplicates": 2, "delay": 0.05})
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    (identifier,) = way.publish("aic-deploy", [Outgoing(b"x")])
    wait_for(lambda: idle(admin))

    assert arrived(receiver) == [identifier] * 3


def test_messages_can_be_shuffled_and_replayed(way: Way, admin: httpx.Client, receiver: Receiver) -> None:
    """Without a key they come in another order; within one, older ones come again after newer ones."""
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    admin.put("settings", json={"shuffle": True})
    plain = way.publish("aic-deploy", [Outgoing(b"x")] * 20)
    wait_for(lambda: idle(admin))

    assert sorted(arrived(receiver)) == sorted(plain)
    assert arrived(receiver) != plain
    receiver.got.clear()
    admin.put("settings", json={"shuffle": False, "replay": 1})
    first, second = way.publish("aic-deploy", [Outgoing(b"x", ordering_key="k")] * 2)
    wait_for(lambda: idle(admin))
    assert arrived(receiver) == [first, second, first, second]


@pytest.mark.parametrize(
    ("kind", "status"), [("503", "UNAVAILABLE"), ("429", "RESOURCE_EXHAUSTED"), ("403", "PERMISSION_DENIED")]
)
def test_faults_are_answered_as_google_words_them(way: Way, admin: httpx.Client, kind: str, status: str) -> None:
    """A fault before the request leaves nothing behind, one after it has stored the message."""
    admin.put("faults", json=[{"kind": kind, "times": 1}, {"kind": kind, "times": 1, "phase": "after"}])
    for stored in (0, 1):
        with pytest.raises(Denied, match=status):
            way.publish("aic-deploy", [Outgoing(b"x")])
        assert len(admin.get("messages").json()) == stored
    assert admin.get("counters").json()["faults_fired"] == 2


def test_every_call_is_logged_and_counted(way: Way, admin: httpx.Client) -> None:
    """Over either way, by its route."""
    way.publish("aic-deploy", [Outgoing(b"x")])
    (entry,) = admin.get("log").json()

    assert entry["path"] in ("/google.pubsub.v1.Publisher/Publish", "/v1/projects/demo/topics/aic-deploy:publish")
    assert "ublish" in entry["route"]
    assert admin.get("counters").json()["by_route"] == {f"POST {entry['route']}": 1}


def test_a_reset_leaves_the_topics_of_the_service_only(way: Way, admin: httpx.Client, receiver: Receiver) -> None:
    """Messages, subscriptions and own topics are gone."""
    way.create_topic("mine")
    way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    way.publish("aic-deploy", [Outgoing(b"x")])
    admin.post("reset")

    assert way.topics() == sorted(SERVICE_TOPICS)
    assert way.subscriptions() == []
    assert admin.get("messages").json() == admin.get("deliveries").json() == []


def test_the_process_announces_its_ports_and_ends_on_a_signal() -> None:
    """One JSON line on standard output, and exit code 0."""
    command = [sys.executable, "-m", "emulators", "pubsub", "--port", "0", "--http-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ports = httpx.Response(200, content=process.stdout.readline()).json()
        health = httpx.get(f"http://127.0.0.1:{ports['http_port']}/__admin__/health", trust_env=False)
        way = GrpcWay(ports["port"])
        topics = way.topics()
        way.close()
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=10)

    assert ports.keys() == {"port", "http_port"}
    assert health.json() == {"ok": True}
    assert topics == sorted(SERVICE_TOPICS)
    assert code == 0
