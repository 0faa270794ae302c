"""Protected branches: rules by name or wildcard, and who may push and merge by them."""

from dataclasses import replace
from functools import partial

from emulators.gitlab.access import maintained, project_of
from emulators.gitlab.errors import invalid, message
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.protection import ADMIN, DEVELOPER, MAINTAINER, NOBODY, Protection
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/protected_branches"
_ONE = f"{_ALL}/:name"
_LONGEST = 255
_DESCRIBED = {
    NOBODY: "No one",
    DEVELOPER: "Developers + Maintainers",
    MAINTAINER: "Maintainers",
    ADMIN: "Administrators",
}


def routes(router: Router, world: World) -> None:
    router.add("GET", _ALL, partial(_list, world))
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ONE, partial(_get, world))
    router.add("PATCH", _ONE, partial(_update, world))
    router.add("DELETE", _ONE, partial(_delete, world))


def _json(project: Project, name: str) -> Record:
    rule = project.protected[name]
    return {
        "id": rule.id,
        "name": name,
        "push_access_levels": [_level(rule, rule.push)],
        "merge_access_levels": [_level(rule, rule.merge)],
        "unprotect_access_levels": [],
        "allow_force_push": rule.force,
        "code_owner_approval_required": False,
        "inherited": False,
    }


def _level(rule: Protection, level: int) -> Record:
    return {
        "id": rule.id,
        "access_level": level,
        "access_level_description": _DESCRIBED[level],
        "deploy_key_id": None,
        "user_id": None,
        "group_id": None,
    }


def _list(world: World, call: Call) -> Answer:
    project, wanted = project_of(world, call), params(call).text("search")
    names = [name for name in project.protected if wanted in name]
    return paginated(world, call, names, render=lambda name: _json(project, name))


def _create(world: World, call: Call) -> Answer:
    project, given = maintained(world, call), params(call)
    (name,) = given.required("name")
    with project.lock:
        if name in project.protected:
            raise message(409, f"Protected branch '{name}' already exists")
        _check_name(name)
        project.protected[name] = _changed(Protection(world.next_id("protected_branch")), given)
    return Answer(201, _json(project, name))


def _get(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    return Answer(200, _json(project, _named(project, call)))


def _update(world: World, call: Call) -> Answer:
    """The rule keeps its name: a parameter of that name loses to the path."""
    project = maintained(world, call)
    with project.lock:
        name = _named(project, call)
        project.protected[name] = _changed(project.protected[name], params(call))
    return Answer(200, _json(project, name))


def _delete(world: World, call: Call) -> Answer:
    project = maintained(world, call)
    with project.lock:
        project.protected.pop(_named(project, call))
    return Answer(204)


def _named(project: Project, call: Call) -> str:
    if call.names["name"] not in project.protected:
        raise message(404, "404 Not found")
    return call.names["name"]


def _check_name(name: str) -> None:
    if not name.strip():
        raise message(422, ["Name can't be blank"])
    if len(name) > _LONGEST:
        raise message(422, [f"Name is too long (maximum is {_LONGEST} characters)"])


def _changed(rule: Protection, given: Params) -> Protection:
    """Levels come as one number or as a list of `{"access_level": n}`, whose least demanding one counts."""
    return replace(
        rule,
        push=_chosen(given, "push_access_level", several="allowed_to_push", present=rule.push),
        merge=_chosen(given, "merge_access_level", several="allowed_to_merge", present=rule.merge),
        force=given.flag("allow_force_push", default=rule.force),
    )


def _chosen(given: Params, name: str, *, several: str, present: int) -> int:
    rows = given.get(several) or []
    items = [Params(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    levels = [row.number("access_level") for row in items if "access_level" in row and not row.flag("_destroy")]
    level = given.number(name, present if not levels else min((one for one in levels if one), default=NOBODY))
    if level not in _DESCRIBED:
        raise invalid(f"{name} does not have a valid value")
    return level
