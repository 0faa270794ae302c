"""The way of requests onto the network, with every wait for an answer bounded by the budget of its call.

The library itself bounds single waits only: headers or a body that come byte by byte could go on for ever.
"""

import http.client
import socket
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from . import budget, limits

_PIECE = 256 * 1024


class BoundedPool(HTTPAdapter):
    """A pool of connections whose waits all end with the budget of the call.

    Beyond it are looking up the name, connecting to a host of several addresses, which may take its time with each of
    them, and the handshake that follows: together a few times `limits.CONNECT`.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Called by the library when the adapter is made."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


class _Waits(RawIOBase):
    """What comes in on a socket, with a look at the budget ahead of each wait."""

    def __init__(self, sock: socket.socket, inner: RawIOBase) -> None:
        self._sock = sock
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(budget.wait(limits.READ))
        return self._inner.readinto(buffer)

    def close(self) -> None:
        self._inner.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = BufferedReader(_Waits(sock, self.fp.detach()))


class _Plain(HTTPConnection):
    response_class = _Response

    def send(self, data: Any) -> None:
        for piece in _outgoing(self, data):
            super().send(piece)


class _Secure(HTTPSConnection):
    response_class = _Response

    def send(self, data: Any) -> None:
        for piece in _outgoing(self, data):
            super().send(piece)


def _outgoing(connection: HTTPConnection, data: Any) -> Iterator[Any]:
    """The data in pieces, with a look at the budget ahead of each: the library would allow all of it as long as a
    single connect, however large it is."""
    view = memoryview(data) if isinstance(data, bytes) else None
    for start in range(0, len(view), _PIECE) if view else (0,):
        if connection.sock is not None:
            connection.sock.settimeout(budget.wait(limits.READ))
        yield data if view is None else view[start : start + _PIECE]


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain

    def urlopen(self, *args: Any, **kwargs: Any) -> BaseHTTPResponse:
        return super().urlopen(*args, **{**kwargs, "pool_timeout": budget.wait(limits.READ)})


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure

    def urlopen(self, *args: Any, **kwargs: Any) -> BaseHTTPResponse:
        return super().urlopen(*args, **{**kwargs, "pool_timeout": budget.wait(limits.READ)})
