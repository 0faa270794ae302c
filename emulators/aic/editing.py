"""A job's config as a person leaves it who changed its code in AIC's editor."""

import copy
from collections.abc import Iterator

from emulators.aic.workspace import Config


def edited(config: Config, *, salt: str) -> Config:
    """The first piece of code gets a comment with the salt; a job without code gets a first SQL task."""
    changed = copy.deepcopy(dict(config))
    for task in _tasks(changed):
        if _edit_task(task, salt=salt):
            return changed
    stages = changed.get("stages")
    task = {"id": "by_hand", "type": "SQL", "config": {"query": f"SELECT 1\n-- edited: {salt}"}}
    added = {"stageId": "by_hand", "description": "Added in the editor", "tasks": [task]}
    return changed | {"stages": [*(stages if isinstance(stages, list) else []), added]}


def _edit_task(task: dict[str, object], *, salt: str) -> bool:
    """False where the task holds no code."""
    config = task.get("config")
    kind = str(task.get("type")).upper()
    if not isinstance(config, dict) or kind not in {"PYSPARK", "SQL"}:
        return False
    mark = "#" if kind == "PYSPARK" else "--"
    for key in ("script",) if kind == "PYSPARK" else ("query", "script", "sql"):
        code = config.get(key)
        if isinstance(code, str) and code.strip():
            config[key] = f"{code.rstrip()}\n{mark} edited: {salt}"
            return True
    return False


def _tasks(node: object) -> Iterator[dict[str, object]]:
    """Every task anywhere below the node, in document order."""
    if isinstance(node, list):
        for item in node:
            yield from _tasks(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "tasks" and isinstance(value, list):
                yield from (task for task in value if isinstance(task, dict))
            yield from _tasks(value)
