"""A receiver of web hooks on loopback that keeps the very bytes it is sent and answers as the test says."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.waiting import wait_for


@dataclass(frozen=True, slots=True)
class Hooked:
    """One request of a web hook."""

    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def kind(self) -> str:
        """The action of a merge request, or the branch that was pushed."""
        body = self.body
        return str(body["object_attributes"]["action"] if body["object_kind"] == "merge_request" else body["ref"])


@dataclass(slots=True)
class Receiver:
    """`status` is what every request is answered with; `hold` keeps answers back while it is cleared."""

    url: str
    status: int = 200
    got: list[Hooked] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)

    def wait(self, count: int) -> list[Hooked]:
        """The requests once there are so many."""
        wait_for(lambda: len(self.got) >= count)
        return list(self.got)

    def first(self, kind: str) -> Hooked:
        """The first one of this kind, once it has come."""
        wait_for(lambda: any(one.kind == kind for one in list(self.got)))
        return next(one for one in list(self.got) if one.kind == kind)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Hooked(dict(self.headers.items()), raw))
            receiver.hold.wait()
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook?a=1")
    receiver.hold.set()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
