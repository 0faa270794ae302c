"""Log records: one JSON line each on stdout, in the words of Cloud Logging, free of secrets and impossible to forge.

https://cloud.google.com/logging/docs/structured-logging
"""

import functools
import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import TracebackException
from types import MappingProxyType

from .domain.redaction import Redaction

_OURS = re.compile(
    r"severity|message|time|timestamp.*|httpRequest|stack_trace|exception|labels|trace.*|span.*|insertId|error"
    r"|error_message|@.*|.*google.*",
    re.IGNORECASE | re.DOTALL,
)
"""Fields that Cloud Logging, Error Reporting or this module give a meaning; data of such a name becomes `data_…`."""
_TRACES = {
    "traceparent": re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}"),
    "x-cloud-trace-context": re.compile(r"([0-9a-f]{32})(?:/[0-9]{1,20})?(?:;o=[0-9]+)?"),
}
_QUOTES = "sqlglot"
"""The library that warns by quoting the SQL that it doesn't know; whoever asks it says so without a quote."""
_JSON = json.JSONEncoder(allow_nan=False)
_EXECUTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_request: ContextVar[Mapping[str, object]] = ContextVar("request", default=MappingProxyType({}))
_bound: ContextVar[Mapping[str, object]] = ContextVar("bound", default=MappingProxyType({}))


class Logger:
    """Writes records to the stdout of the moment, which the functions' server exchanges during a request."""

    def __init__(self) -> None:
        self.redaction = Redaction()
        self.hidden: frozenset[str] = frozenset()
        self.level = logging.INFO
        self.lock = threading.Lock()

    def info(self, message: str, /, **fields: object) -> None:
        """What went as it should."""
        self.log(logging.INFO, message, **fields)

    def warning(self, message: str, /, **fields: object) -> None:
        """What may pass by itself, or was somebody else's mistake."""
        self.log(logging.WARNING, message, **fields)

    def error(self, message: str, /, **fields: object) -> None:
        """What somebody has to look at."""
        self.log(logging.ERROR, message, **fields)

    def log(self, level: int, message: str, /, **fields: object) -> None:
        """One record, unless it is below the level; `exc_info` is an exception, or True for the one being handled."""
        if level >= self.level:
            line = _record(logging.getLevelName(level), message, {**_bound.get(), **fields})
            with self.lock:
                sys.stdout.write(line + "\n")
                sys.stdout.flush()


_logger = Logger()


class _Bridge(logging.Handler):
    """Brings what libraries log into the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):
            text = str(record.msg)
        logger().log(level, text, logger=record.name, exc_info=record.exc_info)


def configure(level: str) -> None:
    """Sets the level of our records, and takes over those of libraries from WARNING on (httpx logs URLs at INFO)."""
    _logger.level = logging.getLevelNamesMapping()[level]
    root = logging.getLogger()
    root.handlers[:] = [_Bridge()]
    root.setLevel(max(_logger.level, logging.WARNING))
    logging.getLogger(_QUOTES).disabled = True


def logger() -> Logger:
    """The one of this process; nothing has to be configured before."""
    return _logger


def hide(values: Iterable[str]) -> None:
    """From now on these secrets are `[hidden]` in every record."""
    with _logger.lock:
        new = frozenset(values) - _logger.hidden
        if new:
            _logger.hidden |= new
            _logger.redaction = _logger.redaction.adding(new)


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Adds the fields to every record inside of the `with`."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


@contextmanager
def tracing(headers: Mapping[str, str], *, project: str) -> Iterator[None]:
    """Ties the records inside of the `with` to a request: its trace, and the execution id of the functions' server.

    The names of the headers are in lower case.
    """
    found: dict[str, object] = {}
    for name, form in _TRACES.items():
        match = form.fullmatch(headers[name]) if name in headers else None
        if match and match[1].strip("0"):
            found.setdefault("logging.googleapis.com/trace", f"projects/{project}/traces/{match[1]}")
    execution = headers.get("function-execution-id", "")
    if _EXECUTION.fullmatch(execution):
        found["logging.googleapis.com/labels"] = {"execution_id": execution}
    token = _request.set(found)
    try:
        yield
    finally:
        _request.reset(token)


def _record(severity: str, message: str, given: Mapping[str, object]) -> str:
    """The whole record. ASCII only: JSON then escapes line ends, U+2028 and terminal codes alike."""
    fields = {_data(name): value for name, value in given.items() if name != "exc_info"}
    fields["message"] = str(message)
    if raised := _exception(given.get("exc_info")):
        fields |= _told(raised)
    fixed = {"severity": severity, "time": datetime.now(UTC).isoformat()}
    line = _encoded({**fixed, **fields, **_request.get()})
    if line and _logger.redaction.passes(line):
        return line
    return _JSON.encode({**fixed, **_logger.redaction.fields(fields), **_request.get()})


def _encoded(record: Mapping[str, object]) -> str:
    """The record as it stands, or nothing where it holds what JSON has no word for."""
    try:
        return _JSON.encode(record)
    except (TypeError, ValueError, RecursionError):
        return ""


@functools.lru_cache(maxsize=256)
def _data(name: str) -> str:
    return f"data_{name}" if _OURS.fullmatch(name) else name


def _exception(info: object) -> BaseException | None:
    """What the caller meant by `exc_info`: an exception, the tuple of one, or True for the one being handled."""
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        return info[1] if isinstance(info[1], BaseException) else None
    return sys.exception() if info else None


def _told(raised: BaseException) -> dict[str, object]:
    """Without local values, since they hold what must not be logged."""
    stack = "".join(TracebackException.from_exception(raised, capture_locals=False).format())
    return {"error": type(raised).__name__, "error_message": str(raised), "stack_trace": stack}
