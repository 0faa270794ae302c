"""REST: environments."""

from functools import partial

from emulators.gitlab import deployments, environments
from emulators.gitlab.access import project_of
from emulators.gitlab.acts import act_of
from emulators.gitlab.errors import forbidden, invalid
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import choice, numbered
from emulators.gitlab.shapes import iso
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/environments"
_ONE = f"{_ALL}/:environment_id"
_SHORTEST_SEARCH = 3
_STATES = ("available", "stopping", "stopped")


def routes(router: Router, world: World) -> None:
    """Create, list, look at, change, stop and delete environments."""
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ALL, partial(_list, world))
    router.add("GET", _ONE, partial(_one, world))
    router.add("PUT", _ONE, partial(_update, world))
    router.add("POST", f"{_ONE}/stop", partial(_stop, world))
    router.add("DELETE", _ONE, partial(_delete, world))


def _create(world: World, call: Call) -> Answer:
    act, given = act_of(world, call), params(call)
    given.required("name")
    choice(given, "tier", among=environments.TIERS, default="other")
    return Answer(201, environments.create(act, str(given["name"]), details=dict(given)))


def _list(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    _check(given)
    return paginated(world, call, [e for e in project.environments if _wanted(given, e)])


def _check(given: Params) -> None:
    """What can't be asked is refused even where nothing is there to be found."""
    name, search = given.text("name"), given.text("search")
    if name and search:
        raise invalid("name, search are mutually exclusive")
    if search and len(search) < _SHORTEST_SEARCH:
        raise invalid("search is too short (minimum is 3 characters)")
    if set(given.texts("states")) - set(_STATES):
        raise invalid("states does not have a valid value")


def _wanted(given: Params, environment: Record) -> bool:
    name, search, states = given.text("name"), given.text("search"), given.texts("states")
    return (
        (not name or environment["name"] == name)
        and (not search or search.lower() in environment["name"].lower())
        and (not states or environment["state"] in states)
    )


def _one(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    environment = _found(project, call)
    last = deployments.last_success(project, environment)
    return Answer(200, environment | {"last_deployment": deployments.render(last) if last else None})


def _update(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    environment = _found(project, call)
    choice(given, "tier", among=environments.TIERS, default="other")
    fields = ("external_url", "tier", "description", "auto_stop_setting")
    environment.update({key: given[key] for key in fields if key in given}, updated_at=iso(world.clock()))
    return Answer(200, environment)


def _stop(world: World, call: Call) -> Answer:
    return Answer(200, environments.stop(_found(project_of(world, call), call), now=iso(world.clock())))


def _delete(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    environment = _found(project, call)
    if environment["state"] != "stopped":
        raise forbidden()
    project.environments.remove(environment)
    return Answer(204)


def _found(project: Project, call: Call) -> Record:
    return environments.by_id(project, numbered(call.names["environment_id"]))
