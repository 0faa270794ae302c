"""A jobConfig → its stages in the order in which they run, and the tasks in each, nested ones too."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from .code import tasks_in, texts_of

NAMELESS = "unknown_id"
PYTHON, SQL = "python", "sql"
_ENDS = ("sourceStage", "sinkStage")


@dataclass(frozen=True, slots=True)
class Task:
    """One task: `key` tells it from all others of its pipeline and stays the same from version to version.

    `kind` is its type in upper case. `code` is in the `language`; both are empty for a task without any.
    """

    key: str
    id: str
    kind: str
    config: Mapping[str, object]
    code: str = ""
    language: str = ""
    settings: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: `place` is its path in the jobConfig, `name` what people call it."""

    place: str
    name: str
    tasks: tuple[Task, ...]


def stages(job_config: Mapping[str, object]) -> tuple[Stage, ...]:
    """Source first, sink last; a source or sink without tasks is left out."""
    between = job_config.get("stages")
    listed = [(f"stages[{number}]", each) for number, each in enumerate(between if isinstance(between, list) else [])]
    source, sink = ((key, job_config.get(key)) for key in _ENDS)
    often: Counter[str] = Counter()
    found = [_stage(place, each, often) for place, each in (source, *listed, sink)]
    return tuple(each for each in found if each.tasks or each.place not in _ENDS)


def every(job_config: Mapping[str, object]) -> tuple[Task, ...]:
    """The tasks of all stages."""
    return tuple(task for stage in stages(job_config) for task in stage.tasks)


def _stage(place: str, node: object, often: Counter[str]) -> Stage:
    stage = node if isinstance(node, Mapping) else {}
    named = next((text for key in ("description", "name", "stageId") if (text := _text(stage.get(key)))), "")
    return Stage(place, named or place, tuple(_task(each, often) for each in tasks_in(node)))


def _task(task: Mapping[str, object], often: Counter[str]) -> Task:
    name = _text(task.get("id")) or NAMELESS
    often[name] += 1
    config = task.get("config")
    texts = texts_of(task)
    ending = ".py" if ".py" in texts else ".sql"
    language = {".py": PYTHON, ".sql": SQL}[ending] if texts else ""
    return Task(
        name if often[name] == 1 else f"{name}~{often[name]}",
        name,
        _text(task.get("type")).upper(),
        config if isinstance(config, Mapping) else {},
        texts.get(ending, ""),
        language,
        task,
    )


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
