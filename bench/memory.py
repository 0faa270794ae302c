"""The peak memory of the processes that work on a workspace of many big pipelines."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.ground import MARK
from bench.peak import Peak, Watch
from emulators import seeding
from emulators.stack import child, functions, wire
from emulators.stack.push import push
from emulators.stack.site import AIC_DRIVE, MAPPING_FILE, Site
from emulators.stack.stack import Stack, started

GOAL_DEPLOY = 256.0
GOAL_SNAPSHOT = 512.0
BYTES = 200_000
_SITE = Site("bench/big", "big", saved=True)
_WORKSPACE = _SITE.branches["develop"]
_SNAPSHOT = {"project": _SITE.path, "workspace": _WORKSPACE}
_DEPLOY = {"project": _SITE.path, "branch": "develop"}
_DRILL = {"workflow": "drill", "parameters": _SNAPSHOT}
_CHUNK = 50
_TEXT = json.dumps(seeding.workspace("Big", 400)["jobs"])


@dataclass(frozen=True, slots=True)
class Result:
    """Of the first snapshot, which captures all pipelines, and of one that finds them in Git, both with their backups;
    of a drill; of a deploy that looks at every pipeline, and of one of ten that have changed, with what it overwrites
    saved before.
    """

    pipelines: int
    first: Peak
    unchanged: Peak
    drill: Peak
    full: Peak
    changed: Peak


def measure(logs: Path, *, pipelines: int) -> Result:
    """Each in a process of its own, so that one peak does not hide the other."""
    titles = [f"Big {number:04d}" for number in range(pipelines)]
    with started(logs=logs) as stack:
        _seed(stack, titles)
        first = _peak(stack, logs, "snapshot", _SNAPSHOT, ends="captured")
        full = _peak(stack, logs, "deploy", _DEPLOY, ends="unchanged")
        unchanged = _peak(stack, logs, "snapshot", _SNAPSHOT, ends="clean")
        drill = _peak(stack, logs, "command", _DRILL, ends="drilled")
        _commit(stack, {title: _config(title, mark="changed") for title in titles[:10]})
        changed = _peak(stack, logs, "deploy", _DEPLOY, ends="deployed")
    return Result(pipelines, first, unchanged, drill, full, changed)


def _config(title: str, *, mark: str) -> dict[str, object]:
    """Code as it is elsewhere in the stand-ins, another piece of it for each title."""
    start = zlib.crc32(title.encode()) % (len(_TEXT) - BYTES)
    task = {"id": "query_1", "type": "SQL", "config": {"query": _TEXT[start : start + BYTES]}}
    variables = [{"id": MARK, "value": mark}]
    return {"title": title, "variables": variables, "sourceStage": {}, "stages": [{"tasks": [task]}], "sinkStage": {}}


def _seed(stack: Stack, titles: list[str]) -> None:
    """In pieces: all of it in one request would take the stand-ins a multiple of its size."""
    admin = f"{stack.aic_url}/__admin__"
    workspaces = [{"name": _WORKSPACE}]
    wire.ask(
        "POST",
        f"{admin}/seed",
        json={"project": _SITE.aic_project, "workspaces": workspaces, "drives": [AIC_DRIVE]},
    )
    branches = {"main": {MAPPING_FILE: _SITE.mapping_text()}, "develop": {"note.txt": "big pipelines"}}
    project = {"namespace": "bench", "name": "big", "branches": branches}
    wire.ask("POST", f"{stack.gitlab_url}/__admin__/seed", json={"projects": [project]})
    for start in range(0, len(titles), _CHUNK):
        configs = [_config(title, mark="seeded") for title in titles[start : start + _CHUNK]]
        body = {"project": _SITE.aic_project, "workspace": _WORKSPACE, "put": configs}
        wire.ask("POST", f"{admin}/put-jobs", json=body)


def _commit(stack: Stack, configs: Mapping[str, Mapping[str, object]]) -> None:
    files = {f"config/{title}.json": json.dumps(config) for title, config in configs.items()}
    body = {"project": _SITE.path, "branch": "develop", "message": "Big pipelines", "write": files}
    wire.ask("POST", f"{stack.gitlab_url}/__admin__/commit", json=body)


def _peak(stack: Stack, logs: Path, target: str, message: Mapping[str, object], *, ends: str) -> Peak:
    """Delivers one message as Pub/Sub does; raises RuntimeError unless it ends with this outcome and no complaint."""
    running, url = functions.start(target, port=0, environment=stack.environment([_SITE]), logs=logs)
    try:
        watch = Watch(running)
        with watch.watching():
            push(url, message, origin="webhook" if target == "deploy" else "scheduler")
        said = json.loads(running.text().splitlines()[-1])
        if (said["severity"], said["outcome"]) != ("INFO", ends):
            raise RuntimeError(f"the {target} did not do what was measured: {said}")
        return watch.peak
    finally:
        child.stop([running])
