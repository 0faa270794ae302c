"""Errors of the libraries become ours, all of them, and nothing of their text gets through."""

import inspect
from types import ModuleType

import gitlab
import pytest
import requests
import urllib3

from shared.adapters.attempts import Failed
from shared.adapters.gitlab import failures
from shared.domain.errors import Permanent, ServiceError, Transient

HIDDEN = "https://user:glpat-hidden@git.example.com/?private_token=glpat-hidden"


def errors_of(module: ModuleType) -> list[type[Exception]]:
    """Every exception class that the module offers; warnings are none."""
    classes = [value for value in vars(module).values() if inspect.isclass(value)]
    return [
        kind
        for kind in classes
        if issubclass(kind, Exception)
        and not issubclass(kind, Warning)
        and kind.__module__.startswith(module.__name__.split(".")[0])
    ]


ALL = errors_of(gitlab.exceptions) + errors_of(requests.exceptions) + errors_of(urllib3.exceptions)


def raised(error: Exception) -> ServiceError:
    def call() -> None:
        raise error

    with pytest.raises(ServiceError) as caught:
        failures.translated(call, asked="head")
    return caught.value


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_sec_32_every_error_of_the_libraries_is_mapped(kind: type[Exception]) -> None:
    """None of them escapes as itself, and none is quoted."""
    error = kind.__new__(kind)
    Exception.__init__(error, HIDDEN)
    vars(error).update(response_code=None, error_message=HIDDEN, response_body=HIDDEN.encode())
    found = raised(error)

    assert isinstance(found, Permanent | Transient)
    assert "hidden" not in f"{found!r} {found} {found.detail}"
    assert found.__suppress_context__


def test_there_are_errors_to_map() -> None:
    """The list above is not empty by mistake."""
    assert {gitlab.GitlabParsingError, requests.Timeout, urllib3.exceptions.ProtocolError} <= set(ALL)
    assert len(ALL) > 100


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (300, Permanent, "gitlab-redirect"),
        (304, Permanent, "gitlab-redirect"),
        (400, Permanent, "gitlab-refused"),
        (401, Permanent, "gitlab-unauthorized"),
        (403, Permanent, "gitlab-forbidden"),
        (404, Permanent, "gitlab-not-found"),
        (405, Permanent, "gitlab-refused"),
        (408, Failed, "gitlab-unavailable"),
        (409, Failed, "gitlab-busy"),
        (422, Permanent, "gitlab-refused"),
        (429, Failed, "gitlab-unavailable"),
        (500, Failed, "gitlab-unavailable"),
        (503, Failed, "gitlab-unavailable"),
        (529, Failed, "gitlab-unavailable"),
    ],
)
def test_a_status_says_what_happens_next(status: int, kind: type[ServiceError], reason: str) -> None:
    """Whatever class python-gitlab made of it."""
    for error in (gitlab.GitlabGetError, gitlab.GitlabHttpError, gitlab.GitlabAuthenticationError):
        found = raised(error(HIDDEN, response_code=status))
        assert (type(found), found.reason) == (kind, reason)
        assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (gitlab.exceptions.RedirectError(HIDDEN), Permanent, "gitlab-redirect"),
        (requests.TooManyRedirects(HIDDEN), Permanent, "gitlab-redirect"),
        (requests.exceptions.InvalidSchema(HIDDEN), Permanent, "url-refused"),
        (requests.exceptions.InvalidHeader(HIDDEN), Permanent, "url-refused"),
        (gitlab.GitlabParsingError(HIDDEN), Failed, "gitlab-odd-answer"),
        (requests.ConnectionError(HIDDEN), Failed, "gitlab-unavailable"),
        (requests.ReadTimeout(HIDDEN), Failed, "gitlab-unavailable"),
        (urllib3.exceptions.ProtocolError(HIDDEN), Failed, "gitlab-unavailable"),
    ],
)
def test_an_error_without_status_says_what_happens_next(error: Exception, kind: type, reason: str) -> None:
    """Only what another attempt may mend is tried again."""
    found = raised(error)

    assert (type(found), found.reason) == (kind, reason)


def test_an_excuse_needs_status_and_words() -> None:
    """A 404 of another thing excuses nothing."""

    def call() -> None:
        raise gitlab.GitlabGetError("404 Project Not Found", response_code=404)

    with pytest.raises(failures.Excused):
        failures.translated(call, asked="file", excuses=((404, "404 Project"),))
    for excuse in ((404, "404 File"), (400, "404 Project")):
        with pytest.raises(Permanent) as caught:
            failures.translated(call, asked="file", excuses=(excuse,))
        assert not isinstance(caught.value, failures.Excused)


def test_bugs_stay_loud() -> None:
    """What no library raised is not ours to translate."""

    def call() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        failures.translated(call, asked="head")
