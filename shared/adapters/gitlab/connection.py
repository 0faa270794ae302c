"""One GitLab instance: an address and a token in, clients out that can neither leave it nor hang."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import IO

import gitlab
import requests
import urllib3
from requests.adapters import BaseAdapter

from ...deadline import Deadline
from ...domain import address
from .. import budget, limits, tokens
from ..attempts import Failed, retry_after
from .pool import BoundedPool

CONNECTIONS = 16
WINDOW = 30.0
"""Seconds to wait where GitLab says `too often` but not until when: its own limits count by the minute, and a read that
is tried thrice has left the minute then."""


class GitlabConnection:
    """The pool of connections to one instance, for one token. Lives as long as the process, for all its threads."""

    def __init__(self, url: str, token: str) -> None:
        self._url = address.check(url)
        self._token = tokens.checked(token, of="GitLab")
        self._pool = BoundedPool(pool_connections=1, pool_maxsize=CONNECTIONS, max_retries=0, pool_block=True)
        self.own_id: int | None = None
        """The id of the token's user, once somebody has asked for it."""

    def close(self) -> None:
        """Closes the pool."""
        self._pool.close()

    def client(self, deadline: Deadline) -> gitlab.Gitlab:
        """A client of python-gitlab whose every request keeps to the deadline."""
        session = requests.Session()
        session.trust_env = False
        session.max_redirects = 0
        # Nothing but the API has an adapter, so that no link, redirect or name leads anywhere else.
        session.adapters.clear()
        session.mount(f"{self._url}/api/v4/", _Bounded(self._pool, deadline))
        # Sent as Bearer: the library's own PRIVATE-TOKEN header would follow a redirect to another host.
        return gitlab.Gitlab(
            self._url, oauth_token=self._token, session=session, retry_transient_errors=False, keep_base_url=True
        )


def pour(response: requests.Response, into: IO[bytes], *, deadline: Deadline, most: int) -> None:
    """Writes the body of an answer that was asked for as a stream, of `most` bytes, as it comes in."""
    try:
        with budget.bounded(deadline), _on_time(deadline):
            # Not `writelines`: a spooled file would hold all of it in memory first.
            for piece in limits.counted(_pieces(response), deadline=deadline, most=most):
                into.write(piece)
    finally:
        response.close()


class _Bounded(BaseAdapter):
    """Sends a request within the deadline, once, and reads its answer whole, unless it is a good one to be streamed.

    Answers that call for another attempt end here, since python-gitlab's errors don't tell about Retry-After
    and its own retries would sleep as long as the server likes.
    """

    def __init__(self, pool: BoundedPool, deadline: Deadline) -> None:
        super().__init__()
        self._pool = pool
        self._deadline = deadline

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the signature is that of requests
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,  # noqa: ARG002
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        with budget.bounded(self._deadline), _on_time(self._deadline):
            response = self._pool.send(
                request,
                stream=True,
                timeout=limits.timeouts(self._deadline),
                verify=verify,
                cert=cert,
                proxies=proxies,
            )
            if stream and 200 <= response.status_code < 300:
                return response
            data = self._whole(response)
        if response.status_code == 429 or response.status_code >= 500:
            asked = response.headers.get("Retry-After")
            after = retry_after(asked, clock=self._deadline.clock)
            if response.status_code == 429 and asked is None:
                after = WINDOW
            raise Failed("gitlab-unavailable", f"GitLab answered {response.status_code}", after=after)
        response.raw = BytesIO(data)
        return response

    def _whole(self, response: requests.Response) -> bytes:
        try:
            return limits.collect(_pieces(response), deadline=self._deadline)
        finally:
            response.close()

    def close(self) -> None:
        """Leaves the pool open: it belongs to the connection."""


@contextmanager
def _on_time(deadline: Deadline) -> Iterator[None]:
    """What breaks inside because the run has no time left is said to be late."""
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError):
        if deadline.left():
            raise
        raise limits.late() from None


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """The body as it arrives; `iter_content` would wait until a whole piece of its own size is there."""
    while data := response.raw.read1(65536, decode_content=True):
        yield data
