"""What every `ports.Publisher` promises to the flows: the fake of the tests, and the adapter against the stand-in."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import httpx
import pytest

from emulators.pubsub import names
from emulators.pubsub.process import Running, started
from shared.adapters.pubsub import PubSubPublisher
from shared.domain.errors import Permanent, Transient
from shared.ports import Publisher
from tests import plain
from tests.contract.failing import reason_of
from tests.fakes import FakePublisher

TOPIC = "aic-deploy"
Stored = tuple[object, str, Mapping[str, str]]
"""Body, ordering key, attributes."""


class Bench(Protocol):
    """Pub/Sub with the topics of the service."""

    @property
    def publisher(self) -> Publisher: ...

    def stored(self) -> list[Stored]:
        """What was published to the topic, oldest first."""

    def close(self) -> None:
        """From now on nothing gets through."""


class FakeBench:
    """Upon the fake."""

    def __init__(self) -> None:
        self._fake = FakePublisher(topics=names.TOPICS)
        self.publisher: Publisher = self._fake

    def stored(self) -> list[Stored]:
        return [(body, key, attributes) for topic, body, key, attributes, _ in self._fake.published if topic == TOPIC]

    def close(self) -> None:
        self._fake.closed = True


class StandInBench:
    """Upon the stand-in, by its control plane."""

    def __init__(self, running: Running, admin: httpx.Client) -> None:
        self._admin = admin
        self.publisher: Publisher = PubSubPublisher(project="demo", emulator=f"127.0.0.1:{running.port}")

    def stored(self) -> list[Stored]:
        messages = self._admin.get("messages", params={"topic": TOPIC}).raise_for_status().json()
        return [(json.loads(each["data"]), each["ordering_key"], each["attributes"]) for each in messages]

    def close(self) -> None:
        self._admin.put("faults", json=[{"kind": "503", "times": -1}]).raise_for_status()


@contextmanager
def faked() -> Iterator[Bench]:
    yield FakeBench()


@contextmanager
def stood_in() -> Iterator[Bench]:
    with started() as running:
        url = f"http://127.0.0.1:{running.http_port}/__admin__/"
        with plain.client(url, trust_env=False) as admin:
            yield StandInBench(running, admin)


KINDS: Mapping[type[Publisher], Callable[[], AbstractContextManager[Bench]]] = {
    FakePublisher: faked,
    PubSubPublisher: stood_in,
}


@pytest.fixture(params=KINDS, ids=["fake", "stand-in"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with KINDS[request.param]() as bench:
        assert type(bench.publisher) is request.param
        yield bench


def publish(bench: Bench, number: int = 1, *, topic: str = TOPIC, timeout: float = 5) -> str:
    data = json.dumps({"number": number}).encode()
    return bench.publisher.publish(topic, data, ordering_key="key", attributes={"kind": "deploy"}, timeout=timeout)


def test_a_message_is_stored_whole_when_publish_returns(bench: Bench) -> None:
    """Body, ordering key and attributes."""
    assert publish(bench)
    assert bench.stored() == [({"number": 1}, "key", {"kind": "deploy"})]


def test_every_message_has_an_id_of_its_own_and_keeps_its_place(bench: Bench) -> None:
    """Also two that are alike: they are two messages."""
    ids = [publish(bench, number) for number in (1, 2, 2)]

    assert len(set(ids)) == 3
    assert [body for body, _, _ in bench.stored()] == [{"number": 1}, {"number": 2}, {"number": 2}]


def test_a_topic_that_is_not_there_is_permanent(bench: Bench) -> None:
    """Nobody makes it by trying again."""
    assert reason_of(lambda: publish(bench, topic="aic-typo"), Permanent) == "pubsub-refused"
    assert bench.stored() == []


def test_whether_one_may_publish_can_be_asked_without_publishing(bench: Bench) -> None:
    """Of a topic that is there; another one is an error."""
    assert bench.publisher.may_publish(TOPIC, timeout=5)
    assert reason_of(lambda: bench.publisher.may_publish("aic-typo", timeout=5), Permanent) == "pubsub-refused"
    assert bench.stored() == []


def test_what_does_not_get_through_is_transient(bench: Bench) -> None:
    """GitLab's hook is then answered with an error, and nothing is believed to be stored."""
    bench.close()

    assert reason_of(lambda: publish(bench, timeout=0.5), Transient) == "pubsub-unavailable"
    assert bench.stored() == []
