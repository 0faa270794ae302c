"""Bodies of requests and answers, where the functions' server itself would wait for a sender for ever."""

import functools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import flask

TICK = 0.5


def within(request: flask.Request, *, seconds: float) -> bytes:
    """The body, or what of it came in time: the server would wait for ever for one that dawdles, a thread each."""
    connection = request.environ.get("gunicorn.socket")
    if connection is None:
        return request.get_data()
    with _watch().over(connection, seconds=seconds):
        return request.get_data()


def empty(status: int) -> flask.Response:
    """An empty answer, sent even if the body was not read.

    It is a stream, since before any other answer the functions framework reads the whole body, however long.
    """
    answer = flask.Response(iter(()), status=status)
    if status != 204:
        answer.headers["Content-Length"] = "0"
    return answer


class _Watch:
    """Looks every now and then which bodies are late: one thread for all, since a timer each costs more than a hook."""

    def __init__(self) -> None:
        self._due: dict[object, tuple[float, socket.socket]] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="late-bodies", daemon=True).start()

    @contextmanager
    def over(self, connection: socket.socket, *, seconds: float) -> Iterator[None]:
        """After so many seconds (and up to a tick) nothing more is read from the connection inside of the `with`."""
        mine = object()
        with self._lock:
            self._due[mine] = time.monotonic() + seconds, connection
        try:
            yield
        finally:
            with self._lock:
                del self._due[mine]

    def _run(self) -> None:
        while True:
            time.sleep(TICK)
            now = time.monotonic()
            with self._lock:
                for due, connection in self._due.values():
                    if due <= now:
                        _deafen(connection)


# Made at the first request: a thread does not survive the fork of the functions' server.
_watch = functools.cache(_Watch)


def _deafen(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RD)
