"""Namespaces: where the caller may put projects."""

from functools import partial

from emulators.gitlab.access import caller, group_level
from emulators.gitlab.errors import not_found
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.project_json import namespace_json
from emulators.gitlab.protection import GUEST
from emulators.gitlab.records import numbered
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router


def routes(router: Router, world: World) -> None:
    router.add("GET", "/namespaces", partial(_list, world))
    router.add("GET", "/namespaces/:id", partial(_get, world))


def _list(world: World, call: Call) -> Answer:
    """The caller's own first, then the groups it sees."""
    wanted = params(call).text("search").lower()
    found = [path for path in _visible(world, call) if wanted in path.lower()]
    return paginated(world, call, found, render=lambda path: namespace_json(world, path))


def _get(world: World, call: Call) -> Answer:
    named = call.names["id"]
    path = world.namespaces.path_of(numbered(named)) if named.isdecimal() else named
    if path is None or path.lower() not in {one.lower() for one in _visible(world, call)}:
        raise not_found("Namespace")
    return Answer(200, namespace_json(world, path))


def _visible(world: World, call: Call) -> list[str]:
    user = caller(world, call)
    groups = [one for one in world.namespaces.groups.values() if group_level(world, one, user) >= GUEST]
    return [user.username, *(one.full_path for one in groups)]
