"""A pipeline's stages and tasks as a Mermaid graph, in which what changes is marked.

GitLab draws a graph by itself only while it has at most 2,000 characters. Every label is escaped by numbers, so that no
name can end it.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from .pipeline_diff import Fate
from .tasks import Stage, Task

MOST_CHARACTERS = 1900
_MOST_STAGES, _MOST_TASKS = 12, 60
_LONGEST = 40
_COLOURS = (
    "classDef new fill:#c3e6cd,stroke:#108548,color:#000",
    "classDef changed fill:#f5d9a8,stroke:#ab6100,color:#000",
    "classDef removed fill:#fdd4cd,stroke:#dd2b0e,color:#000,stroke-dasharray:4",
)
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-.,~·")


def draw(stages: Sequence[Stage], fates: Mapping[str, Fate], *, removed: Sequence[Task] = ()) -> str:
    """The graph, empty where there is nothing to see. Where there is no room for all, changed tasks go first."""
    gone = (Stage("removed", "removed", tuple(removed)),) if removed else ()
    shown = [*_fewer(stages, fates), *gone]
    if not any(stage.tasks for stage in shown):
        return ""
    most = max(len(stage.tasks) for stage in shown)
    return next(
        (text for room in range(most, -1, -1) if len(text := _graph(shown, fates, room)) <= MOST_CHARACTERS), ""
    )


def _fewer(stages: Sequence[Stage], fates: Mapping[str, Fate]) -> list[Stage]:
    """Of many stages those with changes."""
    if len(stages) <= _MOST_STAGES:
        return list(stages)
    return [stage for stage in stages if any(task.key in fates for task in stage.tasks)][:_MOST_STAGES]


def _graph(stages: Sequence[Stage], fates: Mapping[str, Fate], room: int) -> str:
    """`room` is how many tasks each stage may show."""
    lines = ["flowchart LR", *_COLOURS]
    for number, stage in enumerate(stages):
        lines += [
            f's{number}["{_label(stage.name)}"]' if not stage.tasks else f'subgraph s{number}["{_label(stage.name)}"]'
        ]
        if stage.tasks:
            lines += [*_tasks(stage, fates, room, number), "end"]
    linked = [number for number, stage in enumerate(stages) if stage.place != "removed"]
    lines += [f"s{one} --> s{other}" for one, other in pairwise(linked)]
    return "\n".join(lines)


def _tasks(stage: Stage, fates: Mapping[str, Fate], room: int, number: int) -> list[str]:
    ranked = sorted(stage.tasks, key=lambda task: task.key not in fates)
    chosen = {task.key for task in ranked[:room]}
    shown = [task for task in stage.tasks if task.key in chosen]
    lines = [_task(task, fates.get(task.key), f"t{number}_{place}") for place, task in enumerate(shown)]
    more = len(stage.tasks) - len(shown)
    return [*lines, f't{number}_more["{more} more"]'] if more else lines


def _task(task: Task, fate: Fate | None, name: str) -> str:
    kind = f" · {task.kind}" if task.kind else ""
    mark = f":::{fate.value}" if fate else ""
    return f'{name}["{_label(task.key + kind)}"]{mark}'


def _label(text: str) -> str:
    """On one line; what isn't plain is written as Mermaid's own entities."""
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return "".join(each if each in _PLAIN else f"#{ord(each)};" if each.isprintable() else "·" for each in short)
