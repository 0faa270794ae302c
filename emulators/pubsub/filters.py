"""Which messages a subscription wants: https://cloud.google.com/pubsub/docs/subscription-message-filter."""

import re
from collections.abc import Callable, Mapping

from emulators.pubsub.problem import Problem, invalid

MOST_BYTES = 256
Wants = Callable[[Mapping[str, str]], bool]
_TOKEN = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|-(?=\s*(?:attributes\b|hasPrefix\b|\())|[A-Za-z0-9_-]+|!=|[=:.(),])""")
_ESCAPED = re.compile(r"\\(.)")


def everything(_attributes: Mapping[str, str]) -> bool:
    return True


def parsed(text: str) -> Wants:
    """Raises INVALID_ARGUMENT. No filter wants everything."""
    if not text.strip():
        return everything
    if len(text.encode()) > MOST_BYTES:
        raise invalid(f"A filter is at most {MOST_BYTES} bytes long.")
    reader = _Reader(_tokens(text))
    wants = reader.expression()
    if reader.peek():
        raise _no_filter()
    return wants


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _no_filter()
        found.append(match[1])
        at = match.end()
    return found


class _Reader:
    """By recursive descent over the tokens that are left."""

    def __init__(self, tokens: list[str]) -> None:
        self._left = tokens[::-1]

    def peek(self) -> str:
        """Empty at the end."""
        return self._left[-1] if self._left else ""

    def expression(self) -> Wants:
        """Terms joined by AND or by OR; who wants both writes parentheses."""
        terms, word = [self._term()], self.peek()
        while word in ("AND", "OR") and self.peek() == word:
            self._next()
            terms.append(self._term())
        if word == "OR":
            return lambda attributes: any(term(attributes) for term in terms)
        return lambda attributes: all(term(attributes) for term in terms)

    def _term(self) -> Wants:
        word = self._next()
        if word in ("NOT", "-"):
            negated = self._term()
            return lambda attributes: not negated(attributes)
        if word == "(":
            inner = self.expression()
            self._expect(")")
            return inner
        if word == "hasPrefix":
            return self._prefix()
        return self._comparison(word)

    def _prefix(self) -> Wants:
        self._expect("(", "attributes", ".")
        key = self._text()
        self._expect(",")
        start = self._string()
        self._expect(")")
        return lambda attributes: key in attributes and attributes[key].startswith(start)

    def _comparison(self, word: str) -> Wants:
        if word != "attributes":
            raise _no_filter()
        if self._next(":", ".") == ":":
            known = self._text()
            return lambda attributes: known in attributes
        key, sign = self._text(), self._next("=", "!=")
        value = self._string()
        if sign == "=":
            return lambda attributes: attributes.get(key) == value
        return lambda attributes: attributes.get(key) != value

    def _text(self) -> str:
        """A key, which needs quotes only for odd characters."""
        token = self._next()
        return _unquoted(token) if token.startswith('"') else _checked(token)

    def _string(self) -> str:
        token = self._next()
        if not token.startswith('"'):
            raise _no_filter()
        return _unquoted(token)

    def _expect(self, *tokens: str) -> None:
        for token in tokens:
            self._next(token)

    def _next(self, *allowed: str) -> str:
        if not self._left or (allowed and self._left[-1] not in allowed):
            raise _no_filter()
        return self._left.pop()


def _checked(token: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", token):
        raise _no_filter()
    return token


def _unquoted(token: str) -> str:
    return _ESCAPED.sub(r"\1", token[1:-1])


def _no_filter() -> Problem:
    return invalid("Invalid filter: syntax error.")
