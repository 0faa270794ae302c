"""A way to the stand-ins that counts the requests of both, and stops the one that asks at a request of one's choice."""

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit

_OWN = frozenset({"connection", "content-length", "transfer-encoding", "date", "server"})
_PATIENCE = 60


@dataclass
class Gate:
    """`act` is called once, at the request of that number, before it is passed on or, with `after`, afterwards.

    It says whether the one that asks still lives: nothing is passed on for somebody who is dead.
    `shown` are the paths with the token or key that came with them.
    """

    urls: dict[str, str] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)
    _at: int = 0
    _after: bool = False
    _act: Callable[[], bool] = lambda: True
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self, at: int, *, after: bool, act: Callable[[], bool]) -> None:
        """Counts from one again."""
        with self._lock:
            self.passed.clear()
            self._at, self._after, self._act = at, after, act

    def take(self, line: str, forward: Callable[[], Callable[[], None]]) -> None:
        """One request: passed on, answered."""
        with self._lock:
            self.passed.append(line)
            hit = len(self.passed) == self._at
        if hit and not self._after and not self._act():
            return
        answer = forward()
        if hit and self._after and not self._act():
            return
        with suppress(OSError):
            answer()


@contextmanager
def opened(targets: Mapping[str, str]) -> Iterator[Gate]:
    """Gates before these URLs, by name, with one count for all of them."""
    gate = Gate()
    with ExitStack() as stack:
        for name, url in targets.items():
            gate.urls[name] = stack.enter_context(_listening(gate, url))
        yield gate


@contextmanager
def _listening(gate: Gate, target: str) -> Iterator[str]:
    handler = type("Handler", (_Handler,), {"gate": gate, "there": urlsplit(target)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Passes on what comes, by any method."""

    gate: ClassVar[Gate]
    there: ClassVar[SplitResult]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_one_request(self) -> None:
        """Any method."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.gate.shown.append((self.path, self._key()))
        self.gate.take(f"{self.command} {self.path}", lambda: self._forward(body))

    def _forward(self, body: bytes) -> Callable[[], None]:
        connection = http.client.HTTPConnection(self.there.hostname or "", self.there.port, timeout=_PATIENCE)
        try:
            connection.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = connection.getresponse()
            return partial(self._send, answer, answer.read())
        finally:
            connection.close()

    def _send(self, answer: http.client.HTTPResponse, data: bytes) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def _key(self) -> str:
        return str(self.headers.get("Authorization") or self.headers.get("Api-Key") or "").removeprefix("Bearer ")

    def log_message(self, *args: object) -> None:
        """Silent."""
