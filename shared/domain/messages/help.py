"""What the workflows are and what each wants to know, read off their dataclasses, so that it can't lie."""

import inspect
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from .. import schema

_WORDS: Mapping[Any, str] = types.MappingProxyType(
    {str: "text", bool: "`true` or `false`", int: "whole number", object: "anything"}
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kind` is in plain words; `default` is what holds where it is left out, None where it must not be."""

    name: str
    kind: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Workflow:
    """`says` are sentences; the first one is what it does."""

    name: str
    says: str
    parameters: tuple[Parameter, ...]

    def line(self) -> str:
        """The workflow in a line: those parameters in brackets may be left out."""
        shown = (each.name if each.default is None else f"[{each.name}]" for each in self.parameters)
        return f"{' '.join(shown)}: {self.says.split('. ')[0].removesuffix('.')}".removeprefix(": ")


def of(workflows: Mapping[str, type]) -> tuple[Workflow, ...]:
    """In the order of their names."""
    return tuple(Workflow(name, _says(form), _parameters(form)) for name, form in sorted(workflows.items()))


def _says(form: type) -> str:
    return " ".join((inspect.getdoc(form) or "").split())


def _parameters(form: Any) -> tuple[Parameter, ...]:
    hints = get_type_hints(form, include_extras=True)
    return tuple(Parameter(schema.key(each), _kind(hints[each.name]), _default(each.default)) for each in fields(form))


def _kind(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated or origin in (Union, types.UnionType):
        return _kind(arguments[0])
    if origin is tuple:
        return f"list of {_kind(arguments[0])}s"
    if origin is Literal:
        return f"one of {', '.join(f'`{each}`' for each in arguments)}"
    if is_dataclass(hint):
        return "JSON object"
    return _WORDS[hint]


def _default(value: object) -> str | None:
    if value is MISSING:
        return None
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if isinstance(value, str | int) and value != "" else "none"
