"""The stand-in as a whole: gRPC and HTTP upon one exchange, its control plane, and the process that runs them."""

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from emulators.control import Control, refused
from emulators.pubsub import http_api, streaming
from emulators.pubsub.exchange import Exchange
from emulators.pubsub.grpc_api import GrpcServer
from emulators.pubsub.problem import fault_answer
from emulators.pubsub.pusher import Pusher
from emulators.pubsub.service import Service
from emulators.pubsub.tuning import DEFAULTS, Tuning
from emulators.routing import Answer, Call
from emulators.server import announce, application, serve


@dataclass(frozen=True, slots=True)
class Running:
    """Where a started stand-in listens, and its insides for tests in the same process."""

    port: int
    http_port: int
    control: Control
    exchange: Exchange


@contextmanager
def started(*, port: int = 0, http_port: int = 0) -> Iterator[Running]:
    """Serves gRPC on `port`, HTTP on `http_port` of 127.0.0.1, and pushes, until the block ends; 0 is any free port."""
    exchange = Exchange(tuning=lambda: Tuning.of(control.settings))
    pusher = Pusher(exchange)
    control = _control(exchange, pusher)
    methods = Service(exchange).methods()
    app = application(http_api.router(methods), control, prefix="/v1")
    streams = {"Subscriber/StreamingPull": streaming.handler(exchange)}
    with GrpcServer(methods, control, streams=streams, port=port) as grpc, serve(app, http_port) as http:
        pusher.start()
        try:
            yield Running(grpc.port, http.port, control, exchange)
        finally:
            pusher.stop()


def run(arguments: argparse.Namespace) -> int:
    """`python -m emulators pubsub`."""
    with started(port=arguments.port, http_port=arguments.http_port) as running:
        announce(port=running.port, http_port=running.http_port)
        threading.Event().wait()
    return 0


def _control(exchange: Exchange, pusher: Pusher) -> Control:
    def reset() -> None:
        exchange.reset()
        pusher.forget()

    def messages(call: Call) -> Answer:
        return Answer(body=exchange.published(call.query.get("topic", [""])[-1]))

    def idle(_call: Call) -> Answer:
        outstanding = exchange.outstanding()
        return Answer(body={"idle": not outstanding, "outstanding": outstanding})

    def dump(_call: Call) -> Answer:
        return Answer(body={"messages": exchange.published(), "outstanding": exchange.outstanding()})

    def seed(_call: Call) -> Answer:
        raise refused("topics and subscriptions are made through the API")

    control = Control(settings=dict(DEFAULTS), reset=reset, seed=seed, dump=dump, fault_answer=fault_answer)
    control.on("GET", "messages", messages)
    control.on("GET", "deliveries", lambda _call: Answer(body=pusher.deliveries()))
    control.on("GET", "idle", idle)
    return control
