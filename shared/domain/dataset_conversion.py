"""A pipeline whose code names tables by bare names → the same with AIC's placeholders, and a record of it inside."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import sql_conversion
from .code import tasks_in, texts_of
from .markdown import code, sentence
from .script_conversion import made_by, of_script
from .sql_conversion import Conversion
from .table_catalog import TableCatalog
from .tasks import NAMELESS

AUDIT_TASK = "DOC_TASK"
_HEADING = "# Audit Log of Replacements"
_SQL_KEYS, _SCRIPT_KEYS = ("query", "script", "sql"), ("script",)


@dataclass(frozen=True, slots=True)
class Converted:
    """`replaced` are tasks with the names in their code and the placeholders; `unclear` is what needs a look."""

    config: Mapping[str, object] = field(repr=False)
    replaced: tuple[tuple[str, str, str], ...]
    unclear: tuple[str, ...]


def convert(job_config: Mapping[str, object], catalog: TableCatalog) -> Converted:
    """Nothing but code is touched, and a task is added at the source that says what was replaced."""
    config: dict[str, Any] = json.loads(json.dumps(job_config))
    tasks = list(tasks_in(config))
    own = _own_names(tasks)
    ids = {_id(task).casefold() for task in tasks}
    replaced, unclear = list[tuple[str, str, str]](), list[str]()
    for task in tasks:
        found = _task(task, catalog, own | (ids - {_id(task).casefold()}))
        replaced += [(_id(task), *each) for each in found.replaced]
        unclear += found.unclear
    if replaced:
        _record(config, _audit(replaced, unclear))
    return Converted(config, tuple(replaced), tuple(dict.fromkeys(unclear)))


def _task(task: Mapping[str, Any], catalog: TableCatalog, others: set[str]) -> Conversion:
    """The code of the task, changed in its place. `others` are names that are no tables of a dataset."""
    key, place, seen = _key(task), _id(task), dict[str, None]()
    if key is None:
        return Conversion("")

    def lookup(name: str) -> str:
        seen[name] = None
        return "" if name.casefold() in others else catalog.placeholders.get(name.casefold(), "")

    way = of_script if _is_script(task) else sql_conversion.convert
    found = way(task["config"][key], lookup, place=place)
    task["config"][key] = found.text
    left = [f"{place}: `{name}` is left as it is, {why}" for name in seen if (why := _why_left(name, catalog, others))]
    return replace(found, unclear=(*left, *found.unclear))


def _why_left(name: str, catalog: TableCatalog, others: set[str]) -> str:
    key = name.casefold()
    if key in others:
        known = key in catalog.placeholders or key in catalog.unusable
        return "the pipeline makes it itself, or another task is called so" if known else ""
    return catalog.unusable.get(key, "")


def _own_names(tasks: list[Mapping[str, Any]]) -> set[str]:
    """What the pipeline makes itself is no table of a dataset, whatever it is called."""
    found: set[str] = set()
    for task in tasks:
        key = _key(task)
        if key is not None:
            names = made_by if _is_script(task) else sql_conversion.made
            found |= {name.casefold() for name in names(task["config"][key])}
    return found


def _key(task: Mapping[str, Any]) -> str | None:
    """Where the code stands that the task runs."""
    if not texts_of(task):
        return None
    keys = _SCRIPT_KEYS if _is_script(task) else _SQL_KEYS
    return next(key for key in keys if isinstance(task["config"].get(key), str) and task["config"][key])


def _is_script(task: Mapping[str, Any]) -> bool:
    return str(task.get("type")).upper() == "PYSPARK"


def _id(task: Mapping[str, Any]) -> str:
    return str(task.get("id") or NAMELESS)


def _audit(replaced: list[tuple[str, str, str]], unclear: list[str]) -> str:
    lines = [_line(*each, times=times) for each, times in Counter(replaced).items()]
    more = ["", "To be looked at by hand:", "", *(f"- {sentence(each)}" for each in dict.fromkeys(unclear))]
    return "\n".join([_HEADING, "", *lines, *(more if unclear else [])])


def _line(task: str, name: str, placeholder: str, *, times: int) -> str:
    often = f", {times} times" if times > 1 else ""
    return f"- Task {code(task)}: {code(name)} became {code(placeholder)}{often}"


def _record(config: dict[str, Any], text: str) -> None:
    """The record of an earlier conversion gives way to the new one."""
    stage = config.get("sourceStage") or {}
    tasks = [each for each in stage.get("tasks") or [] if not _is_record(each)]
    record = {
        "runType": "SOURCE",
        "description": "Summary of Placeholder Replacements",
        "id": AUDIT_TASK,
        "type": "DOCUMENTATION",
        "config": {"tables": [{"name": AUDIT_TASK}], "documentationText": text},
    }
    config["sourceStage"] = {**stage, "tasks": [*tasks, record]}


def _is_record(task: object) -> bool:
    if not isinstance(task, dict) or task.get("id") != AUDIT_TASK or not isinstance(task.get("config"), dict):
        return False
    return str(task["config"].get("documentationText")).startswith(_HEADING)
