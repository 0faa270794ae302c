"""What every `ports.letters.Letters` promises: the fake of the tests, and the adapter against the stand-in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import httpx
import pytest

from emulators.pubsub.process import started
from shared.adapters.pubsub_letters import PubSubLetters
from shared.domain.delivery import Delivery
from shared.domain.errors import Permanent, Transient
from shared.domain.kept_letter import Kept
from shared.ports.letters import Letters
from tests.contract.failing import reason_of
from tests.contract.pubsub.ways import HttpWay, Outgoing
from tests.fake_letters import FakeLetters

KEPT = "aic-deploy-dead-letter-kept"
TIMEOUT = 5.0


class Bench(Protocol):
    """Pub/Sub with one subscription that keeps letters."""

    @property
    def letters(self) -> Letters: ...

    def give_up(self, text: str) -> None:
        """Another letter is kept, with an attribute and a key."""

    def close(self) -> None:
        """From now on nothing gets through."""


class FakeBench:
    """Upon the fake."""

    def __init__(self) -> None:
        self._fake = FakeLetters({KEPT: []})
        self.letters: Letters = self._fake

    def give_up(self, text: str) -> None:
        delivery = Delivery(text, text.encode(), {"k": "v"})
        self._fake.put(KEPT, delivery, ordering_key="key")

    def close(self) -> None:
        self._fake.closed = True


class StandInBench:
    """Upon the stand-in."""

    def __init__(self, port: int, http_port: int, admin: httpx.Client) -> None:
        self._admin = admin
        self._way = HttpWay(http_port)
        self._way.subscribe(KEPT, "aic-deploy-dead-letter", {"ackDeadlineSeconds": 600})
        self.letters: Letters = PubSubLetters(project="demo", emulator=f"127.0.0.1:{port}")

    def give_up(self, text: str) -> None:
        self._way.publish("aic-deploy-dead-letter", [Outgoing(text.encode(), {"k": "v"}, "key")])

    def close(self) -> None:
        self._admin.put("faults", json=[{"kind": "503", "times": -1}]).raise_for_status()
        self._way.close()


@contextmanager
def faked() -> Iterator[Bench]:
    yield FakeBench()


@contextmanager
def stood_in() -> Iterator[Bench]:
    with started() as running:
        url = f"http://127.0.0.1:{running.http_port}/__admin__/"
        with httpx.Client(base_url=url, trust_env=False) as admin:
            bench = StandInBench(running.port, running.http_port, admin)
            yield bench
            bench.close()


KINDS: Mapping[type[Letters], Callable[[], AbstractContextManager[Bench]]] = {
    FakeLetters: faked,
    PubSubLetters: stood_in,
}


@pytest.fixture(params=KINDS, ids=["fake", "stand-in"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with KINDS[request.param]() as bench:
        assert type(bench.letters) is request.param
        yield bench


def pull(bench: Bench, most: int = 10) -> tuple[Kept, ...]:
    return bench.letters.pull(KEPT, most=most, timeout=TIMEOUT)


def texts(pulled: tuple[Kept, ...]) -> set[str]:
    return {each.delivery.data.decode() for each in pulled}


def test_a_letter_comes_whole(bench: Bench) -> None:
    """Data, attributes and key."""
    bench.give_up("one")

    (kept,) = pull(bench)

    assert (kept.delivery.data, kept.delivery.attributes, kept.ordering_key) == (b"one", {"k": "v"}, "key")
    assert kept.delivery.message_id
    assert kept.handle


def test_what_somebody_looks_at_comes_to_nobody_else_until_it_is_given_back(bench: Bench) -> None:
    """Two people who ask at once send nothing twice."""
    for text in ("one", "two", "three"):
        bench.give_up(text)

    first = pull(bench, 2)
    second = pull(bench)
    bench.letters.give_back(KEPT, [each.handle for each in first], timeout=TIMEOUT)

    assert (len(first), len(second), pull(bench, 5) != ()) == (2, 1, True)
    assert texts(first) | texts(second) == {"one", "two", "three"}


def test_what_was_taken_is_gone(bench: Bench) -> None:
    """Also where it is taken twice."""
    bench.give_up("one")
    bench.give_up("two")
    one, two = pull(bench)

    for _ in range(2):
        bench.letters.take(KEPT, [one.handle], timeout=TIMEOUT)
    bench.letters.give_back(KEPT, [two.handle], timeout=TIMEOUT)

    assert texts(pull(bench)) == texts((two,))


def test_where_nothing_is_kept_nothing_comes(bench: Bench) -> None:
    """And that is no error."""
    assert pull(bench) == ()


def test_a_subscription_that_is_not_there_is_permanent(bench: Bench) -> None:
    """Nobody makes it by trying again."""
    letters = bench.letters

    for call in (
        lambda: letters.pull("aic-typo", most=1, timeout=TIMEOUT),
        lambda: letters.take("aic-typo", ["a"], timeout=TIMEOUT),
        lambda: letters.give_back("aic-typo", ["a"], timeout=TIMEOUT),
    ):
        assert reason_of(call, Permanent) == "subscription-missing"


def test_what_does_not_get_through_is_transient(bench: Bench) -> None:
    """Nothing is believed to be gone."""
    bench.give_up("one")
    (kept,) = pull(bench)
    bench.close()

    assert reason_of(lambda: pull(bench), Transient) == "pubsub-unavailable"
    assert reason_of(lambda: bench.letters.take(KEPT, [kept.handle], timeout=1), Transient) == "pubsub-unavailable"
