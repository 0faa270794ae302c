"""A push endpoint on loopback that records what it is sent and answers as the test says."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Push:
    """One push request."""

    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def id(self) -> str:
        return str(self.body["message"]["messageId"])


@dataclass(slots=True)
class Receiver:
    """`answer` is called with each push, on a thread of its own, and says the status."""

    url: str
    answer: Callable[[Push], int] = field(default=lambda _push: 204)
    pushes: list[Push] = field(default_factory=list)

    def ids(self) -> list[str]:
        return [push.id for push in list(self.pushes)]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            push = Push(self.path, dict(self.headers.items()), body)
            receiver.pushes.append(push)
            self.send_response_only(receiver.answer(push))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/push?token=a")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Looks again and again; fails when the condition has not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.01)
