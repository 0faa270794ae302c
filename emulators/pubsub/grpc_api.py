"""The service over gRPC, as google-cloud-pubsub speaks with `PUBSUB_EMULATOR_HOST`.

A call goes through the control plane as `POST /google.pubsub.v1.Publisher/Publish`, which is what it is on the wire.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Self

import grpc

from emulators.control import Control, Dropped
from emulators.pubsub.problem import Problem
from emulators.pubsub.service import Method
from emulators.routing import Answer, Call

PACKAGE = "google.pubsub.v1"
RECEIVED_BYTES = 11_000_000


class GrpcServer:
    """Answers from the moment it is made; a context manager that stops it."""

    def __init__(
        self, methods: dict[str, Method], control: Control, *, streams: dict[str, Any] | None = None, port: int = 0
    ) -> None:
        """`streams` are handlers of gRPC's own, which hold a thread each for as long as they last."""
        options = (("grpc.max_receive_message_length", RECEIVED_BYTES), ("grpc.so_reuseport", 0))
        self._server = grpc.server(ThreadPoolExecutor(64), options=options)
        services: dict[str, dict[str, Any]] = defaultdict(dict)
        for name, method in methods.items():
            service, _, rpc = _full(name).partition("/")
            answer = _answering(method, control, path=f"/{_full(name)}")
            services[service][rpc] = grpc.unary_unary_rpc_method_handler(answer)
        for name, handler in (streams or {}).items():
            service, _, rpc = _full(name).partition("/")
            services[service][rpc] = handler
        self._server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler(name, rpcs) for name, rpcs in services.items()]
        )
        self.port: int = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._server.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(grace=None).wait()


def _full(name: str) -> str:
    """Rights are asked for in the words of all of Google's services."""
    return name if name.startswith("google.") else f"{PACKAGE}.{name}"


def _answering(method: Method, control: Control, *, path: str) -> Callable[[bytes, Any], bytes]:
    def act(call: Call) -> Answer:
        try:
            response = method.act(method.read(call.body))
        except Problem as problem:
            return problem.answer()
        return Answer(body=b"" if response is None else method.write(response))

    def answer(body: bytes, context: Any) -> bytes:
        call = Call(method="POST", path=path, raw_path=path, route=path, body=body)
        with suppress(Dropped):
            return _unwrapped(control.carry(call, act), context=context)
        context.abort(grpc.StatusCode.UNAVAILABLE, "Socket closed")
        return b""

    return answer


def _unwrapped(answer: Answer, *, context: Any) -> bytes:
    body = answer.encoded()[1]
    if answer.status != 200:
        error = json.loads(body)["error"]
        context.abort(grpc.StatusCode[error["status"]], error["message"])
    return body
