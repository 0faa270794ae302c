"""Requests and answers as values, and the table that finds the handler of a request by its raw path."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import unquote

from werkzeug.datastructures import Headers


class Rejected(Exception):
    """Raised by a handler instead of returning: the request ends with this answer."""

    def __init__(self, answer: "Answer") -> None:
        super().__init__(answer.status)
        self.answer = answer


class BadJson(Exception):
    """The request's body is no JSON text."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `names` are the path parameters, each raw segment decoded once, so `%2F` stays inside one."""

    method: str
    path: str
    raw_path: str = ""
    route: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, list[str]] = field(default_factory=dict)
    raw_query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    found: "Found | None" = None

    def json(self) -> object:
        """The parsed body, `{}` when there is none. Raises `BadJson`."""
        if not self.body.strip():
            return {}
        try:
            parsed: object = json.loads(self.body, parse_constant=_no_number, parse_float=_number)
        except (ValueError, RecursionError) as error:
            raise BadJson(str(error)) from error
        return parsed


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: no body for None, bytes as they are, str as plain text, anything else as JSON."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def phrase(self) -> str:
        return HTTPStatus(self.status).phrase

    def encoded(self) -> tuple[str, bytes]:
        """The content type (empty when there is no body) and the bytes."""
        match self.body:
            case None:
                return "", b""
            case bytes():
                return "application/octet-stream", self.body
            case str():
                return "text/plain; charset=utf-8", self.body.encode()
            case _:
                return "application/json", _json(self.body)

    def rendered(self) -> "Answer":
        """The same answer as bytes, encoded once and for all."""
        kind, body = self.encoded()
        return replace(self, body=body, headers=({"Content-Type": kind} if kind else {}) | dict(self.headers))


Handler = Callable[[Call], Answer]


def plain_words(status: int, why: str) -> Answer:
    """How a router turns a request away where a stand-in has no wording of its own."""
    return Answer(status, {"error": f"{status} {HTTPStatus(status).phrase}{why and f': {why}'}"})


@dataclass(slots=True)
class _Node:
    literals: "dict[str, _Node]" = field(default_factory=dict)
    parameter: "_Node | None" = None
    handlers: "dict[str, tuple[str, Handler]]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a request belongs; without a handler `status` is 404 or 405."""

    route: str
    names: Mapping[str, str]
    handler: Handler | None
    status: int = 200


UNKNOWN_ROUTE = "unknown"


class Router:
    """Templates such as `/projects/:id/repository/files/:path/raw`; a literal segment beats a parameter."""

    def __init__(
        self,
        *,
        gate: Callable[[Call], None] = lambda _call: None,
        words: Callable[[int, str], Answer] = plain_words,
    ) -> None:
        """`gate` sees every request that has a handler first; it raises `Rejected` to turn one away.

        `words` makes the answer to a request without a handler, or with a body that is no JSON, of status and reason.
        """
        self._root = _Node()
        self._gate = gate
        self._words = words

    def add(self, method: str, template: str, handler: Handler) -> None:
        node = self._root
        for segment in _segments(template):
            if segment.startswith(":"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        node.handlers[method.upper()] = (template, handler)

    def on(self, method: str, template: str) -> Callable[[Handler], Handler]:
        """`add` as a decorator."""

        def register(handler: Handler) -> Handler:
            self.add(method, template, handler)
            return handler

        return register

    def claimed(self) -> list[str]:
        """Everything there is: `METHOD template`."""
        return sorted(_claimed(self._root))

    def find(self, method: str, raw_path: str) -> Found:
        """HEAD falls back to GET; the path is matched before it is decoded."""
        segments = _segments(raw_path)
        nodes = _matching(self._root, segments)
        for wanted in ("HEAD", "GET") if method == "HEAD" else (method,):
            for node in nodes:
                if wanted in node.handlers:
                    template, handler = node.handlers[wanted]
                    return Found(template, _names(template, segments), handler)
        if not nodes:
            return Found(UNKNOWN_ROUTE, {}, None, 404)
        template = next(iter(nodes[0].handlers.values()))[0]
        return Found(template, _names(template, segments), None, 405)

    def placed(self, call: Call, *, prefix: str = "") -> Call:
        """The call with its route and path parameters, found below `prefix`; the path itself stays whole."""
        found = self.find(call.method, call.raw_path.removeprefix(prefix))
        return replace(call, route=found.route, names=found.names, found=found)

    def answer(self, call: Call) -> Answer:
        """What the handler of a placed call answers; 404 and 405 without one, 400 for a body that is no JSON."""
        found = call.found
        if found is None or found.handler is None:
            return self._words(found.status if found else 404, "")
        try:
            self._gate(call)
            return found.handler(call)
        except Rejected as rejected:
            return rejected.answer
        except BadJson:
            return self._words(400, "the body is no JSON")


def _json(body: object) -> bytes:
    """Half of a surrogate pair has no bytes in UTF-8: with one in it everything is escaped, as JSON allows."""
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode()


def _number(text: str) -> float:
    number = float(text)
    return _no_number(text) if math.isinf(number) else number


def _no_number(text: str) -> NoReturn:
    """Python alone would take NaN and Infinity, which no JSON has."""
    raise ValueError(text)


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/") if path.strip("/") else []


def _claimed(node: _Node) -> Iterator[str]:
    for method, (template, _handler) in node.handlers.items():
        yield f"{method} {template}"
    for below in (*node.literals.values(), *([node.parameter] if node.parameter else [])):
        yield from _claimed(below)


def _matching(node: _Node, segments: list[str]) -> list[_Node]:
    """Every node that fits the whole path, the most literal one first."""
    if not segments:
        return [node] if node.handlers else []
    first, rest = segments[0], segments[1:]
    literal = node.literals.get(unquote(first))
    found = _matching(literal, rest) if literal else []
    if node.parameter and first:
        found += _matching(node.parameter, rest)
    return found


def _names(template: str, segments: list[str]) -> dict[str, str]:
    pairs = zip(_segments(template), segments, strict=True)
    return {name[1:]: unquote(raw) for name, raw in pairs if name.startswith(":")}
