"""One stand-in a module, emptied for every test, and the two ways to speak with it."""

from collections.abc import Iterator

import httpx
import pytest

from emulators.pubsub.process import Running, started
from tests.contract.pubsub.ways import GrpcWay, HttpWay, Way
from tests.contract.receiver import Receiver, receiving


@pytest.fixture(scope="module")
def stand() -> Iterator[Running]:
    with started() as running:
        yield running


@pytest.fixture
def admin(stand: Running) -> Iterator[httpx.Client]:
    """The control plane of a stand-in without any state."""
    with httpx.Client(base_url=f"http://127.0.0.1:{stand.http_port}/__admin__/", trust_env=False, timeout=60) as client:
        assert client.post("reset").json() == {"ok": True}
        client.put("settings", json={"min_backoff": 0.02})
        yield client


@pytest.fixture(params=["grpc", "http"])
def way(request: pytest.FixtureRequest, stand: Running, admin: httpx.Client) -> Iterator[Way]:
    chosen = GrpcWay(stand.port) if request.param == "grpc" else HttpWay(stand.http_port)
    yield chosen
    chosen.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
