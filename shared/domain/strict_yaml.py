"""From the text of a YAML file to plain dicts, lists and text, and nothing that YAML would make of them by itself."""

import json
from typing import Never

from .errors import Refused

MAX_BYTES = 64 * 1024
_DEEPEST = 10
"""What is deeper is left to the other reader, which says where it is too deep."""


def load(text: str | bytes, *, limit: int = MAX_BYTES) -> object:
    """Only dicts with text as keys, lists and text, one document; `on`, `1.0` and `null` stay the text that they are.

    Duplicate keys, anchors, aliases, tags and deep nesting are refused: Refused `yaml-invalid` with a sentence.
    `limit` is in bytes of UTF-8. JSON is YAML too, and read in no time.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > limit:
        raise Refused("yaml-invalid", f"the text has {len(data)} bytes, at most {limit} are taken")
    try:
        return _json(data.decode())
    except (ValueError, RecursionError):
        from . import yaml_events  # noqa: PLC0415 -- a tenth of a cold start, which plain JSON doesn't need

        return yaml_events.read(data)


def _json(text: str) -> object:
    """Raises ValueError for what is no JSON, and for JSON with something doubtful in it."""
    tree = json.loads(text, object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=_doubtful)
    return _plain(tree, depth=0)


def _plain(tree: object, *, depth: int) -> object:
    if depth > _DEEPEST:
        raise ValueError("deep")
    if isinstance(tree, dict):
        return {_text(key): _plain(value, depth=depth + 1) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_plain(item, depth=depth + 1) for item in tree]
    return _text(tree) if isinstance(tree, str) else json.dumps(tree)  # a truth or null


def _text(value: str) -> str:
    value.encode()
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found


def _doubtful(_: str) -> Never:
    raise ValueError("no JSON")
