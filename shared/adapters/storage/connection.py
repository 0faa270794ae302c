"""Cloud Storage: an address and credentials in, clients of Google's library out that can neither leave it nor hang."""

import json
from collections.abc import Callable
from functools import cached_property, partial

import google.auth
import requests
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request
from google.cloud import storage

from ...deadline import Deadline
from ...domain import address
from ...domain.errors import Permanent
from ..attempts import Failed, retry_after
from ..bounded import Bounded
from ..pool import BoundedPool

GOOGLE = "https://storage.googleapis.com"
CONNECTIONS = 8
_SCOPES = ("https://www.googleapis.com/auth/devstorage.read_write",)
_BASES = ("storage/v1/", "upload/storage/v1/", "download/storage/v1/")
Obtain = Callable[[Request], Credentials]


def of_platform(request: Request) -> Credentials:
    """The credentials of the account that the function runs as."""
    found: Credentials = google.auth.default(scopes=_SCOPES, request=request)[0]
    return found


def anonymous(_request: Request | None) -> Credentials:
    """None at all, for a stand-in."""
    return AnonymousCredentials()  # type: ignore[no-untyped-call]


class StorageConnection:
    """The pool of connections, and the credentials. Lives as long as the process, for all its threads."""

    def __init__(self, url: str = GOOGLE, *, credentials: Obtain = of_platform) -> None:
        """The credentials are obtained at the first request, and renewed by themselves."""
        self._url = address.check(url)
        self._obtain = credentials
        self._pool = BoundedPool(pool_connections=2, pool_maxsize=CONNECTIONS, max_retries=0, pool_block=True)
        self._credentials: Credentials | None = None

    def close(self) -> None:
        """Closes the pool."""
        self._pool.close()

    def client(self, deadline: Deadline) -> storage.Client:
        """A client whose every request keeps to the deadline, is sent once, and follows no redirect.

        Beyond the deadline is only the metadata server: while it fails, asking it for a token may take some seconds.
        """
        bounded = Bounded(
            self._pool,
            deadline,
            before=partial(self._authorize, deadline=deadline),
            after=partial(_check, deadline=deadline),
        )
        # Nothing but the API has an adapter, so that no link, redirect or name leads anywhere else.
        session = _session({f"{self._url}/{base}": bounded for base in _BASES})
        client = storage.Client(
            project=None,
            credentials=anonymous(None),  # what is sent is added by the adapter
            _http=session,
            client_options={"api_endpoint": self._url},
        )
        # Else the library asks for each bucket once more, in a thread of its own, for traces that nobody collects.
        client._bucket_metadata_cache = None
        return client

    def _authorize(self, request: requests.PreparedRequest, *, deadline: Deadline) -> None:
        tokens = Bounded(self._token_pool, deadline)
        ask = Request(_session({"https://": tokens, "http://": tokens}))
        try:
            if self._credentials is None:
                self._credentials = self._obtain(ask)
            self._credentials.before_request(  # type: ignore[no-untyped-call]
                ask, request.method, request.url, request.headers
            )
        except GoogleAuthError as error:
            # The library's own text may quote what the token server said.
            if error.retryable or isinstance(error, TransportError):
                raise Failed("drive-unavailable", "the server that gives out tokens can't be reached") from None
            raise Permanent("drive-unauthorized", "there are no credentials for Cloud Storage") from None

    @cached_property
    def _token_pool(self) -> BoundedPool:
        return BoundedPool(pool_connections=2, pool_maxsize=CONNECTIONS, max_retries=0)


def _session(adapters: dict[str, Bounded]) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    session.adapters.clear()
    for prefix, adapter in adapters.items():
        session.mount(prefix, adapter)
    return session


def _check(response: requests.Response, data: bytes, *, deadline: Deadline) -> None:
    """Ends what calls for another attempt; Google's client would take an empty answer for an object."""
    status = response.status_code
    if status in (408, 429) or status >= 500:
        after = retry_after(response.headers.get("Retry-After"), clock=deadline.clock)
        raise Failed("drive-unavailable", f"Cloud Storage answered {status}", after=after)
    method, target = response.request.method, response.request.url or ""
    if status == 200 and method == "GET" and "alt=media" not in target and not _is_object(data):
        raise Failed("drive-odd-answer", "Cloud Storage answered 200 with no JSON object")
    if status == 200 and method == "DELETE":
        raise Failed("drive-odd-answer", "Cloud Storage answers a deletion with 204, but this was 200")


def _is_object(data: bytes) -> bool:
    try:
        return isinstance(json.loads(data), dict)
    except (ValueError, RecursionError):
        return False
