"""The way of httpx onto the network, with every wait bounded by the budget of its call.

httpx itself bounds single waits only: headers or a body that come byte by byte could go on for ever.
"""

import functools
import ssl
from collections.abc import Iterable, Iterator
from typing import Any, cast

import httpcore
import httpx

from . import budget, limits

BROKEN = (
    httpcore.ConnectionNotAvailable,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)
"""What a request through this transport may raise beside httpx's own errors."""
_PIECE = 16 * 1024


@functools.cache
def _trust() -> ssl.SSLContext:
    """The authorities that httpx trusts, whatever the environment says. Reading them takes tens of milliseconds."""
    return httpx.create_ssl_context(trust_env=False)


class BoundedTransport(httpx.BaseTransport):
    """A pool of connections whose waits all end with the budget of the call.

    Two things are beyond it: looking up the name, and connecting to a host of several addresses, which may take its
    time with each of them.
    """

    def __init__(self, *, connections: int) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust(),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5.0,
            network_backend=_Network(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends it; its answer's body is read from the network as it is consumed."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        body = cast(httpx.SyncByteStream, request.stream)  # read as it goes out: it may be too big to be held
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method, url, headers=request.headers.raw, content=body, extensions=request.extensions
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Closes the pool."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Network(httpcore.SyncBackend):
    """Streams that look at the budget ahead of each wait."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = super().connect_tcp(host, port, _seconds(timeout), local_address, socket_options)
        return _Stream(stream)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _seconds(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """In pieces, since within one of them each progress starts the time anew."""
        for start in range(0, len(buffer), _PIECE):
            self._inner.write(buffer[start : start + _PIECE], _seconds(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _seconds(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _seconds(timeout: float | None) -> float:
    try:
        return budget.wait(limits.READ if timeout is None else timeout)
    except TimeoutError:
        raise httpcore.ReadTimeout("the time of this call is used up") from None
