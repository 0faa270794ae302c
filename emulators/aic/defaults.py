"""What a server may add to a config on its own when it stores one: the setting `defaults`."""

from collections.abc import Mapping
from typing import Any

JOB = {"priority": "NORMAL"}
STAGE = {"description": "", "enabled": True}
TASK = {"description": "", "enabled": True}


def completed(config: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which the job, its stages and their tasks have these keys; what was sent is never changed."""
    full = {**JOB, **config}
    stages = full.get("stages")
    if isinstance(stages, list):
        full["stages"] = [_stage(stage) for stage in stages]
    for name in ("sourceStage", "sinkStage"):
        if name in full:
            full[name] = _stage(full[name])
    return full


def _stage(stage: object) -> object:
    if not isinstance(stage, dict):
        return stage
    tasks = stage.get("tasks")
    if not isinstance(tasks, list):
        return STAGE | stage
    return STAGE | stage | {"tasks": [TASK | task if isinstance(task, dict) else task for task in tasks]}
