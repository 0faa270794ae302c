"""Requests of the library `requests`, each within the deadline, sent once, its answer read whole.

The library itself would follow redirects, wait as long as it likes, and keep an answer half read.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO

import requests
import urllib3
from requests.adapters import BaseAdapter

from ..deadline import Deadline
from . import budget, limits
from .pool import BoundedPool


class Bounded(BaseAdapter):
    """Sends by a pool that belongs to somebody else.

    `before` may add to a request what it needs, `after` sees each answer that was read; both may raise. With `streams`
    a good answer that was asked for as a stream is left unread.
    """

    def __init__(
        self,
        pool: BoundedPool,
        deadline: Deadline,
        *,
        before: Callable[[requests.PreparedRequest], None] = lambda _: None,
        after: Callable[[requests.Response, bytes], None] = lambda _response, _data: None,
        streams: bool = False,
    ) -> None:
        super().__init__()
        self._pool = pool
        self._deadline = deadline
        self._before = before
        self._after = after
        self._streams = streams

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the signature is that of requests
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,  # noqa: ARG002
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        self._before(request)
        with budget.bounded(self._deadline), on_time(self._deadline):
            response = self._pool.send(
                request,
                stream=True,
                timeout=limits.timeouts(self._deadline),
                verify=verify,
                cert=cert,
                proxies=proxies,
            )
            if self._streams and stream and 200 <= response.status_code < 300:
                return response
            data = self._whole(response)
        self._after(response, data)
        plain = {name: value for name, value in response.headers.items() if name.lower() != "content-encoding"}
        response.raw = urllib3.HTTPResponse(
            BytesIO(data), plain, response.status_code, preload_content=False, request_method=request.method
        )
        return response

    def _whole(self, response: requests.Response) -> bytes:
        try:
            return limits.collect(pieces(response), deadline=self._deadline)
        finally:
            response.close()

    def close(self) -> None:
        """Leaves the pool open."""


@contextmanager
def on_time(deadline: Deadline) -> Iterator[None]:
    """What breaks inside because the run has no time left is said to be late."""
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError):
        if deadline.left():
            raise
        raise limits.late() from None


def pieces(response: requests.Response) -> Iterator[bytes]:
    """The body as it arrives; `iter_content` would wait until a whole piece of its own size is there."""
    while data := response.raw.read1(65536, decode_content=True):
        yield data
