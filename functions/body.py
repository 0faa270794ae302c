"""Bodies of requests and answers, where the functions' server itself would wait for a sender for ever."""

import functools
import socket
import threading
import time
from contextlib import suppress

import flask

TICK = 0.5


def within(request: flask.Request, *, size: int, seconds: float) -> bytes:
    """The body, or what of it came in time: the server would wait for ever for one that dawdles, a thread each.

    Straight from WSGI: Flask's own view wraps the stream in three others first. `size` is what the headers say.
    """
    connection = request.environ.get("gunicorn.socket")
    if connection is None:
        return _read(request, size)
    watch = _watch()
    mine = watch.begin(connection, seconds=seconds)
    try:
        return _read(request, size)
    finally:
        watch.end(mine)


def _read(request: flask.Request, size: int) -> bytes:
    return bytes(request.environ["wsgi.input"].read(size))


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

    def begin(self, connection: socket.socket, *, seconds: float) -> object:
        """After so many seconds (and up to a tick) nothing more is read from the connection, until `end` of this."""
        mine = object()
        with self._lock:
            self._due[mine] = time.monotonic() + seconds, connection
        return mine

    def end(self, mine: object) -> None:
        """The body has come."""
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
