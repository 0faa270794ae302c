"""AIC's own calls of the control plane: seed, dump, edit-jobs, put-jobs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulators.aic.editing import edited
from emulators.aic.workspace import Workspace
from emulators.aic.world import World
from emulators.control import refused
from emulators.routing import Answer, Call, Rejected


def _shaped(call: Call) -> dict[str, Any]:
    body = call.json()
    if not isinstance(body, dict):
        raise refused("the body is an object")
    return body


def _list(body: dict[str, Any], key: str, kind: type) -> list[Any]:
    items = body.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, kind) for item in items):
        raise refused(f"{key} is a list of {kind.__name__}")
    return items


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise refused(f"{key} is missing or no text")
    return value


@dataclass(frozen=True, slots=True)
class Admin:
    """The handlers over one world."""

    world: World

    def seed(self, call: Call) -> Answer:
        """A workspace that is there already starts over with what the seed says. Answers the ids."""
        body = _shaped(call)
        drives, datasets = _list(body, "drives", str), body.get("datasets", {})
        if not isinstance(datasets, dict):
            raise refused("datasets is an object")
        entries = [(_text(entry, "name"), _list(entry, "jobs", dict)) for entry in _list(body, "workspaces", dict)]
        for _name, jobs in entries:
            _check_ids(jobs)
        with self.world.lock:
            project = self.world.project(_text(body, "project"))
            ids = {}
            for name, jobs in entries:
                workspace = self.world.fresh_workspace(project, name)
                workspace.drives, workspace.datasets = tuple(drives), datasets
                for job in jobs:
                    workspace.store(job)
                ids[name] = workspace.id
        return Answer(body={"project": project.id, "workspaces": ids})

    def dump(self, call: Call) -> Answer:
        picture = _summary if call.query.get("hashes") == ["1"] else _whole
        with self.world.lock:
            workspaces = {
                f"{project.name}/{workspace.name}": picture(workspace)
                for project in self.world.projects.values()
                for workspace in project.workspaces.values()
            }
        return Answer(body={"workspaces": workspaces})

    def edit_jobs(self, call: Call) -> Answer:
        body = _shaped(call)
        salt = _text(body, "salt")
        with self.world.lock:
            workspace = self._workspace(body)
            chosen = _chosen(workspace, body)
            for id_ in chosen:
                workspace.store(edited(workspace.jobs[id_], salt=salt))
            titles = [workspace.jobs[id_].get("title") for id_ in chosen]
        return Answer(body={"titles": titles})

    def put_jobs(self, call: Call) -> Answer:
        """Deletes first. A config replaces the job of its `$id`, else its title's only job, else it is new."""
        body = _shaped(call)
        put, delete = _list(body, "put", dict), _list(body, "delete", str)
        with self.world.lock:
            workspace = self._workspace(body)
            gone = [id_ for title in delete for id_ in _titled(workspace, title)]
            for id_ in gone:
                workspace.jobs.pop(id_, None)
            ids = [_put(workspace, config) for config in put]
        return Answer(body={"put": ids, "deleted": gone})

    def calls(self) -> dict[str, Callable[[Call], Answer]]:
        """The extra POST calls by name."""
        return {"edit-jobs": self.edit_jobs, "put-jobs": self.put_jobs}

    def _workspace(self, body: dict[str, Any]) -> Workspace:
        workspace = self.world.workspace(_text(body, "project"), _text(body, "workspace"))
        if workspace is None:
            raise _missing("no such workspace")
        return workspace


def _missing(why: str) -> Rejected:
    return Rejected(Answer(404, {"error": why}))


def _check_ids(jobs: list[dict[str, Any]]) -> None:
    ids = [str(job["$id"]) for job in jobs if job.get("$id")]
    if len(ids) != len(set(ids)):
        raise refused("two jobs have one $id")


def _titled(workspace: Workspace, title: str) -> list[str]:
    ids = workspace.titled(title)
    if not ids:
        raise _missing(f"no job is called {title!r}")
    return ids


def _chosen(workspace: Workspace, body: dict[str, Any]) -> list[str]:
    if "titles" in body:
        return [id_ for title in _list(body, "titles", str) for id_ in _titled(workspace, title)]
    count = body.get("count")
    if not isinstance(count, int) or count < 0:
        raise refused("titles or count is missing")
    return list(workspace.jobs)[-count:] if count else []


def _put(workspace: Workspace, config: dict[str, Any]) -> str:
    same = workspace.titled(config.get("title"))
    if not config.get("$id") and len(same) == 1:
        return workspace.store({**config, "$id": same[0]})
    return workspace.store(config)


def _summary(workspace: Workspace) -> dict[str, object]:
    return {
        "state_sha256": workspace.state_sha256(),
        "jobs_count": len(workspace.jobs),
        "interactive_branches": 0,
        "drive_files": 0,
    }


def _whole(workspace: Workspace) -> dict[str, object]:
    drives: dict[str, object] = {name: {"folders": [], "files": []} for name in workspace.drives}
    return {**_summary(workspace), "jobs": list(workspace.jobs.values()), "branches": {}, "drives": drives}
