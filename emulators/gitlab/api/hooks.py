"""REST: the web hooks of a project and their recent deliveries."""

from functools import partial

from emulators.gitlab import hook_samples, hooks, limits
from emulators.gitlab.access import maintained
from emulators.gitlab.acts import Act, act_of
from emulators.gitlab.delivery import Sender
from emulators.gitlab.errors import ApiError, message, not_found
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.post import NO_ANSWER
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import find, numbered, public
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/hooks"
_ONE = f"{_ALL}/:hook_id"
_EVENTS = f"{_ONE}/events"


def routes(router: Router, world: World, *, sender: Sender) -> None:
    """Create, list, look at, change, delete and test hooks; list deliveries and send one again."""
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ALL, partial(_list, world))
    router.add("GET", _ONE, partial(_one, world))
    router.add("PUT", _ONE, partial(_update, world))
    router.add("DELETE", _ONE, partial(_delete, world))
    router.add("PUT", f"{_ONE}/custom_headers/:key", partial(_set_header, world))
    router.add("DELETE", f"{_ONE}/custom_headers/:key", partial(_remove_header, world))
    router.add("POST", f"{_ONE}/test/:trigger", partial(_test, world, sender=sender))
    router.add("GET", _EVENTS, partial(_events, world))
    router.add("POST", f"{_EVENTS}/:hook_log_id/resend", partial(_resend, world, sender=sender))


def _create(world: World, call: Call) -> Answer:
    project, given = _project(world, call), params(call)
    given.required("url")
    return Answer(201, _shown(world, hooks.create(world, project, given=given)))


def _list(world: World, call: Call) -> Answer:
    return paginated(world, call, _project(world, call).hooks, render=partial(_shown, world))


def _one(world: World, call: Call) -> Answer:
    return Answer(200, _shown(world, _found(_project(world, call), call)))


def _update(world: World, call: Call) -> Answer:
    """Nothing of what a hook has must be in the request, but anything at all."""
    hook, given = _found(_project(world, call), call), params(call)
    if not given.keys() - call.names.keys():
        raise ApiError(Answer(400, {"error": "No parameters provided"}))
    hooks.change(hook, given)
    return Answer(200, _shown(world, hook))


def _delete(world: World, call: Call) -> Answer:
    project = _project(world, call)
    project.hooks.remove(_found(project, call))
    return Answer(204)


def _set_header(world: World, call: Call) -> Answer:
    hook = _found(_project(world, call), call)
    (value,) = params(call).required("value")
    hooks.change(hook, Params({"custom_headers": [{"key": call.names["key"], "value": value}]}))
    return Answer(204)


def _remove_header(world: World, call: Call) -> Answer:
    hook = _found(_project(world, call), call)
    if call.names["key"] not in hook["_headers"]:
        raise not_found("Custom header")
    hook["_headers"] = {name: value for name, value in hook["_headers"].items() if name != call.names["key"]}
    return Answer(204)


def _events(world: World, call: Call) -> Answer:
    """Newest first; `status` is a number or one of successful, client_failure, server_failure."""
    hook = _found(_project(world, call), call)
    wanted = params(call).texts("status")
    rows = [row for row in reversed(hook["_deliveries"]) if not wanted or any(_is(row, word) for word in wanted)]
    return paginated(world, call, rows, render=public)


def _test(world: World, call: Call, *, sender: Sender) -> Answer:
    """Sends a sample of what the project has; 422 with the receiver's words unless it answers 2xx."""
    act = act_of(world, call)
    hook = _found(_project(world, call), call)
    _limit(act, "hook test")
    delivery = sender.send(act.project, hook, letter=hook_samples.sample(act, call.names["trigger"]))
    if not delivery.status.startswith("2"):
        raise message(422, delivery.text)
    return Answer(201, {"message": "201 Created"})


def _resend(world: World, call: Call, *, sender: Sender) -> Answer:
    """The same body under the same idempotency key, at once; answers what the receiver said now."""
    act = act_of(world, call)
    hook = _found(_project(world, call), call)
    earlier = find(hook["_deliveries"], id=numbered(call.names["hook_log_id"]))
    _limit(act, "hook resend")
    if earlier["url"] != hook["url"]:
        raise message(422, "The hook URL has changed. This log entry cannot be retried.")
    delivery = sender.send(act.project, hook, letter=earlier["_envelope"])
    if delivery.status == NO_ANSWER:
        raise message(422, delivery.text)
    return Answer(201, {"response_status": int(delivery.status)})


def _limit(act: Act, what: str) -> None:
    most = act.world.settings.number("hook_calls_per_minute")
    limits.limit(act.world.windows, what, act.project.id, act.user.id, most=most)


def _shown(world: World, hook: Record) -> Record:
    return hooks.render(hook, now=world.clock())


def _is(delivery: Record, word: str) -> bool:
    first = {"successful": ("2",), "client_failure": ("4",), "server_failure": ("5", "i")}.get(word)
    status = str(delivery["response_status"])
    return status == word if first is None else status.startswith(first)


def _project(world: World, call: Call) -> Project:
    return maintained(world, call)


def _found(project: Project, call: Call) -> Record:
    return find(project.hooks, id=numbered(call.names["hook_id"]))
