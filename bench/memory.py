"""The peak memory of the process that deploys, in a workspace of many big pipelines."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.ground import MARK
from bench.processes import family
from emulators import seeding
from emulators.stack import child, functions, wire
from emulators.stack.site import MAPPING_FILE, Site
from emulators.stack.stack import Stack, started

GOAL_MIB = 256.0
BYTES = 200_000
_SITE = Site("bench/big", "big")
_WORKSPACE = _SITE.branches["develop"]
_CHUNK = 50
_TEXT = json.dumps(seeding.workspace("Big", 400)["jobs"])


@dataclass(frozen=True, slots=True)
class Result:
    """MiB at the most: of a deploy of ten changed pipelines, and of one that looks at every pipeline."""

    pipelines: int
    changed: float
    full: float


def measure(logs: Path, *, pipelines: int) -> Result:
    """Each in a process of its own, so that one peak does not hide the other."""
    titles = [f"Big {number:04d}" for number in range(pipelines)]
    with started(logs=logs) as stack:
        _seed(stack, titles)
        full = _peak(stack, logs, {})
        _commit(stack, {title: _config(title, mark="changed") for title in titles[:10]})
        changed = _peak(stack, logs, {})
    return Result(pipelines, changed, full)


def _config(title: str, *, mark: str) -> dict[str, object]:
    """Code as it is elsewhere in the stand-ins, another piece of it for each title."""
    start = zlib.crc32(title.encode()) % (len(_TEXT) - BYTES)
    task = {"id": "query_1", "type": "SQL", "config": {"query": _TEXT[start : start + BYTES]}}
    variables = [{"id": MARK, "value": mark}]
    return {"title": title, "variables": variables, "sourceStage": {}, "stages": [{"tasks": [task]}], "sinkStage": {}}


def _seed(stack: Stack, titles: list[str]) -> None:
    """In pieces: all of it in one request would take the stand-ins a multiple of its size."""
    admin = f"{stack.aic_url}/__admin__"
    wire.ask("POST", f"{admin}/seed", json={"project": _SITE.aic_project, "workspaces": [{"name": _WORKSPACE}]})
    branches = {"main": {MAPPING_FILE: _SITE.mapping_text()}, "develop": {"note.txt": "big pipelines"}}
    project = {"namespace": "bench", "name": "big", "branches": branches}
    wire.ask("POST", f"{stack.gitlab_url}/__admin__/seed", json={"projects": [project]})
    for start in range(0, len(titles), _CHUNK):
        configs = {title: _config(title, mark="seeded") for title in titles[start : start + _CHUNK]}
        body = {"project": _SITE.aic_project, "workspace": _WORKSPACE, "put": list(configs.values())}
        wire.ask("POST", f"{admin}/put-jobs", json=body)
        _commit(stack, configs)


def _commit(stack: Stack, configs: Mapping[str, Mapping[str, object]]) -> None:
    files = {f"config/{title}.json": json.dumps(config) for title, config in configs.items()}
    body = {"project": _SITE.path, "branch": "develop", "message": "Big pipelines", "write": files}
    wire.ask("POST", f"{stack.gitlab_url}/__admin__/commit", json=body)


def _peak(stack: Stack, logs: Path, more: Mapping[str, object]) -> float:
    """Delivers one message as Pub/Sub does; MiB."""
    running, url = functions.start("deploy", port=0, environment=stack.environment([_SITE]), logs=logs)
    try:
        request = json.dumps({"project": _SITE.path, "branch": "develop", **more}).encode()
        message = {
            "data": base64.b64encode(request).decode(),
            "messageId": "1",
            "publishTime": "2026-01-01T00:00:00Z",
            "attributes": {"origin": "webhook"},
        }
        answer = wire.send("POST", url, json={"message": message, "subscription": "s", "deliveryAttempt": 1})
        said = running.text()
        if answer.status_code != 204 or '"reason": ""' not in said.splitlines()[-1]:
            raise RuntimeError(f"the deploy answered {answer.status_code}: {said[-2000:]}")
        return max(_high_water(number) for number in family(running))
    finally:
        child.stop([running])


def _high_water(number: int) -> float:
    lines = Path(f"/proc/{number}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
