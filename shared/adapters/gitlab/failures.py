"""The one place where the errors of python-gitlab and requests become ours; none of their text gets through."""

from collections.abc import Callable
from typing import TypeVar

import gitlab
import requests
import urllib3

from ...domain.errors import Permanent, ServiceError
from ..attempts import Failed

Result = TypeVar("Result")
Excuse = tuple[int, str]
"""A status, and what GitLab's message must hold beside it."""

_OUTSIDE = (
    gitlab.GitlabError,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    urllib3.exceptions.ProxySchemeUnsupported,
)
_REDIRECTS = (gitlab.exceptions.RedirectError, requests.TooManyRedirects)
_ADDRESSES = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)
_MOVED = "the project moved? Set its new path in the settings"
_BY_STATUS: dict[int, tuple[type[Permanent] | type[Failed], str]] = {
    401: (Permanent, "gitlab-unauthorized"),
    403: (Permanent, "gitlab-forbidden"),
    404: (Permanent, "gitlab-not-found"),
    408: (Failed, "gitlab-unavailable"),
    409: (Failed, "gitlab-busy"),
    429: (Failed, "gitlab-unavailable"),
}


class Excused(Permanent):
    """GitLab refused in the way that the caller expected; what it `said` goes no further than the caller."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__("gitlab-refused", f"GitLab answered {status}")
        self.status = status
        self.said = said


def translated(call: Callable[[], Result], *, asked: str, excuses: tuple[Excuse, ...] = ()) -> Result:
    """What the call returns; raises `Excused` when GitLab's answer is one of the excuses, else an error of ours."""
    try:
        return call()
    except _OUTSIDE as error:
        raise _excused(error, excuses) or ours(error, asked=asked) from None


def ours(error: Exception, *, asked: str) -> ServiceError:
    """The error in our words; `asked` names the question in them."""
    if isinstance(error, _REDIRECTS):
        return Permanent("gitlab-redirect", _MOVED)
    if isinstance(error, _ADDRESSES):
        return Permanent("url-refused", f"an address for `{asked}` would have left GitLab's API")
    if isinstance(error, gitlab.GitlabError) and error.response_code is not None:
        return _by_status(error.response_code, asked)
    if isinstance(error, gitlab.GitlabError):
        return Failed("gitlab-odd-answer", f"GitLab's answer to `{asked}` could not be read")
    return Failed("gitlab-unavailable", f"no answer to `{asked}` ({type(error).__name__})")


def _by_status(status: int, asked: str) -> ServiceError:
    if 300 <= status < 400:
        return Permanent("gitlab-redirect", _MOVED)
    unusual = (Failed, "gitlab-unavailable") if status >= 500 else (Permanent, "gitlab-refused")
    kind, reason = _BY_STATUS.get(status, unusual)
    return kind(reason, f"GitLab answered {status} to `{asked}`")


def _excused(error: Exception, excuses: tuple[Excuse, ...]) -> Excused | None:
    if not isinstance(error, gitlab.GitlabError) or error.response_code is None:
        return None
    message = str(error.error_message)
    if any(error.response_code == status and part in message for status, part in excuses):
        return Excused(error.response_code, message)
    return None
