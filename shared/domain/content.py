"""From the bytes of a config, or AIC's jobConfig, to the part that can be deployed, as canonical JSON."""

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import json_places
from .errors import Refused

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 200
DEPLOYABLE: Mapping[str, object] = {"stages": [], "variables": [], "sourceStage": {}, "sinkStage": {}}
"""The only keys that AIC accepts in a write, with what an absent one means."""
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
"""Also matches a string without an end, and never looks back: hostile text takes no longer than any other."""


@dataclass(frozen=True, slots=True)
class Content:
    """The deployable part of a jobConfig. Equality is equality of content, whatever the order of keys.

    `digest` is the SHA-256 of its canonical JSON, in hex. `packed` is the JSON in the order that it came in,
    compressed: a deploy may hold two versions of every pipeline at once. `others` are the keys beside it that AIC
    doesn't take, `$…` ones left out.
    """

    digest: str
    packed: bytes = field(compare=False, repr=False)
    others: Mapping[str, object] = field(default_factory=dict, compare=False, hash=False, repr=False)
    title: str | None = field(default=None, compare=False)

    def fields(self) -> dict[str, Any]:
        """The four deployable keys, as AIC wants them in a write; keys inside keep their order."""
        parsed: dict[str, Any] = json.loads(zlib.decompress(self.packed))
        return parsed

    def unlike(self, other: "Content") -> tuple[str, ...]:
        """The names of the keys beside the deployable part that differ."""
        names = self.others.keys() | other.others.keys()
        return tuple(sorted(name for name in names if _text(self, name) != _text(other, name)))


def of_job(job_config: Mapping[str, object]) -> Content:
    """The content of a jobConfig as AIC gave it; raises Refused `config-invalid`."""
    for key, absent in DEPLOYABLE.items():
        value = job_config.get(key)
        if value is not None and type(value) is not type(absent):
            raise Refused("config-invalid", f"`{key}` must be a JSON {_kind(absent)}")
    if not isinstance(job_config.get("stages"), list):
        raise Refused("config-invalid", "`stages` is missing")
    part = {key: job_config.get(key, absent) for key, absent in DEPLOYABLE.items()}
    others = {
        key: value
        for key, value in job_config.items()
        if key not in DEPLOYABLE and key != "title" and not key.startswith("$")
    }
    title = job_config.get("title")
    digest = hashlib.sha256(_canonical(part).encode()).hexdigest()
    packed = zlib.compress(json.dumps(part).encode(), 1)
    return Content(digest, packed, others, title if isinstance(title, str) else None)


def of_file(data: bytes) -> Content:
    """The content of a config file; raises Refused with reason `config-too-big` or `config-invalid`."""
    return of_job(parse(data))


def parse(data: bytes) -> Mapping[str, object]:
    """A config file as strict JSON: one object, no duplicate keys, no NaN, nothing that can't be sent on."""
    if len(data) > MAX_BYTES:
        raise Refused("config-too-big", f"{len(data)} bytes, at most {MAX_BYTES} are taken")
    text = ""
    try:
        text = data.decode()
        _check_depth(text)
        parsed = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
        json.dumps(parsed, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise Refused("config-invalid", f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except UnicodeError:
        raise Refused("config-invalid", "not UTF-8 text") from None
    except ValueError as error:
        raise Refused("config-invalid", _sentence(error, text)) from None
    if not isinstance(parsed, dict):
        raise Refused("config-invalid", "the file must hold one JSON object")
    return parsed


def _canonical(part: object) -> str:
    try:
        text = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError):
        raise Refused(
            "config-invalid", "it holds NaN, half a character or too deep a tree, which can't be sent"
        ) from None
    return text


def _text(content: Content, name: str) -> str:
    """The key beside the deployable part as JSON text, since for Python `1`, `1.0` and `true` are the same."""
    return json.dumps(content.others.get(name), sort_keys=True)


def _kind(value: object) -> str:
    return "list" if isinstance(value, list) else "object"


class _Strict(ValueError):
    """A rule of ours that plain JSON parsing doesn't have; `twin` and `word` are what to look for in the text."""

    def __init__(self, sentence: str, *, twin: str | None = None, word: str = "", place: str = "") -> None:
        super().__init__(sentence)
        self.twin = twin
        self.word = word
        self.place = place


def _sentence(error: ValueError, text: str) -> str:
    if not isinstance(error, _Strict):
        return "a number is out of range"
    place = error.place
    if error.twin is not None:
        place = json_places.of_twin(text, error.twin)
    elif error.word:
        place = json_places.of_word(text, error.word)
    return f"{error} at {place}" if place else str(error)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _Strict(f"the key `{key[:80]}` stands twice in one object", twin=key)
        found[key] = value
    return found


def _no_constant(name: str) -> object:
    raise _Strict(f"{name} is no JSON value", word=name)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _Strict("a number is out of range", word=text)
    return number


def _check_depth(text: str) -> None:
    """Counts brackets outside strings, since a parser that recurses falls over before it can say why.

    Where there are no more than so many at all none has to be looked at.
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        piece = found.group()
        depth += (piece in "[{") - (piece in "]}")
        if depth > MAX_DEPTH:
            raise _Strict(f"nested more than {MAX_DEPTH} levels deep", place=json_places.position(text, found.start()))
