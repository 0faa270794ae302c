"""The bytes of a message → a request, or a sentence that says what is wrong by name and never by value."""

import json
from collections.abc import Iterable
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from ..errors import Refused

_WRONG = {
    "missing": "is missing",
    "bool_type": "must be true or false, without quotes",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "list_type": "must be a list of titles",
    "too_short": "must not be empty",
    "too_long": "has too many titles",
    "model_type": "must be one JSON object",
    "dict_type": "must be one JSON object",
}
Text = Annotated[str, Field(min_length=1, max_length=1024)]
By = Annotated[str, Field(max_length=200)]
Titles = Annotated[list[Text], Field(min_length=1, max_length=1000)]


class Request(BaseModel):
    """Exact types, no unknown keys, never changed after it was read."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    def encode(self) -> bytes:
        """The message that decodes to the request."""
        return self.model_dump_json(exclude_defaults=True, by_alias=True).encode()


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
        return wanted.model_validate(tree, by_name=False)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        raise Refused("message-invalid", "; ".join([_complaint(each, wanted, place) for each in found][:5])) from None


def unknown(what: str, known: Iterable[str]) -> str:
    """The sentence about a name that is not known, with those that are."""
    return f"`{what[:80]}` is not known (known: {', '.join(known)})"


def _complaint(problem: ErrorDetails, wanted: type[Request], place: str) -> str:
    loc = ".".join(str(part) for part in (place, *problem["loc"]) if part != "")[:80]
    if problem["type"] == "extra_forbidden":
        return unknown(loc, (field.alias or name for name, field in wanted.model_fields.items()))
    if problem["type"] == "value_error":  # raised by a validator of ours, which quotes no value
        return f"`{loc or 'message'}` {problem['msg'].removeprefix('Value error, ')}"
    return f"`{loc or 'message'}` {_WRONG.get(problem['type'], 'has a value that does not fit')}"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Which of two values of one key was meant, nobody can tell."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1)
        raise Refused("message-invalid", f"`{twice[:80]}` stands twice in one object")
    return found
