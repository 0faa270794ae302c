"""One stand-in a module, emptied for every test, and the two ways to speak with it; Google's emulator beside it."""

from collections.abc import Iterator

import httpx
import pytest

from emulators.pubsub.process import Running, started
from tests import plain
from tests.contract.pubsub import brokers
from tests.contract.pubsub.brokers import Broker
from tests.contract.pubsub.google_emulator import needs_google_emulator
from tests.contract.pubsub.ways import Way
from tests.contract.receiver import Receiver, receiving

BROKERS = {"ours": brokers.ours, "google": brokers.googles}


@pytest.fixture(scope="module")
def stand() -> Iterator[Running]:
    with started() as running:
        yield running


@pytest.fixture
def admin(stand: Running) -> Iterator[httpx.Client]:
    """The control plane of a stand-in without any state."""
    with plain.client(f"http://127.0.0.1:{stand.http_port}/__admin__/", trust_env=False, timeout=60) as client:
        assert client.post("reset").json() == {"ok": True}
        client.put("settings", json={"min_backoff": 0.02})
        yield client


@pytest.fixture(params=["grpc", "http"])
def way(request: pytest.FixtureRequest, stand: Running, admin: httpx.Client) -> Iterator[Way]:
    """To the stand-in."""
    with Broker(stand.port, stand.http_port).way(request.param) as way:
        yield way


@pytest.fixture(scope="module", params=["ours", pytest.param("google", marks=needs_google_emulator)])
def running_broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    with BROKERS[request.param]() as broker:
        yield broker


@pytest.fixture
def broker(running_broker: Broker) -> Broker:
    """Either of the two, with nothing but the topics of the service."""
    running_broker.clear()
    return running_broker


@pytest.fixture(params=["grpc", "http"])
def either(request: pytest.FixtureRequest, broker: Broker) -> Iterator[Way]:
    """Both ways to both of them."""
    with broker.way(request.param) as way:
        yield way


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
