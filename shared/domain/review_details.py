"""One pipeline of a review → what people open to see it all: code, settings, tables, readers, picture."""

import re
from collections.abc import Iterator, Sequence

from . import markdown
from .markdown import block, code, sentence
from .pipeline_diff import Fate, TaskChange
from .pipeline_tables import Reader
from .review import Reviewed
from .settings_diff import Setting
from .sql_tables import Tables
from .tasks import PYTHON

MOST_LINES, MOST_TASKS, MOST_SETTINGS, MOST_NAMES = 80, 30, 40, 30
MOST_DRAWN = 20
"""GitLab draws at most 50 graphs a page; people look at fewer."""
_OF_VARIABLES = re.compile(r"(.*[.\]])?variables(\[|\.|$)")
_LANGUAGES = {PYTHON: "PySpark", "sql": "SQL"}


def fold(each: Reviewed, *, sign: str, drawn: int) -> str:
    """Folded Markdown, empty where there is nothing to show; `drawn` is how many graphs there are above."""
    body = "\n\n".join(
        part
        for part in (
            *_tasks(each.diff.tasks),
            _settings(each.diff.settings),
            _tables(each.before, each.after),
            _readers(each.readers),
            block(each.graph.split("\n"), language="mermaid") if each.graph and drawn < MOST_DRAWN else "",
        )
        if part
    )
    return markdown.fold(each.title, f"· {sign}", body) if body else ""


def _tasks(changes: Sequence[TaskChange]) -> Iterator[str]:
    shown = [each for each in changes if each.difference.lines]
    for each in shown[:MOST_TASKS]:
        yield _task(each)
    if len(shown) > MOST_TASKS:
        yield f"… and the code of {len(shown) - MOST_TASKS} more tasks"


def _task(change: TaskChange) -> str:
    """A new task as code of its language; of a changed one the lines that differ."""
    task, difference = change.task, change.difference
    kind = _LANGUAGES.get(task.language, task.kind)
    size = f"+{difference.added}\u00a0−{difference.removed}"
    if change.fate is Fate.NEW:
        lines = [markdown.visible(line.replace("\t", "    "), limit=180) for line in task.code.splitlines()]
        language = task.language
    else:
        lines, language = list(difference.lines[1:]), "diff"
    more = f"\n\n… and {len(lines) - MOST_LINES} more lines" if len(lines) > MOST_LINES else ""
    shown = block([f" {line}" if line.startswith("/") else line for line in lines[:MOST_LINES]], language=language)
    return f"**{change.fate.value}** {code(task.key)} · {kind} · {size}\n\n{shown}{more}"


def _settings(settings: Sequence[Setting]) -> str:
    if not settings:
        return ""
    lines = [f"- {code(each.path)}: {_change(each)}" for each in settings[:MOST_SETTINGS]]
    more = [f"- … and {len(settings) - MOST_SETTINGS} more"] if len(settings) > MOST_SETTINGS else []
    return "\n".join(["**Settings**", "", *lines, *more])


def _change(setting: Setting) -> str:
    """Of a variable that it is another, never what it is: people keep all sorts of things in them."""
    if not _OF_VARIABLES.match(setting.path):
        return f"{_value(setting.before)} → {_value(setting.after)}"
    if setting.before and setting.after:
        return "changed"
    return "new" if setting.after else "gone"


def _value(text: str) -> str:
    return code(text) if text else "*none*"


def _tables(before: Tables, after: Tables) -> str:
    """Where nothing is known of either nothing is said."""
    if before == after == Tables():
        return ""
    lines = ["| Tables | before | after |", "| --- | --- | --- |"]
    lines += [markdown.row("read", _names(before.reads), _names(after.reads))]
    lines += [markdown.row("written", _names(before.writes), _names(after.writes))]
    unclear = [f"- {sentence(text)}" for text in after.unclear[:MOST_NAMES]]
    said = ["", "What could not be told of its tables:", "", *unclear] if unclear else []
    return "\n".join([*lines, *said])


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(map(code, names[:MOST_NAMES])) + more


def _readers(readers: Sequence[Reader]) -> str:
    if not readers:
        return ""
    lines = [f"- {code(each.title)} reads {_names(each.tables)}" for each in readers[:MOST_NAMES]]
    more = [f"- … and {len(readers) - MOST_NAMES} more"] if len(readers) > MOST_NAMES else []
    return "\n".join(["**Read by other pipelines**", "", *lines, *more])
