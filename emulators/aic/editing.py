"""A job's config as a person leaves it who changed its code in AIC's editor."""

import copy
from collections.abc import Mapping
from typing import Any

from emulators.aic.code import all_tasks, code_of
from emulators.aic.workspace import Config

MARKS = {"PYSPARK": "#", "SQL": "--"}


def edited(config: Config, *, salt: str) -> Config:
    """The first piece of code gets a comment with the salt; a job without code gets a first SQL task."""
    for number, task in enumerate(all_tasks(config)):
        code = code_of(task)
        if code and code.text.strip():
            mark = MARKS[str(task["type"]).upper()]
            return with_code(config, {number: f"{code.text.rstrip()}\n{mark} edited: {salt}"})[0]
    stages = config.get("stages")
    task = {"id": "by_hand", "type": "SQL", "config": {"query": f"SELECT 1\n-- edited: {salt}"}}
    added = {"stageId": "by_hand", "description": "Added in the editor", "tasks": [task]}
    return {**copy.deepcopy(dict(config)), "stages": [*(stages if isinstance(stages, list) else []), added]}


def with_code(config: Config, texts: Mapping[int, str]) -> tuple[Config, int]:
    """A copy with these texts as the code of the tasks of these numbers; how many of them are other than before.

    Texts come from a form, which knows one kind of line end: code that differs in nothing else stays as it is.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(config))
    count = 0
    for number, task in enumerate(all_tasks(changed)):
        code = code_of(task)
        if code and number in texts and one_line_end(texts[number]) != one_line_end(code.text):
            task["config"][code.key] = one_line_end(texts[number])
            count += 1
    return changed, count


def one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
