"""The bytes of a message → a request, or a sentence that says what is wrong by name and never by value."""

import json
from collections.abc import Iterable
from typing import Annotated, TypeVar

from .. import posting, schema, source
from ..checks import at_most, filled
from ..errors import Refused
from ..schema import Finding, Misfit

Text = Annotated[str, filled, at_most(1024)]
By = Annotated[str, at_most(200)]


def _folder(text: str) -> str:
    if not source.is_folder(text):
        raise ValueError("must be a plain path of letters, digits, `.`, `_`, `-` and `/`")
    return text


Folder = Annotated[Text, _folder]
Titles = Annotated[tuple[Text, ...], filled, at_most(1000)]


class Request:
    """What a topic's messages may say: a frozen dataclass of exact types."""

    __slots__ = ()

    def encode(self) -> bytes:
        """The message that decodes to the request."""
        return posting.encode(schema.said(self))


Wanted = TypeVar("Wanted", bound=Request)


def decode(wanted: type[Wanted], data: bytes) -> Wanted:
    """The request; raises Refused `message-invalid` with a sentence that names what is wrong."""
    try:
        tree = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise Refused("message-invalid", "the message is no JSON; it must be one JSON object") from None
    return fit(wanted, tree)


def fit(wanted: type[Wanted], tree: object, *, place: str = "") -> Wanted:
    """The same for parsed JSON, which stands at `place` of the message."""
    try:
        return schema.read(wanted, tree)
    except Misfit as error:
        sentences = [_complaint(each, place) for each in error.findings[:5]]
        raise Refused("message-invalid", "; ".join(sentences)) from None


def unknown(what: str, known: Iterable[str]) -> str:
    """The sentence about a name that is not known, with those that are."""
    return f"`{what[:80]}` is not known (known: {', '.join(known)})"


def _complaint(finding: Finding, place: str) -> str:
    where = ".".join(str(part) for part in (place, *finding.place) if part != "")[:80]
    if finding.kind == "unknown":
        return unknown(where, finding.known)
    return f"`{where or 'message'}` {'must be one JSON object' if finding.kind == 'object' else finding.complaint}"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Which of two values of one key was meant, nobody can tell."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1)
        raise Refused("message-invalid", f"`{twice[:80]}` stands twice in one object")
    return found
