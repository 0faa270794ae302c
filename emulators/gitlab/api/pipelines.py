"""REST: pipelines."""

from collections.abc import Callable
from functools import partial

from emulators.gitlab import pipeline_filters, runs
from emulators.gitlab.access import caller, is_maintainer, maintained, project_of
from emulators.gitlab.acts import Act, act_of
from emulators.gitlab.api.merge_requests import ONE as MERGE_REQUEST
from emulators.gitlab.api.merge_requests import found as found_merge_request
from emulators.gitlab.errors import forbidden, not_found
from emulators.gitlab.merge_request_json import commits
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.pipeline_json import listed, single
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import find, numbered
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/pipelines"
_ONE = f"{_ALL}/:pipeline_id"


def routes(router: Router, world: World) -> None:
    """Create (its path alone is singular), list, look at, cancel, retry and delete pipelines."""
    router.add("POST", "/projects/:id/pipeline", partial(_create, world))
    router.add("GET", _ALL, partial(_list, world))
    router.add("GET", f"{_ALL}/latest", partial(_latest, world))
    router.add("GET", _ONE, partial(_one, world))
    router.add("GET", f"{_ONE}/variables", partial(_variables, world))
    router.add("POST", f"{_ONE}/cancel", partial(_change, world, work=runs.cancel, status=200))
    router.add("POST", f"{_ONE}/retry", partial(_change, world, work=runs.retry, status=201))
    router.add("DELETE", _ONE, partial(_delete, world))
    router.add("GET", f"{MERGE_REQUEST}/pipelines", partial(_of_merge_request, world))


def _create(world: World, call: Call) -> Answer:
    act, given = act_of(world, call), params(call)
    (ref,) = given.required("ref")
    return Answer(201, single(act.project, runs.start(act, ref=ref, given=runs.variables(given))))


def _list(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    rows = pipeline_filters.chosen(project.pipelines, params(call))
    return paginated(world, call, rows, render=listed)


def _latest(world: World, call: Call) -> Answer:
    """The newest one of the branch's newest commit; 403 where there is none."""
    project = project_of(world, call)
    ref = params(call).text("ref") or project.default_branch or ""
    sha = project.repository.named(ref)
    pipeline = project.newest_pipeline(sha, ref=ref) if sha else None
    if pipeline is None:
        raise forbidden()
    return Answer(200, single(project, pipeline))


def _one(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    return Answer(200, single(project, _found(project, call)))


def _variables(world: World, call: Call) -> Answer:
    """For whoever started it, and for maintainers."""
    project, user = project_of(world, call), caller(world, call)
    pipeline = _found(project, call)
    if pipeline["user"]["id"] != user.id and not is_maintainer(world, project, user):
        raise forbidden()
    return Answer(200, pipeline["_variables"])


def _change(world: World, call: Call, *, work: Callable[[Act, Record], None], status: int) -> Answer:
    act = act_of(world, call)
    pipeline = _found(act.project, call)
    work(act, pipeline)
    return Answer(status, single(act.project, pipeline))


def _delete(world: World, call: Call) -> Answer:
    """With its statuses. GitLab asks for an owner; tokens' users here are maintainers at most, so one is enough."""
    project = maintained(world, call)
    pipeline = _found(project, call)
    with project.lock:
        project.pipelines.remove(pipeline)
        project.statuses[:] = [row for row in project.statuses if row["pipeline_id"] != pipeline["id"]]
    return Answer(204)


def _of_merge_request(world: World, call: Call) -> Answer:
    """Those of its own commits, newest first."""
    project = project_of(world, call)
    own = {info.id for info in commits(project, found_merge_request(project, call))}
    return paginated(world, call, [one for one in reversed(project.pipelines) if one["sha"] in own], render=listed)


def _found(project: Project, call: Call) -> Record:
    number = numbered(call.names["pipeline_id"])
    if not number:
        raise not_found("Pipeline")
    return find(project.pipelines, id=number)
