"""An HTTP endpoint on loopback that keeps what is posted to it and answers as the test says."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.waiting import wait_for


@dataclass(frozen=True, slots=True)
class Received:
    """One request; `raw` is its very bytes."""

    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass(slots=True)
class Receiver:
    """`answer` is called with each request, on a thread of its own, and says the status."""

    url: str
    answer: Callable[[Received], int] = field(default=lambda _one: 204)
    got: list[Received] = field(default_factory=list)

    def wait(self, count: int = 1) -> list[Received]:
        """The requests once there are so many."""
        wait_for(lambda: len(self.got) >= count)
        return list(self.got)


@contextmanager
def receiving(place: str = "/push?token=a") -> Iterator[Receiver]:
    """Listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            received = Received(self.path, dict(self.headers.items()), raw)
            receiver.got.append(received)
            self.send_response_only(receiver.answer(received))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}{place}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
