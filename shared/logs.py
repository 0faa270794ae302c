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
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import TracebackException

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import EventDict, FilteringBoundLogger

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
_EXECUTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_request: ContextVar[dict[str, object] | None] = ContextVar("request", default=None)


class _Lines:
    """Where records go: the stdout of the moment, which the functions' server exchanges during a request."""

    def __init__(self) -> None:
        self.redaction = Redaction()
        self.hidden: frozenset[str] = frozenset()
        self.level = logging.INFO
        self.lock = threading.Lock()

    def write(self, line: str) -> None:
        with self.lock:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    debug = info = warning = error = critical = write


_lines = _Lines()


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
    _lines.level = logging.getLevelNamesMapping()[level]
    root = logging.getLogger()
    root.handlers[:] = [_Bridge()]
    root.setLevel(max(_lines.level, logging.WARNING))


def logger() -> FilteringBoundLogger:
    """Ask for it where it is used; nothing has to be configured before."""
    return _of_level(_lines.level)


@functools.cache
def _of_level(level: int) -> FilteringBoundLogger:
    wrapped: FilteringBoundLogger = structlog.wrap_logger(
        _lines,
        processors=[merge_contextvars, _record],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    ).bind()
    return wrapped


def hide(values: Iterable[str]) -> None:
    """From now on these secrets are `[hidden]` in every record."""
    with _lines.lock:
        new = frozenset(values) - _lines.hidden
        if new:
            _lines.hidden |= new
            _lines.redaction = _lines.redaction.adding(new)


def bound(**fields: object) -> AbstractContextManager[None]:
    """Adds the fields to every record inside of the `with`."""
    return bound_contextvars(**fields)


@contextmanager
def tracing(headers: Mapping[str, str], *, project: str) -> Iterator[None]:
    """Ties the records inside of the `with` to a request: its trace, and the execution id of the functions' server."""
    lower = {name.lower(): value for name, value in headers.items()}
    found: dict[str, object] = {}
    for name, form in _TRACES.items():
        match = form.fullmatch(lower.get(name, ""))
        if match and match[1].strip("0"):
            found.setdefault("logging.googleapis.com/trace", f"projects/{project}/traces/{match[1]}")
    execution = lower.get("function-execution-id", "")
    if _EXECUTION.fullmatch(execution):
        found["logging.googleapis.com/labels"] = {"execution_id": execution}
    token = _request.set(found)
    try:
        yield
    finally:
        _request.reset(token)


def _record(_: object, method: str, event: EventDict) -> str:
    """The whole record. ASCII only: JSON then escapes line ends, U+2028 and terminal codes alike."""
    message, raised = event.pop("event", ""), _exception(event.pop("exc_info", None))
    fields = {f"data_{name}" if _OURS.fullmatch(name) else name: value for name, value in event.items()}
    fields |= {"message": str(message)} | (_told(raised) if raised else {})
    plain = {_lines.redaction.text(name): _lines.redaction.plain(value) for name, value in fields.items()}
    fixed = {"severity": method.upper(), "time": datetime.now(UTC).isoformat()}
    return json.dumps(fixed | plain | (_request.get() or {}), allow_nan=False)


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
