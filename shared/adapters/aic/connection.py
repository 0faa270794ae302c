"""One AIC instance over HTTP: an address and a key in, checked answers out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import httpx

from ...deadline import Deadline
from ...domain import address
from ...domain.errors import Permanent
from .. import addresses, budget, limits, tokens
from ..attempts import Failed, retry_after
from ..transport import BROKEN, BoundedTransport

CONNECTIONS = 4
"""Many more in parallel make AIC answer 200 with nothing in it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that arrived whole; `after` is the pause that it asked for, in seconds."""

    status: int
    data: bytes
    after: float | None


@dataclass(frozen=True, slots=True)
class Upload:
    """Raw bytes to send, from their beginning; they are read as they go out, never held as a whole."""

    data: BinaryIO
    size: int


class AicConnection:
    """The pool of connections to one instance. Lives as long as the process and may be shared by threads."""

    def __init__(
        self, url: str, key: str, *, connections: int = CONNECTIONS, transport: httpx.BaseTransport | None = None
    ) -> None:
        """At most `connections` requests are under way at once; others wait for their turn."""
        self._base = str(httpx.URL(address.check(url)))
        self._client = httpx.Client(
            headers={
                "accept": "*/*",
                "api-key": tokens.checked(key, of="AIC"),
                "Content-Type": "application/json",
            },
            follow_redirects=False,
            trust_env=False,
            transport=transport or BoundedTransport(connections=connections),
        )

    def send(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        deadline: Deadline,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | Upload | None = None,
    ) -> Reply:
        """Sends one request, once. `path` holds plain names.

        Raises Failed `aic-unavailable` when no whole answer came, Permanent `aic-redirect` for a redirect.
        """
        url = self._base + "".join("/" + addresses.segment(name) for name in path)
        connect, read = limits.timeouts(deadline)
        timeout = httpx.Timeout(read, connect=connect, pool=min(deadline.left(), budget.left()))
        try:
            request = self._built(method, httpx.URL(url, params=query), body, timeout)
            if not str(request.url).startswith(self._base + "/"):
                raise Permanent("url-refused", "an address of AIC would have left its base URL")
            with budget.bounded(deadline):
                return self._exchange(request, deadline)
        except httpx.InvalidURL:
            raise Permanent("url-refused", "an address of AIC could not be built") from None
        except (*BROKEN, httpx.HTTPError, httpx.StreamError, httpx.CookieConflict) as error:
            # The library's own text may quote addresses and headers.
            failed = Failed("aic-unavailable", f"no answer to {method} ({type(error).__name__})")
            raise (failed if deadline.left() else limits.late()) from None

    def _built(
        self, method: str, url: httpx.URL, body: Mapping[str, object] | Upload | None, timeout: httpx.Timeout
    ) -> httpx.Request:
        if not isinstance(body, Upload):
            return self._client.build_request(method, url, json=body, timeout=timeout)
        body.data.seek(0)
        length = {"Content-Length": str(body.size)}
        request = self._client.build_request(method, url, content=body.data, headers=length, timeout=timeout)
        del request.headers["Content-Type"]
        return request

    def _exchange(self, request: httpx.Request, deadline: Deadline) -> Reply:
        response = self._client.send(request, stream=True)
        try:
            if 300 <= response.status_code < 400:
                raise Permanent("aic-redirect", "AIC answered with a redirect; check its URL in the settings")
            data = limits.collect(response.iter_bytes(), deadline=deadline)
        finally:
            response.close()
        after = retry_after(response.headers.get("retry-after"), clock=deadline.clock)
        return Reply(response.status_code, data, after)

    def close(self) -> None:
        """Closes the pool."""
        self._client.close()
