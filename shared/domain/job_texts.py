"""A jobConfig as the texts that are in it, keys too: which task each belongs to and which name it is given to."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

UNKNOWN_TASK = "unknown_id"
_LABELS = ("id", "name", "key")
_VALUES = frozenset({"value", "default", "defaultValue"})
_NO_VALUES = frozenset({*_LABELS, "$id", "type", "description"})


class JobText(NamedTuple):
    """`place` is the task's id, or the top-level key for what is in no task.

    `name` is the key that leads to it, or for the value of `{"id": …, "value": …}` what stands under `id`.
    `variable`: it is the value of one of the pipeline's variables.
    """

    place: str
    text: str
    name: str
    variable: bool


class _Part(NamedTuple):
    place: str
    value: object
    name: str = ""
    variable: bool = False


def read(job_config: Mapping[str, object]) -> Iterator[JobText]:
    """Every text and whole number in the order of the jobConfig, however deep it is."""
    top = [_Part(key, {key: value}, variable=key == "variables") for key, value in job_config.items()]
    pending = top[::-1]
    while pending:
        part = pending.pop()
        value = part.value
        if isinstance(value, dict):
            pending += [*_entries(part, value)][::-1]
        elif isinstance(value, list):
            pending += [*_elements(part, value)][::-1]
        elif isinstance(value, str | int) and not isinstance(value, bool):
            yield JobText(part.place, str(value), part.name, part.variable)


def _entries(part: _Part, entries: Mapping[str, object]) -> Iterator[_Part]:
    label = next((entries[key] for key in _LABELS if isinstance(entries.get(key), str)), "")
    for key, value in entries.items():
        yield _Part(part.place, key)
        name = str(label) if key in _VALUES and label else key
        yield _Part(part.place, value, name, part.variable and key not in _NO_VALUES)


def _elements(part: _Part, elements: list[object]) -> Iterator[_Part]:
    """A task is an element of a list under `tasks`."""
    for value in elements:
        place = part.place
        if part.name == "tasks" and isinstance(value, Mapping):
            place = str(value.get("id") or UNKNOWN_TASK)
        yield _Part(place, value, part.name, part.variable)
