"""The stand-in and Google's own emulator as one thing: where they listen, and how to speak with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from emulators.pubsub.names import identifier
from emulators.pubsub.process import started
from tests.contract.pubsub import google_emulator
from tests.contract.pubsub.ways import SERVICE_TOPICS, GrpcWay, HttpWay, Way


@dataclass(frozen=True, slots=True)
class Broker:
    """Ports on loopback."""

    port: int
    http_port: int

    @property
    def address(self) -> str:
        """What `PUBSUB_EMULATOR_HOST` has to be."""
        return f"127.0.0.1:{self.port}"

    @contextmanager
    def way(self, kind: str) -> Iterator[Way]:
        """`grpc` or `http`."""
        way = GrpcWay(self.port) if kind == "grpc" else HttpWay(self.http_port)
        try:
            yield way
        finally:
            way.close()

    def clear(self) -> None:
        """No subscription is left, and the topics of the service are there; neither has a call for it in common."""
        with self.way("grpc") as way:
            there, wanted = set(way.topics()), set(SERVICE_TOPICS)
            for name in way.subscriptions():
                way.unsubscribe(identifier(name))
            for name in there - wanted:
                way.delete_topic(identifier(name))
            for name in wanted - there:
                way.create_topic(identifier(name))


@contextmanager
def ours() -> Iterator[Broker]:
    with started() as stand:
        yield Broker(stand.port, stand.http_port)


@contextmanager
def googles() -> Iterator[Broker]:
    with google_emulator.running() as emulator:
        yield Broker(emulator.port, emulator.port)
