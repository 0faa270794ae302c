"""Plain dicts, lists and scalars → a frozen dataclass by its annotations, or all that doesn't fit, with its places.

An annotation is `str`, `bool`, `int`, `object` (anything), a `Literal` of texts, `tuple[X, ...]`, `Mapping[X, Y]`, such
a dataclass, or `X | None`. A text may stand for a dataclass that has a field with the metadata `short`: it is the value
of that field. `Annotated[X, check, …]` passes the value through checks, which return it or raise
ValueError with the end of a sentence ("must be …"); so may the `__post_init__` of a dataclass. No library does this,
since the webhook imports it at every cold start.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from functools import partial
from types import UnionType
from typing import Annotated, Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from .checks import one_of

Form = TypeVar("Form")
Kind = Literal["missing", "unknown", "object", "value"]
_BLANK = ("", "~", "null")
_DIGITS = re.compile(r"[0-9]{1,15}")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that doesn't fit: where (keys and indexes), and the end of a sentence about it that shows no value.

    `known` are the keys that there are where one is not known.
    """

    kind: Kind
    complaint: str
    place: tuple[str | int, ...] = ()
    known: tuple[str, ...] = ()


class Misfit(ValueError):
    """All findings of one tree, in the order of the fields; what is not known comes last."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} findings")


def read(form: type[Form], tree: object, *, text: bool = False) -> Form:
    """The tree as that dataclass; raises Misfit.

    `text`: it comes from YAML or the environment, which hold nothing but text. Digits are then a number, `true` and
    `false` are themselves, and what is there but blank (`slack: null`, `workspace:`) is not set. Without it nothing is
    guessed into another type.
    """
    found: Form = _Reader(text).record(form, tree)
    return found


def said(value: Any) -> dict[str, object]:
    """What differs from the defaults: the tree that reads to the same."""
    return {key(each): _tree(found) for each in fields(value) if (found := getattr(value, each.name)) != each.default}


def _tree(value: Any) -> object:
    """What stands within another; where its short field says all, that field alone."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    short = next((key(each) for each in fields(value) if each.metadata.get("short")), "")
    found = said(value)
    return found[short] if found.keys() == {short} else found


def keys(form: type) -> tuple[str, ...]:
    """The keys that the dataclass takes."""
    return tuple(key(each) for each in fields(form))


def key(field: Any) -> str:
    """What a field is called outside: its metadata's `key`, else its own name."""
    name: str = field.metadata.get("key", field.name)
    return name


@dataclass(frozen=True, slots=True)
class _Reader:
    text: bool

    def record(self, form: Any, given: object) -> Any:
        known = {key(each): each for each in fields(form)}
        short = next((name for name, each in known.items() if each.metadata.get("short")), None)
        if short and isinstance(given, str) and not self._blank(given):
            given = {short: given}
        tree = _object({} if self._blank(given) else given)
        hints = get_type_hints(form, include_extras=True)
        parts: dict[str | int, Callable[[], object]] = {}
        for name, each in known.items():
            if name in tree and not self._blank(tree[name]):
                parts[name] = partial(self._value, hints[each.name], tree[name])
            elif each.default is MISSING:
                parts[name] = partial(_complain, "missing", "is missing")
        unknown = partial(_complain, "unknown", "is not known", known=tuple(known))
        found = _all(parts | dict.fromkeys((name for name in tree if name not in known), unknown))
        try:
            return form(**{known[str(name)].name: value for name, value in found.items()})
        except ValueError as error:
            raise Misfit([Finding("value", str(error))]) from None

    def _value(self, kind: Any, given: object) -> object:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self._checked(arguments, given)
        if origin in (Union, UnionType):
            return None if given is None else self._value(arguments[0], given)
        if origin is Literal:
            return one_of(*arguments)(given)
        if origin is tuple:
            return self._items(arguments[0], given)
        if origin is Mapping:
            return self._entries(arguments, given)
        return self.record(kind, given) if is_dataclass(kind) else self._scalar(kind, given)

    def _checked(self, arguments: tuple[Any, ...], given: object) -> object:
        kind, *checks = arguments
        value = self._value(kind, given)
        for check in checks:
            value = check(value)
        return value

    def _items(self, kind: Any, given: object) -> tuple[object, ...]:
        if not isinstance(given, list):
            raise ValueError("must be a list")
        found = _all({index: partial(self._value, kind, item) for index, item in enumerate(given)})
        return tuple(found.values())

    def _entries(self, kinds: tuple[Any, ...], given: object) -> dict[object, object]:
        pairs = _all({name: partial(self._entry, kinds, name, each) for name, each in _object(given).items()})
        return dict(pairs.values())

    def _entry(self, kinds: tuple[Any, ...], name: str, given: object) -> tuple[object, object]:
        return self._value(kinds[0], name), self._value(kinds[1], given)

    def _scalar(self, kind: type, given: object) -> object:
        if kind is str:
            return _text(given)
        if kind is object or type(given) is kind:
            return given
        if self.text and isinstance(given, str):
            if kind is int and _DIGITS.fullmatch(given):
                return int(given)
            if kind is bool and given in ("true", "false"):
                return given == "true"
        raise ValueError("must be a whole number" if kind is int else "must be true or false, without quotes")

    def _blank(self, given: object) -> bool:
        return self.text and isinstance(given, str) and given in _BLANK


def _all(parts: Mapping[Any, Callable[[], Any]]) -> dict[Any, Any]:
    """The values of all parts, or the findings of all."""
    found, findings = {}, []
    for step, part in parts.items():
        try:
            found[step] = part()
        except Misfit as error:
            findings += [replace(each, place=(step, *each.place)) for each in error.findings]
        except ValueError as error:
            findings.append(Finding("value", str(error), (step,)))
    if findings:
        raise Misfit(findings)
    return found


def _complain(kind: Kind, complaint: str, *, known: tuple[str, ...] = ()) -> NoReturn:
    raise Misfit([Finding(kind, complaint, known=known)])


def _object(given: object) -> dict[str, object]:
    if not isinstance(given, dict):
        raise Misfit([Finding("object", "must be an object")])
    return given


def _text(given: object) -> str:
    """JSON can escape half a character; such text could be written nowhere."""
    if not isinstance(given, str) or _SURROGATE.search(given):
        raise ValueError("must be text")
    return given
