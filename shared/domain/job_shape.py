"""What is wrong with the shape of a jobConfig that parses: parts that are missing, ids that are there twice, and
references that lead nowhere. `docs/job-config.schema.json` says of the parts the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .code import tasks_in

_ENDS = ("sourceStage", "sinkStage")
_TO_TASKS, _TO_STAGES = ("taskid", "taskids", "dependson"), ("stageid", "stageids")
"""How the names of keys end that name tasks and stages; what a stage itself says under `stageId` is its own name."""
_MOST = 20


@dataclass(frozen=True, slots=True)
class Flaw:
    """`place` is a path in the jobConfig, `why` a sentence about what stands there."""

    place: str
    why: str


def flaws(job_config: Mapping[str, object]) -> tuple[Flaw, ...]:
    """In the order of the jobConfig, as many as are read."""
    found = (*_parts(job_config), *_twins(job_config), *_references(job_config))
    return found[:_MOST]


def new(flaws: tuple[Flaw, ...], *, before: tuple[Flaw, ...]) -> tuple[Flaw, ...]:
    """Those that were not there before: what AIC runs already is nobody's mistake now, wherever it has moved to."""
    known = Counter(each.why for each in before)
    left = []
    for each in flaws:
        if known[each.why]:
            known[each.why] -= 1
        else:
            left.append(each)
    return tuple(left)


def _parts(config: Mapping[str, object]) -> Iterator[Flaw]:
    stages = config.get("stages")
    if not isinstance(stages, list):
        yield Flaw("stages", "must be a list of stages")
    listed = [(f"stages[{number}]", each) for number, each in enumerate(stages if isinstance(stages, list) else [])]
    for place, stage in listed:
        yield from _stage(place, stage, needs_tasks=True)
    for place in _ENDS:
        if config.get(place) is not None:
            yield from _stage(place, config[place], needs_tasks=False)
    yield from _variables(config.get("variables"))


def _stage(place: str, stage: object, *, needs_tasks: bool) -> Iterator[Flaw]:
    if not isinstance(stage, Mapping):
        yield Flaw(place, "must be an object")
        return
    tasks = stage.get("tasks", None if needs_tasks else [])
    if not isinstance(tasks, list):
        yield Flaw(f"{place}.tasks", "must be a list of tasks")
        return
    for number, task in enumerate(tasks):
        yield from _task(f"{place}.tasks[{number}]", task)


def _task(place: str, task: object) -> Iterator[Flaw]:
    if not isinstance(task, Mapping):
        yield Flaw(place, "must be an object")
        return
    if not (isinstance(task.get("type"), str) and task["type"]):
        yield Flaw(f"{place}.type", "must be the kind of task, as `SQL` or `PYSPARK`")
    if "id" in task and not (isinstance(task["id"], str) and task["id"]):
        yield Flaw(f"{place}.id", "must be a text that is not empty")
    if not isinstance(task.get("config", {}), Mapping | None):
        yield Flaw(f"{place}.config", "must be an object")


def _variables(variables: object) -> Iterator[Flaw]:
    if not isinstance(variables, list | None):
        yield Flaw("variables", "must be a list of variables")
        return
    for number, each in enumerate(variables or []):
        if not isinstance(each, Mapping):
            yield Flaw(f"variables[{number}]", "must be an object")


def _twins(config: Mapping[str, object]) -> Iterator[Flaw]:
    """Of ids that are there several times all but one are a flaw."""
    for kind, names in (("task", _task_ids(config)), ("stage", _stage_ids(config))):
        for name, often in Counter(names).items():
            for _ in range(often - 1):
                yield Flaw(f"{kind}s", f"the id `{name[:80]}` is that of several {kind}s")


def _references(config: Mapping[str, object]) -> Iterator[Flaw]:
    tasks, stages = frozenset(_task_ids(config)), frozenset(_stage_ids(config))
    for place, node, is_stage in _objects(config):
        for key, value in node.items():
            ending = key.lower().replace("_", "")
            if is_stage and key == "stageId":
                continue
            named = _names(value)
            if ending.endswith(_TO_TASKS):
                known, what = (tasks | stages if ending.endswith("dependson") else tasks), "task"
            elif ending.endswith(_TO_STAGES):
                known, what = stages, "stage"
            else:
                continue
            for name in named:
                if name not in known:
                    yield Flaw(f"{place}.{key}", f"no {what} has the id `{name[:80]}`")


def _objects(config: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object], bool]]:
    """Stages and their tasks with their places, and whether each is a stage. What a task is made of is its own."""
    between = config.get("stages")
    listed = [(f"stages[{number}]", each) for number, each in enumerate(between if isinstance(between, list) else [])]
    for place, stage in [*((key, config.get(key)) for key in _ENDS), *listed]:
        if isinstance(stage, Mapping):
            yield place, stage, True
            for task in tasks_in(stage):
                yield f"{place}.{task.get('id') or 'tasks'}", task, False


def _task_ids(config: Mapping[str, object]) -> list[str]:
    return [name for task in tasks_in(dict(config)) if isinstance(name := task.get("id"), str) and name]


def _stage_ids(config: Mapping[str, object]) -> list[str]:
    return [
        name
        for _, stage, is_stage in _objects(config)
        if is_stage and isinstance(name := stage.get("stageId"), str) and name
    ]


def _names(value: object) -> list[str]:
    each = value if isinstance(value, list) else [value]
    return [name for name in each if isinstance(name, str) and name]
