"""AIC's own calls of the control plane: seed, dump, edit-jobs, put-jobs, add-branches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from emulators.aic import bodies
from emulators.aic.dump import summary, whole
from emulators.aic.editing import edited
from emulators.aic.workspace import Workspace
from emulators.aic.world import World
from emulators.control import refused
from emulators.routing import Answer, Call, Rejected


@dataclass(frozen=True, slots=True)
class Admin:
    """The handlers over one world."""

    world: World

    def seed(self, call: Call) -> Answer:
        """A workspace that is there already starts over with what the seed says. Answers the ids."""
        body = bodies.shaped(call)
        drives, datasets = bodies.items(body, "drives", str), bodies.tables(body)
        entries = [
            (bodies.text(entry, "name"), bodies.items(entry, "jobs", dict))
            for entry in bodies.items(body, "workspaces", dict)
        ]
        for _name, jobs in entries:
            _check_ids(jobs)
        with self.world.lock:
            project = self.world.project(bodies.text(body, "project"))
            ids = {}
            for name, jobs in entries:
                workspace = self.world.fresh_workspace(project, name)
                workspace.furnish(drives=drives, datasets=datasets)
                for job in jobs:
                    workspace.store(job)
                ids[name] = workspace.id
        return Answer(body={"project": project.id, "workspaces": ids})

    def dump(self, call: Call) -> Answer:
        picture = summary if call.query.get("hashes") == ["1"] else whole
        with self.world.lock:
            workspaces = {
                f"{project.name}/{workspace.name}": picture(workspace)
                for project in self.world.projects.values()
                for workspace in project.workspaces.values()
            }
        return Answer(body={"workspaces": workspaces})

    def edit_jobs(self, call: Call) -> Answer:
        body = bodies.shaped(call)
        salt = bodies.text(body, "salt")
        with self.world.lock:
            workspace = self._workspace(body)
            chosen = _chosen(workspace, body)
            for id_ in chosen:
                workspace.store(edited(workspace.jobs[id_], salt=salt))
            titles = [workspace.jobs[id_].get("title") for id_ in chosen]
        return Answer(body={"titles": titles})

    def put_jobs(self, call: Call) -> Answer:
        """Deletes first. A config replaces the job of its `$id`, else its title's only job, else it is new."""
        body = bodies.shaped(call)
        put, delete = bodies.items(body, "put", dict), bodies.items(body, "delete", str)
        with self.world.lock:
            workspace = self._workspace(body)
            gone = [id_ for title in delete for id_ in _titled(workspace, title)]
            for id_ in gone:
                workspace.drop(id_)
            ids = [_put(workspace, config) for config in put]
        return Answer(body={"put": ids, "deleted": gone})

    def add_branches(self, call: Call) -> Answer:
        """`count` interactive branches of each job, copies of what it is now; answers their ids by title."""
        body = bodies.shaped(call)
        titles, count = bodies.items(body, "titles", str), body.get("count", 1)
        if not isinstance(count, int) or count < 0:
            raise refused("count is a number")
        with self.world.lock:
            workspace = self._workspace(body)
            jobs = [(title, _titled(workspace, title)) for title in titles]
            made = {title: [_branch(workspace, id_) for id_ in ids for _ in range(count)] for title, ids in jobs}
        return Answer(body={"branches": made})

    def calls(self) -> dict[str, Callable[[Call], Answer]]:
        """The extra POST calls by name."""
        return {"edit-jobs": self.edit_jobs, "put-jobs": self.put_jobs, "add-branches": self.add_branches}

    def _workspace(self, body: dict[str, Any]) -> Workspace:
        workspace = self.world.workspace(bodies.text(body, "project"), bodies.text(body, "workspace"))
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
        return [id_ for title in bodies.items(body, "titles", str) for id_ in _titled(workspace, title)]
    count = body.get("count")
    if not isinstance(count, int) or count < 0:
        raise refused("titles or count is missing")
    return list(workspace.jobs)[-count:] if count else []


def _put(workspace: Workspace, config: dict[str, Any]) -> str:
    same = workspace.titled(config.get("title"))
    if not config.get("$id") and len(same) == 1:
        return workspace.store({**config, "$id": same[0]})
    return workspace.store(config)


def _branch(workspace: Workspace, job: str) -> str:
    """Named as the one public client names its own."""
    there = len(workspace.branches.get(job, []))
    name = f"PUSH_{datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=there):%Y%m%d%H%M%S}"
    return workspace.add_branch(job, name=name, config=workspace.jobs[job]).id
