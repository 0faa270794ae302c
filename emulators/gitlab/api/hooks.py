"""REST: the web hooks of a project and their recent deliveries."""

from functools import partial

from emulators.gitlab import hooks
from emulators.gitlab.access import is_maintainer, project_of
from emulators.gitlab.delivery import Sender
from emulators.gitlab.errors import forbidden
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import find, numbered, public
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/hooks"
_ONE = f"{_ALL}/:hook_id"
_EVENTS = f"{_ONE}/events"


def routes(router: Router, world: World, *, sender: Sender) -> None:
    """Create, list, look at, change and delete hooks; list deliveries and send one again."""
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ALL, partial(_list, world))
    router.add("GET", _ONE, partial(_one, world))
    router.add("PUT", _ONE, partial(_update, world))
    router.add("DELETE", _ONE, partial(_delete, world))
    router.add("GET", _EVENTS, partial(_events, world))
    router.add("POST", f"{_EVENTS}/:hook_log_id/resend", partial(_resend, world, sender=sender))


def _create(world: World, call: Call) -> Answer:
    project, given = _project(world, call), params(call)
    given.required("url")
    return Answer(201, hooks.render(hooks.create(world, project, given=given)))


def _list(world: World, call: Call) -> Answer:
    return paginated(world, call, _project(world, call).hooks, render=hooks.render)


def _one(world: World, call: Call) -> Answer:
    return Answer(200, hooks.render(_found(_project(world, call), call)))


def _update(world: World, call: Call) -> Answer:
    hook = _found(_project(world, call), call)
    hooks.change(hook, params(call))
    return Answer(200, hooks.render(hook))


def _delete(world: World, call: Call) -> Answer:
    project = _project(world, call)
    project.hooks.remove(_found(project, call))
    return Answer(204)


def _events(world: World, call: Call) -> Answer:
    """Newest first; `status` is a number or one of successful, client_failure, server_failure."""
    hook = _found(_project(world, call), call)
    wanted = params(call).texts("status")
    rows = [row for row in reversed(hook["_deliveries"]) if not wanted or any(_is(row, word) for word in wanted)]
    return paginated(world, call, rows, render=public)


def _resend(world: World, call: Call, *, sender: Sender) -> Answer:
    """The same body under the same idempotency key."""
    project = _project(world, call)
    hook = _found(project, call)
    delivery = find(hook["_deliveries"], id=numbered(call.names["hook_log_id"]))
    sender.send(project, hook, letter=delivery["_envelope"])
    return Answer(201, {"response_status": delivery["response_status"]})


def _is(delivery: Record, word: str) -> bool:
    first = {"successful": ("2",), "client_failure": ("4",), "server_failure": ("5", "i")}.get(word)
    status = str(delivery["response_status"])
    return status == word if first is None else status.startswith(first)


def _project(world: World, call: Call) -> Project:
    project = project_of(world, call)
    if not is_maintainer(world):
        raise forbidden()
    return project


def _found(project: Project, call: Call) -> Record:
    return find(project.hooks, id=numbered(call.names["hook_id"]))
