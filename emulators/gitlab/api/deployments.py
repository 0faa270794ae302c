"""REST: deployments."""

from functools import partial

from emulators.gitlab import deployments
from emulators.gitlab.access import project_of
from emulators.gitlab.acts import act_of
from emulators.gitlab.errors import invalid, message
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import between, choice, numbered, ordered
from emulators.gitlab.status_machine import DEPLOYMENT_STATES
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/deployments"
_ONE = f"{_ALL}/:deployment_id"
_NEEDED = ("environment", "sha", "ref", "tag", "status")
_COLUMNS = {
    "id": "id", "iid": "iid", "ref": "ref", "created_at": "created_at", "updated_at": "updated_at",
    "finished_at": "_finished_at",
}  # fmt: skip


def routes(router: Router, world: World) -> None:
    """Create, list, look at, move on and delete deployments, and the merge requests that came with one."""
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ALL, partial(_list, world))
    router.add("GET", _ONE, partial(_one, world))
    router.add("PUT", _ONE, partial(_update, world))
    router.add("DELETE", _ONE, partial(_delete, world))


def _create(world: World, call: Call) -> Answer:
    act, given = act_of(world, call), params(call)
    given.demand(*_NEEDED)
    wanted = deployments.Wish(
        environment=str(given["environment"]),
        sha=str(given["sha"]),
        ref=str(given["ref"]),
        status=_status(given),
    )
    return Answer(201, deployments.render(deployments.create(act, wanted=wanted)))


def _update(world: World, call: Call) -> Answer:
    act, given = act_of(world, call), params(call)
    given.required("status")
    deployment = deployments.change(act, _found(act.project, call), status=_status(given))
    return Answer(200, deployments.render(deployment))


def _status(given: Params) -> str:
    if given["status"] not in DEPLOYMENT_STATES:
        raise invalid("status does not have a valid value")
    return str(given["status"])


def _one(world: World, call: Call) -> Answer:
    return Answer(200, deployments.render(_found(project_of(world, call), call)))


def _delete(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    deployments.remove(project, _found(project, call))
    return Answer(204)


def _list(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    by = choice(given, "order_by", among=tuple(_COLUMNS), default="id")
    direction = choice(given, "sort", among=("asc", "desc"), default="asc")
    status = choice(given, "status", among=("", "created", "blocked", *DEPLOYMENT_STATES), default="")
    _check_pairing(given, by=by, status=status)
    updated = between(given, field="updated_at", prefix="updated")
    finished = between(given, field="_finished_at", prefix="finished")
    environment = given.text("environment")
    rows = [
        row
        for row in project.deployments
        if (not environment or row["_environment"]["name"] == environment) and (not status or row["status"] == status)
    ]
    rows = [row for row in rows if updated(row) and finished(row)]
    return paginated(world, call, ordered(rows, by=_COLUMNS[by], direction=direction), render=deployments.render)


def _check_pairing(given: Params, *, by: str, status: str) -> None:
    """A window of time is served only in the order of that very time: other queries would be slow."""
    for word in ("updated", "finished"):
        windowed = f"{word}_after" in given or f"{word}_before" in given
        sorted_so = by == f"{word}_at"
        if windowed != sorted_so and (windowed or word == "finished"):
            raise message(400, f"400 Bad request - `{word}_at` filter and `{word}_at` sorting must be paired")
    if by == "finished_at" and status != "success":
        raise message(400, "400 Bad request - `finished_at` filter must be combined with `success` status filter.")


def _found(project: Project, call: Call) -> Record:
    return deployments.by_id(project, numbered(call.names["deployment_id"]))
