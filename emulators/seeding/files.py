"""A workspace's pipelines as the files of a branch."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

TRIPLE_QUOTED = re.compile(r"'''(.*?)'''|\"\"\"(.*?)\"\"\"", re.DOTALL)
SQL_WORDS = frozenset(["select", "insert", "update", "delete", "with", "create", "drop", "alter", "merge"])
NO_PATH = frozenset({"", ".", "..", ".git"})

CodeFiles = dict[str, str]


def repository_files(workspace: Mapping[str, Any]) -> dict[str, str]:
    """Path to text of `config/` and `code/`. A title that can't be a path is left out."""
    jobs = [job for job in workspace["jobs"] if not NO_PATH & set(str(job.get("title", "")).split("/"))]
    files = {f"config/{job['title']}.json": _config_text(job) for job in jobs}
    tasks = [(f"code/{job['title']}/{task.get('id') or 'unknown_id'}", task) for job in jobs for task in _tasks(job)]
    plain = {path for stem, task in tasks for path in _code(stem, task)}
    for stem, task in tasks:
        files |= _unclaimed(stem, task, taken=files, plain=plain)
    return files


def _config_text(job: Mapping[str, object]) -> str:
    return json.dumps({key: value for key, value in job.items() if not key.startswith("$")}, indent=2)


def _unclaimed(stem: str, task: Mapping[str, Any], *, taken: CodeFiles, plain: set[str]) -> CodeFiles:
    """The first task keeps its paths; a later one gets `~2`, `~3`, … , never a path that some task has of itself."""
    code, number = _code(stem, task), 1
    if code.keys().isdisjoint(taken):
        return code
    while not code.keys().isdisjoint(taken.keys() | plain):
        number += 1
        code = _code(f"{stem}~{number}", task)
    return code


def _code(stem: str, task: Mapping[str, Any]) -> CodeFiles:
    config = task.get("config")
    config = config if isinstance(config, dict) else {}
    match str(task.get("type")).upper():
        case "PYSPARK" if config.get("script"):
            return {f"{stem}.py": config["script"], **_sql_within(stem, config["script"])}
        case "SQL":
            text = (config.get("query") or config.get("script") or config.get("sql") or "").strip()
            return {f"{stem}.sql": text} if text else {}
        case _:
            return {}


def _sql_within(stem: str, script: str) -> CodeFiles:
    texts = [(match[1] or match[2] or "").strip() for match in TRIPLE_QUOTED.finditer(script)]
    return {
        f"{stem}_{number}.sql": text
        for number, text in enumerate(texts, start=1)
        if text and text.split(maxsplit=1)[0].lower() in SQL_WORDS
    }


def _tasks(node: object) -> Iterator[dict[str, Any]]:
    """Every element of every list under a key `tasks`, in document order, nested ones too."""
    if isinstance(node, list):
        for item in node:
            yield from _tasks(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            for item in value if key == "tasks" and isinstance(value, list) else []:
                if isinstance(item, dict):
                    yield item
                    yield from _tasks(item)
            if key != "tasks":
                yield from _tasks(value)
