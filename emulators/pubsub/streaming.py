"""StreamingPull, by which Google's own subscriber gets its messages as they come; no fault on order reaches it."""

import threading
from collections.abc import Iterator
from typing import Any

import grpc
from google.pubsub_v1.types import StreamingPullRequest, StreamingPullResponse

from emulators.pubsub.exchange import Exchange, Leased
from emulators.pubsub.problem import Problem, invalid
from emulators.pubsub.service import read, received

MOST_AT_ONCE = 1_000
LONGEST_WAIT = 1.0


def handler(exchange: Exchange) -> Any:
    """Of the method, as a gRPC server takes it."""

    def answer(asked: Iterator[bytes], context: Any) -> Iterator[bytes]:
        try:
            yield from _answered(exchange, (read(StreamingPullRequest, body) for body in asked), context)
        except Problem as problem:
            context.abort(grpc.StatusCode[problem.status], problem.text)

    return grpc.stream_stream_rpc_method_handler(answer)


def _answered(exchange: Exchange, asked: Iterator[StreamingPullRequest], context: Any) -> Iterator[bytes]:
    first = next(asked, None)
    if first is None:
        raise invalid("The first request of a stream names its subscription.")
    seconds = first.stream_ack_deadline_seconds
    if not 10 <= seconds <= 600:
        raise invalid("The stream's ack deadline must be between 10 and 600 seconds.")
    exchange.pull(first.subscription, most=0)
    stream = _Stream(exchange, first.subscription)
    threading.Thread(target=stream.listen, args=(asked,), daemon=True).start()
    while context.is_active() and not stream.problem:
        with exchange.ready:
            pulled = exchange.pull(first.subscription, most=MOST_AT_ONCE, deadline=seconds)
            if not pulled:
                exchange.ready.wait(_bounded(exchange.pull_wait(first.subscription)))
        if pulled:
            yield _written(pulled)
    if stream.problem:
        raise stream.problem


class _Stream:
    """What the subscriber says while messages go out to it; `problem` is what is wrong with that."""

    def __init__(self, exchange: Exchange, subscription: str) -> None:
        self._exchange = exchange
        self._subscription = subscription
        self.problem: Problem | None = None

    def listen(self, asked: Iterator[StreamingPullRequest]) -> None:
        """Until the subscriber goes, which gRPC tells by an error."""
        try:
            for request in asked:
                self._take(request)
        except Problem as problem:
            self.problem = problem
            _wake(self._exchange)
        except grpc.RpcError:
            return

    def _take(self, request: StreamingPullRequest) -> None:
        handles, seconds = list(request.modify_deadline_ack_ids), list(request.modify_deadline_seconds)
        if len(handles) != len(seconds) or not all(0 <= each <= 600 for each in seconds):
            raise invalid("Each ack id needs a deadline of 0 to 600 seconds.")
        self._exchange.acknowledge(self._subscription, list(request.ack_ids))
        for handle, each in zip(handles, seconds, strict=True):
            self._exchange.modify_deadline(self._subscription, [handle], seconds=each)


def _wake(exchange: Exchange) -> None:
    with exchange.ready:
        exchange.ready.notify_all()


def _bounded(seconds: float | None) -> float:
    return LONGEST_WAIT if seconds is None else min(seconds, LONGEST_WAIT)


def _written(pulled: list[Leased]) -> bytes:
    response = StreamingPullResponse(received_messages=[received(each) for each in pulled])
    written: bytes = StreamingPullResponse.serialize(response)
    return written
