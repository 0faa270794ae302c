"""Two jobConfigs → what differs beside the code, as paths that people can find."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .code import texts_of

_NAMES = ("id", "stageId", "name", "key", "description")
"""By the first of these under which all elements of a list have a text of their own they are told apart."""
_CODE = frozenset({"script", "query", "sql"})
_MOST_TOLD = 120
_LEFT_OUT = frozenset({"title"})


@dataclass(frozen=True, slots=True)
class Setting:
    """`path` leads to it from the top; `before` and `after` are JSON, cut short, empty where there is none."""

    path: str
    before: str
    after: str


def between(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Setting, ...]:
    """In the order of the newer one. AIC's own `$…` keys, the title and code of tasks are left out."""
    return tuple(_objects(_own(before), _own(after), ""))


def _own(config: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in config.items() if not key.startswith("$") and key not in _LEFT_OUT}


def _differing(one: object, other: object, path: str) -> Iterator[Setting]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        yield from _objects(one, other, path)
    elif isinstance(one, list) and isinstance(other, list):
        yield from _lists(one, other, path)
    elif _json(one) != _json(other):
        yield Setting(path, _told(one), _told(other))


def _objects(one: Mapping[str, object], other: Mapping[str, object], path: str) -> Iterator[Setting]:
    """Of the code of a task the words are told elsewhere."""
    hidden = {"config"} if texts_of(one) or texts_of(other) else set()
    for key in [*other, *(key for key in one if key not in other)]:
        place = f"{path}.{key}" if path else key
        old, new = one.get(key, _ABSENT), other.get(key, _ABSENT)
        if key in hidden:
            old, new = _without_code(old), _without_code(new)
        yield from _differing(old, new, place)


def _without_code(config: object) -> object:
    return {key: value for key, value in config.items() if key not in _CODE} if isinstance(config, Mapping) else config


def _lists(one: list[object], other: list[object], path: str) -> Iterator[Setting]:
    by = next((name for name in _NAMES if _tells(name, one) and _tells(name, other)), "")
    old, new = _keyed(one, by), _keyed(other, by)
    both = [key for key in new if key in old]
    if both != [key for key in old if key in new]:
        yield Setting(path, "in one order", "in another")
    for key in [*new, *(key for key in old if key not in new)]:
        yield from _differing(old.get(key, _ABSENT), new.get(key, _ABSENT), f"{path}[{key}]")


def _tells(name: str, items: list[object]) -> bool:
    found = [each.get(name) if isinstance(each, Mapping) else None for each in items]
    return all(isinstance(each, str) and each for each in found) and len(set(map(str, found))) == len(found)


def _keyed(items: list[object], by: str) -> dict[str, object]:
    if not by:
        return {str(number): each for number, each in enumerate(items)}
    return {str(each[by]): each for each in items if isinstance(each, Mapping)}


class _Absent:
    """Where one side has nothing, not even null."""


_ABSENT = _Absent()


def _json(value: object) -> str:
    return "" if value is _ABSENT else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _told(value: object) -> str:
    text = "" if value is _ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_TOLD else f"{text[: _MOST_TOLD - 1]}…"
