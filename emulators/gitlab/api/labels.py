"""REST: the labels of a project."""

import re
from functools import partial

from emulators.gitlab import labels
from emulators.gitlab.access import caller, level_of, project_of
from emulators.gitlab.errors import forbidden, invalid, message, not_found
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.protection import REPORTER
from emulators.gitlab.records import public
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/labels"
_ONE = f"{_ALL}/:name"
_COLOR = re.compile("#(?:[0-9a-fA-F]{3}){1,2}|[a-z]{3,20}")


def routes(router: Router, world: World) -> None:
    """Labels are found by id or name; editing and deleting also work with the name among the parameters."""
    router.add("GET", _ALL, partial(_list, world))
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ONE, partial(_get, world))
    for place in (_ALL, _ONE):
        router.add("PUT", place, partial(_update, world))
        router.add("DELETE", place, partial(_delete, world))


def _list(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    search = given.text("search").lower()
    found = sorted((one for one in project.labels if search in one["name"].lower()), key=lambda one: str(one["name"]))
    return paginated(world, call, found, render=lambda one: _shown(project, one, given))


def _shown(project: Project, label: Record, given: Params) -> Record:
    shape = public(label)
    if not given.flag("with_counts"):
        return shape
    return shape | {
        "open_issues_count": _used(project.issues, label, state="opened"),
        "closed_issues_count": _used(project.issues, label, state="closed"),
        "open_merge_requests_count": _used(project.merge_requests, label, state="opened"),
    }


def _used(records: list[Record], label: Record, *, state: str) -> int:
    return sum(one["state"] == state and label["name"] in one["labels"] for one in records)


def _create(world: World, call: Call) -> Answer:
    project, given = _writable(world, call), params(call)
    name, color = given.required("name", "color")
    with project.lock:
        if labels.find(project, name):
            raise message(409, "Label already exists")
        _check(name=name, color=color)
        label = labels.create(world, project, name, color=color, description=given.optional("description"))
        label["priority"] = given.number("priority") if given.optional("priority") else None
    return Answer(201, public(label))


def _get(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    return Answer(200, public(_named(project, call)))


def _update(world: World, call: Call) -> Answer:
    project, given = _writable(world, call), params(call)
    if not any(name in given for name in ("new_name", "color", "description", "priority")):
        names = "new_name, color, description, priority"
        raise invalid(f"{names} are missing, at least one parameter must be provided")
    with project.lock:
        label = _named(project, call)
        name, color = given.text("new_name", label["name"]), given.text("color", label["color"])
        _check(name=name, color=color)
        if name != label["name"] and labels.find(project, name):
            raise message(400, {"title": ["has already been taken"]})
        labels.rename(project, old=label["name"], new=name)
        label.update(name=name, color=color, description=given.optional("description") or label["description"])
        if "priority" in given:
            label["priority"] = given.number("priority") if given.optional("priority") else None
    return Answer(200, public(label))


def _delete(world: World, call: Call) -> Answer:
    project = _writable(world, call)
    with project.lock:
        label = _named(project, call)
        labels.rename(project, old=label["name"], new=None)
        project.labels.remove(label)
    return Answer(204)


def _writable(world: World, call: Call) -> Project:
    project = project_of(world, call)
    if level_of(world, project, caller(world, call)) < REPORTER:
        raise forbidden()
    return project


def _named(project: Project, call: Call) -> Record:
    given = params(call)
    wanted = call.names.get("name") or given.text("name") or given.text("label_id")
    for label in project.labels:
        if wanted in (label["name"], str(label["id"])):
            return label
    raise not_found("Label")


def _check(*, name: str, color: str) -> None:
    if not _COLOR.fullmatch(color):
        raise message(400, {"color": ["must be a valid color code"]})
    if not name.strip() or "," in name:
        raise message(400, {"title": ["is invalid"]})
