"""Bodies of requests and answers, where the functions' server itself would wait for a sender for ever."""

import socket
import threading
from contextlib import suppress

import flask


def within(request: flask.Request, *, seconds: float) -> bytes:
    """The body, or what of it came in time: the server would wait for ever for one that dawdles, a thread each."""
    connection = request.environ.get("gunicorn.socket")
    if connection is None:
        return request.get_data()
    cut = threading.Timer(seconds, _deafen, (connection,))
    cut.daemon = True
    cut.start()
    try:
        return request.get_data()
    finally:
        cut.cancel()


def empty(status: int) -> flask.Response:
    """An empty answer, sent even if the body was not read.

    It is a stream, since before any other answer the functions framework reads the whole body, however long.
    """
    answer = flask.Response(iter(()), status=status)
    if status != 204:
        answer.headers["Content-Length"] = "0"
    return answer


def _deafen(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RD)
