"""A jobConfig → the tables that the pipeline reads and writes, and who else reads what it writes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from . import script_tables, sql_tables
from .sql_tables import Tables
from .tasks import PYTHON, SQL, Task, stages

MAX_CODE = 400_000
"""Characters of all tasks that are looked into, the first ones first; it bounds the time."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A pipeline that reads some of the tables, by their names there."""

    title: str
    tables: tuple[str, ...]


def of(job_config: Mapping[str, object]) -> Tables:
    """Of all tasks together; a view that one of them makes is no table for the others."""
    return sql_tables.together(_tasks(job_config))


def readers(written: Iterable[str], others: Iterable[tuple[str, Tables]]) -> tuple[Reader, ...]:
    """Which of the others read any of the names; the same name is the same table whatever its case."""
    names = {name.casefold() for name in written}
    found = (
        Reader(title, tuple(each for each in tables.reads if each.casefold() in names)) for title, tables in others
    )
    return tuple(each for each in found if each.tables)


def mentions(text: str, written: Iterable[str]) -> bool:
    """Whether a config can read any of the tables at all: the last part of a name is in its text.

    `text` is in lower case already. Whoever doesn't mention a name need not be understood.
    """
    return any(name.rpartition(".")[2].lower() in text for name in written)


def _tasks(job_config: Mapping[str, object]) -> Iterator[Tables]:
    room = MAX_CODE
    for stage in stages(job_config):
        for task in stage.tasks:
            room -= len(task.code)
            if room < 0:
                yield Tables(unclear=(f"{task.key}: more than {MAX_CODE} characters of code are not looked into",))
                return
            yield _task(task, is_sink=stage.place == "sinkStage")


def _task(task: Task, *, is_sink: bool) -> Tables:
    if task.language == SQL:
        return sql_tables.of(task.code, place=task.key)
    if task.language == PYTHON:
        return script_tables.of(task.code, place=task.key)
    names = tuple(_datasets(task.config.get("tables"))) if task.kind == "DATASET" else ()
    run = str(task.settings.get("runType") or ("SINK" if is_sink else "SOURCE")).upper()
    return Tables(writes=names) if run == "SINK" else Tables(reads=names)


def _datasets(tables: object) -> Iterator[str]:
    for each in tables if isinstance(tables, list) else []:
        name = each.get("name") if isinstance(each, Mapping) else None
        if isinstance(name, str) and name:
            yield name
