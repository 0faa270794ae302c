"""Where the code of a pipeline stands: its stages, their tasks, and the one key of each that holds code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KEYS: Mapping[str, tuple[str, ...]] = {"PYSPARK": ("script",), "SQL": ("query", "script", "sql")}


@dataclass(frozen=True, slots=True)
class Code:
    """What `task["config"][key]` holds."""

    key: str
    text: str


def code_of(task: Mapping[str, Any]) -> Code | None:
    """Of the keys that may hold it, the first that isn't blank, else the first that is there; None without any."""
    config = task.get("config")
    if not isinstance(config, dict):
        return None
    kind = str(task.get("type")).upper()
    found = [Code(key, config[key]) for key in KEYS.get(kind, ()) if isinstance(config.get(key), str)]
    return next((code for code in found if code.text.strip()), found[0] if found else None)


def stages(config: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Every stage with a heading for people, in the order in which they run."""
    between = config.get("stages")
    numbered = enumerate(between if isinstance(between, list) else [], start=1)
    return [
        ("Source", config.get("sourceStage")),
        *((f"Stage {number}{_described(stage)}", stage) for number, stage in numbered),
        ("Sink", config.get("sinkStage")),
    ]


def tasks(node: object) -> Iterator[dict[str, Any]]:
    """Every task anywhere below the node, in document order; those inside another follow it."""
    if isinstance(node, list):
        for item in node:
            yield from tasks(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "tasks" and isinstance(value, list):
                for task in value:
                    if isinstance(task, dict):
                        yield task
                    yield from tasks(task)
            else:
                yield from tasks(value)


def all_tasks(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tasks of all stages; a task's place in this list is its number."""
    return [task for _heading, stage in stages(config) for task in tasks(stage)]


def _described(stage: object) -> str:
    text = stage.get("description") if isinstance(stage, dict) else None
    return f": {text}" if isinstance(text, str) and text else ""
