"""Two versions of a pipeline → what differs, task by task and setting by setting."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from . import code_diff, settings_diff
from .code_diff import Difference
from .settings_diff import Setting
from .tasks import Task, every

Config = Mapping[str, object]


class Fate(StrEnum):
    """What happens to a task."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TaskChange:
    """One task whose code or settings differ; `difference` is that of its code, empty where that stays the same."""

    task: Task
    fate: Fate
    difference: Difference


@dataclass(frozen=True, slots=True)
class PipelineDiff:
    """`tasks` in the order of the newer version, those that go last."""

    tasks: tuple[TaskChange, ...] = ()
    settings: tuple[Setting, ...] = ()

    @property
    def fates(self) -> Mapping[str, Fate]:
        """By the key of the task."""
        return {each.task.key: each.fate for each in self.tasks}


def between(before: Config, after: Config) -> PipelineDiff:
    """An empty config stands for none."""
    old, new = ({task.key: task for task in every(config)} for config in (before, after))
    changes = [_change(old.get(key), task) for key, task in new.items()]
    gone = [TaskChange(task, Fate.REMOVED, _code(task, None)) for key, task in old.items() if key not in new]
    return PipelineDiff((*(each for each in changes if each is not None), *gone), settings_diff.between(before, after))


def _change(old: Task | None, new: Task) -> TaskChange | None:
    if old is None:
        return TaskChange(new, Fate.NEW, _code(None, new))
    if old.code == new.code and old.settings == new.settings:
        return None
    return TaskChange(new, Fate.CHANGED, _code(old, new))


def _code(old: Task | None, new: Task | None) -> Difference:
    texts = ({"code": task.code} if task is not None and task.code else {} for task in (old, new))
    return code_diff.between(*texts)
