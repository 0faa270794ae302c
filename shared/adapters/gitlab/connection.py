"""One GitLab instance: an address and a token in, clients out that can neither leave it nor hang."""

from functools import partial
from typing import IO

import gitlab
import requests

from ...deadline import Deadline
from ...domain import address
from .. import budget, limits, tokens
from ..attempts import Failed, retry_after
from ..bounded import Bounded, on_time, pieces
from ..pool import BoundedPool

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
        bounded = Bounded(self._pool, deadline, after=partial(_busy, deadline=deadline), streams=True)
        session.mount(f"{self._url}/api/v4/", bounded)
        # Sent as Bearer: the library's own PRIVATE-TOKEN header would follow a redirect to another host.
        return gitlab.Gitlab(
            self._url, oauth_token=self._token, session=session, retry_transient_errors=False, keep_base_url=True
        )


def pour(response: requests.Response, into: IO[bytes], *, deadline: Deadline, most: int) -> None:
    """Writes the body of an answer that was asked for as a stream, of `most` bytes, as it comes in."""
    try:
        with budget.bounded(deadline), on_time(deadline):
            # Not `writelines`: a spooled file would hold all of it in memory first.
            for piece in limits.counted(pieces(response), deadline=deadline, most=most):
                into.write(piece)
    finally:
        response.close()


def _busy(response: requests.Response, _data: bytes, *, deadline: Deadline) -> None:
    """Answers that call for another attempt end here, since python-gitlab's errors don't tell about Retry-After and
    its own retries would sleep as long as the server likes."""
    if response.status_code != 429 and response.status_code < 500:
        return
    asked = response.headers.get("Retry-After")
    after = retry_after(asked, clock=deadline.clock)
    if response.status_code == 429 and asked is None:
        after = WINDOW
    raise Failed("gitlab-unavailable", f"GitLab answered {response.status_code}", after=after)
