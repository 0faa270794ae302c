"""The one place where the errors of Google's library become ours; none of their text gets through."""

from collections.abc import Callable
from typing import TypeVar

import requests
import urllib3
from google.api_core.exceptions import GoogleAPICallError, NotFound, PreconditionFailed
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse

from ...domain.errors import Permanent, ServiceError
from ..attempts import Failed

Result = TypeVar("Result")
_OUTSIDE = (
    GoogleAPICallError,
    InvalidResponse,
    DataCorruption,
    ConnectionError,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
)
_REDIRECT = "Cloud Storage answered with a redirect, which is never followed"


class Conflict(Failed):
    """The object is not of the generation that was expected."""


class Absent(Permanent):
    """There is no such object, or no such bucket."""


def translated(call: Callable[[], Result], *, asked: str) -> Result:
    """What the call returns; raises Absent, Conflict, or an error of ours. `asked` names the question in it."""
    try:
        return call()
    except _OUTSIDE as error:
        raise _ours(error, asked) from None


def _ours(error: Exception, asked: str) -> ServiceError:
    if isinstance(error, NotFound):
        return Absent("drive-missing", f"Cloud Storage answered 404 to `{asked}`: is there such a bucket?")
    if isinstance(error, PreconditionFailed):
        return Conflict("drive-unavailable", "somebody else wrote the same object at the same time")
    if isinstance(error, requests.TooManyRedirects):
        return Permanent("drive-refused", _REDIRECT)
    if isinstance(error, requests.exceptions.InvalidSchema):  # no adapter is there for this address
        return Permanent("url-refused", f"an address for `{asked}` would have left Cloud Storage's API")
    status = _status(error)
    if status is None:
        return Failed("drive-unavailable", f"no answer to `{asked}` ({type(error).__name__})")
    return _by_status(status, asked)


def _by_status(status: int, asked: str) -> ServiceError:
    if status == 200:
        return Failed("drive-odd-answer", f"Cloud Storage's answer to `{asked}` could not be read")
    if 300 <= status < 400:
        return Permanent("drive-refused", _REDIRECT)
    if status in (401, 403):
        why = "check the rights of the function's account, and the bucket's retention policy"
        return Permanent("drive-unauthorized", f"Cloud Storage answered {status} to `{asked}`; {why}")
    return Permanent("drive-refused", f"Cloud Storage answered {status} to `{asked}`")


def _status(error: Exception) -> int | None:
    """What was answered; None where nothing was, 200 for a good answer that could not be read."""
    if isinstance(error, GoogleAPICallError):
        return int(error.code) if error.code is not None else None
    if isinstance(error, (InvalidResponse, DataCorruption)):
        return int(error.response.status_code)
    return 200 if isinstance(error, requests.exceptions.JSONDecodeError) else None
