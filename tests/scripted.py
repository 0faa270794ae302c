"""A tiny HTTP server that answers as it is told, for what no stand-in of a real service would do."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import count
from typing import ClassVar

from tests.fakes import FakeClock


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in; `target` is undecoded."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """An answer; `promised` is a Content-Length that differs from the body, `silent` closes without any answer.

    `slowly` is called ahead of each byte of status and headers, which are sent one by one then. After the body the
    connection stays open until `hold` is set.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    silent: bool = False
    hold: threading.Event | None = None
    slowly: Callable[[], None] | None = None


def json_answer(text: str, status: int = 200) -> Told:
    """An answer of type application/json."""
    return Told(status, text.encode(), {"Content-Type": "application/json"})


def halting(clock: FakeClock, done: threading.Event, *, seconds: int) -> Callable[[], None]:
    """For `slowly`: so many seconds pass during the first 30 bytes, then the rest waits for `done`.

    Whoever looks at the clock between two bytes is gone by then. For one who stays `done` is set after a while, so
    that it gets its answer.
    """
    sent = count(1)

    def slowly() -> None:
        number = next(sent)
        if number <= 30:
            clock.advance(seconds / 30)
        elif number == 31:
            done.wait(3)
            done.set()

    return slowly


class Scripted:
    """`asked` is what came in so far; `answers` may be replaced at any time."""

    def __init__(self, answers: Callable[[Asked], Told]) -> None:
        self.answers = answers
        self.asked: list[Asked] = []
        self.url = ""


@contextmanager
def scripted(answers: Callable[[Asked], Told]) -> Iterator[Scripted]:
    """Serves on loopback until the block ends."""
    told = Scripted(answers)

    class Handler(_Handler):
        script = told

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    script: ClassVar[Scripted]

    def handle_one_request(self) -> None:
        """Any method will do, and one request per connection."""
        self.raw_requestline = self.rfile.readline(65537)
        self.close_connection = True
        if not self.raw_requestline or not self.parse_request():
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.script.asked.append(asked)
        told = self.script.answers(asked)
        if not told.silent:
            with suppress(ConnectionError):
                self._tell(told)

    def _tell(self, told: Told) -> None:
        wire, head = self.wfile, BytesIO()
        self.wfile = head
        self.send_response(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(told.body) if told.promised is None else told.promised))
        self.end_headers()
        self.wfile = wire
        if told.slowly is None:
            wire.write(head.getvalue())
        else:
            for byte in head.getvalue():
                told.slowly()
                wire.write(bytes([byte]))
        wire.write(told.body)
        if told.hold:
            told.hold.wait(30)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given
        """Silent."""
