"""Projects: list, one, create, edit, archive, delete."""

from functools import partial

from emulators.gitlab import project_writes
from emulators.gitlab.access import caller, maintained, project_of
from emulators.gitlab.parameters import params
from emulators.gitlab.project_json import project_json
from emulators.gitlab.project_lists import listing
from emulators.gitlab.protection import OWNER
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ONE = "/projects/:id"


def routes(router: Router, world: World) -> None:
    router.add("GET", "/projects", partial(_list, world))
    router.add("POST", "/projects", partial(_create, world))
    router.add("GET", _ONE, partial(_get, world))
    router.add("PUT", _ONE, partial(_update, world))
    router.add("DELETE", _ONE, partial(_delete, world))
    router.add("POST", f"{_ONE}/archive", partial(_archive, world, archived=True))
    router.add("POST", f"{_ONE}/unarchive", partial(_archive, world, archived=False))


def _list(world: World, call: Call) -> Answer:
    return listing(world, call, list(world.projects.values()), user=caller(world, call))


def _create(world: World, call: Call) -> Answer:
    user = caller(world, call)
    project = project_writes.create(world, user, params(call))
    return Answer(201, project_json(world, project, user=user))


def _get(world: World, call: Call) -> Answer:
    return Answer(200, project_json(world, project_of(world, call), user=caller(world, call)))


def _update(world: World, call: Call) -> Answer:
    project = maintained(world, call)
    project_writes.edit(world, project, params(call))
    return Answer(200, project_json(world, project, user=caller(world, call)))


def _archive(world: World, call: Call, *, archived: bool) -> Answer:
    """An archived project takes no more pushes."""
    project = maintained(world, call, least=OWNER)
    project.attributes["archived"] = archived
    return Answer(201, project_json(world, project, user=caller(world, call)))


def _delete(world: World, call: Call) -> Answer:
    """Gone at once, though the answer only promises it; an owner's right."""
    world.remove(maintained(world, call, least=OWNER))
    return Answer(202, {"message": "202 Accepted"})
