"""Groups: list, one, create, edit, delete; their subgroups and projects."""

from collections.abc import Iterable
from functools import partial

from emulators.gitlab import paths
from emulators.gitlab.access import caller, group_level
from emulators.gitlab.errors import forbidden, message, not_found
from emulators.gitlab.namespaces import Group
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.project_json import group_json, project_json
from emulators.gitlab.project_lists import listing
from emulators.gitlab.protection import GUEST, MAINTAINER, OWNER
from emulators.gitlab.records import choice
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ONE = "/groups/:id"


def routes(router: Router, world: World) -> None:
    router.add("GET", "/groups", partial(_list, world))
    router.add("POST", "/groups", partial(_create, world))
    router.add("GET", _ONE, partial(_get, world))
    router.add("PUT", _ONE, partial(_update, world))
    router.add("DELETE", _ONE, partial(_delete, world))
    router.add("GET", f"{_ONE}/subgroups", partial(_below, world, deep=False))
    router.add("GET", f"{_ONE}/descendant_groups", partial(_below, world, deep=True))
    router.add("GET", f"{_ONE}/projects", partial(_projects, world))


def group_of(world: World, call: Call, *, least: int = GUEST) -> Group:
    """The group that `:id` names; 404 for those who may not see it, 403 below the level that is needed."""
    user = caller(world, call)
    group = world.namespaces.group(call.names["id"])
    if group is None or group_level(world, group, user) < GUEST:
        raise not_found("Group")
    if group_level(world, group, user) < least:
        raise forbidden()
    return group


def _list(world: World, call: Call) -> Answer:
    top = params(call).flag("top_level_only")
    groups = [one for one in world.namespaces.groups.values() if one.parent_id is None or not top]
    return _page(world, call, groups)


def _page(world: World, call: Call, groups: Iterable[Group]) -> Answer:
    given, user = params(call), caller(world, call)
    search = given.text("search").lower()
    found = [one for one in groups if search in f"{one.name} {one.path}".lower()]
    found = [one for one in found if group_level(world, one, user) >= max(GUEST, given.number("min_access_level"))]
    by = choice(given, "order_by", among=("name", "path", "id", "similarity"), default="name")
    found.sort(key=lambda one: (0 if by == "id" else (one.path if by == "path" else one.name).lower(), one.id))
    if choice(given, "sort", among=("asc", "desc"), default="asc") == "desc":
        found.reverse()
    return paginated(world, call, found, render=lambda one: group_json(world, one))


def _create(world: World, call: Call) -> Answer:
    """Whoever makes a group owns it."""
    user, given = caller(world, call), params(call)
    name, path = given.required("name", "path")
    with world.lock:
        parent = world.namespaces.group(given.text("parent_id")) if given.text("parent_id") else None
        if given.text("parent_id") and parent is None:
            raise not_found("Group")
        if parent is not None and group_level(world, parent, user) < MAINTAINER:
            raise forbidden()
        _check(world, path, below=parent)
        group = world.namespaces.create(name, path, parent=parent)
        group.members[user.id] = OWNER
    group.description, group.visibility = given.text("description"), given.text("visibility", "private")
    return Answer(201, group_json(world, group))


def _check(world: World, path: str, *, below: Group | None) -> None:
    full_path = f"{below.full_path}/{path}" if below else path
    taken = world.namespaces.group(full_path) or world.project(full_path) or world.namespaces.personal(full_path)
    if taken is not None:
        raise message(400, f'Failed to save group {{:path=>["{paths.TAKEN}"]}}')
    if not paths.well_formed(path):
        raise message(400, f'Failed to save group {{:path=>["{paths.BAD_PATH}"]}}')


def _get(world: World, call: Call) -> Answer:
    """With its own projects, unless `with_projects` is false."""
    group, user = group_of(world, call), caller(world, call)
    shape = group_json(world, group)
    if params(call).flag("with_projects", default=True):
        own = [one for one in world.projects.values() if one.namespace.lower() == group.full_path.lower()]
        shape |= {"projects": [project_json(world, one, user=user) for one in own], "shared_projects": []}
    return Answer(200, shape)


def _update(world: World, call: Call) -> Answer:
    """The name, the description and the visibility; a group's path stays."""
    group, given = group_of(world, call, least=OWNER), params(call)
    if given.text("path", group.path) != group.path:
        raise message(400, {"path": ["can't be changed in this stand-in"]})
    group.name = given.text("name", group.name)
    group.description = given.text("description", group.description)
    group.visibility = given.text("visibility", group.visibility)
    return Answer(200, group_json(world, group))


def _delete(world: World, call: Call) -> Answer:
    """With all that is in it, at once."""
    group = group_of(world, call, least=OWNER)
    with world.lock:
        gone = [group, *world.namespaces.below(group)]
        names = {one.full_path.lower() for one in gone}
        for project in [one for one in world.projects.values() if one.namespace.lower() in names]:
            world.remove(project)
        for one in gone:
            world.namespaces.groups.pop(one.id, None)
    return Answer(202, {"message": "202 Accepted"})


def _below(world: World, call: Call, *, deep: bool) -> Answer:
    return _page(world, call, world.namespaces.below(group_of(world, call), deep=deep))


def _projects(world: World, call: Call) -> Answer:
    """Its own, those of subgroups too with `include_subgroups`."""
    group = group_of(world, call)
    groups = [group, *(world.namespaces.below(group) if params(call).flag("include_subgroups") else ())]
    names = {one.full_path.lower() for one in groups}
    found = [one for one in world.projects.values() if one.namespace.lower() in names]
    return listing(world, call, found, user=caller(world, call))
