"""What the pages show of a pipeline: settings as readable JSON, stages and tasks with their code."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulators.aic.code import Code, code_of, stages, tasks

STAGES = frozenset({"sourceStage", "stages", "sinkStage"})


@dataclass(frozen=True, slots=True)
class Task:
    """`number` is its place among all tasks of the pipeline; `settings` is JSON, empty where there are none."""

    number: int
    id: str
    kind: str
    description: str
    code: Code | None
    settings: str


@dataclass(frozen=True, slots=True)
class Stage:
    heading: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`digest` tells this version of the config from any other."""

    id: str
    title: str
    digest: str
    variables: list[tuple[str, str]]
    settings: str
    stages: tuple[Stage, ...]

    @property
    def with_code(self) -> list[Task]:
        return [task for stage in self.stages for task in stage.tasks if task.code]


def pipeline(config: Mapping[str, Any]) -> Pipeline:
    text = json.dumps(config, sort_keys=True)
    others = {key: value for key, value in config.items() if key not in STAGES | {"title", "variables"}}
    return Pipeline(
        id=str(config.get("$id")),
        title=title(config),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        variables=_variables(config.get("variables")),
        settings=_readable(others),
        stages=_stages(config),
    )


def title(config: Mapping[str, object]) -> str:
    """Never empty, as people have to find something to click on."""
    found = config.get("title")
    return found if isinstance(found, str) and found.strip() else "(no title)"


def _stages(config: Mapping[str, Any]) -> tuple[Stage, ...]:
    """Numbers go on from stage to stage."""
    shown: list[Stage] = []
    number = 0
    for heading, stage in stages(config):
        found = tuple(_task(task, number=number + place) for place, task in enumerate(tasks(stage)))
        shown.append(Stage(heading, found))
        number += len(found)
    return tuple(shown)


def _task(task: Mapping[str, Any], *, number: int) -> Task:
    code = code_of(task)
    config = task.get("config")
    rest = config
    if code and isinstance(config, dict):
        rest = {key: value for key, value in config.items() if key != code.key}
    known = {"id", "type", "description", "config", "tasks"}
    others = {key: value for key, value in task.items() if key not in known} | ({"config": rest} if rest else {})
    return Task(
        number=number,
        id=str(task.get("id") or "(no id)"),
        kind=str(task.get("type") or "(no type)"),
        description=str(task.get("description") or ""),
        code=code,
        settings=_readable(others) if others else "",
    )


def _variables(listed: object) -> list[tuple[str, str]]:
    """Name and value; one of another shape is shown as it is."""
    return [
        (str(each["id"]), str(each["value"]))
        if isinstance(each, dict) and each.keys() == {"id", "value"}
        else (_readable(each), "")
        for each in (listed if isinstance(listed, list) else [])
    ]


def _readable(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
