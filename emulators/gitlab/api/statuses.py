"""REST: commit statuses."""

from functools import partial

from emulators.gitlab import statuses
from emulators.gitlab.access import commit_or_404, project_of
from emulators.gitlab.acts import act_of
from emulators.gitlab.errors import invalid
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.records import choice, ordered, public
from emulators.gitlab.status_machine import STATES
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router


def routes(router: Router, world: World) -> None:
    """`POST /statuses/:sha` and the list of a commit's statuses."""
    router.add("POST", "/projects/:id/statuses/:sha", partial(_post, world))
    router.add("GET", "/projects/:id/repository/commits/:sha/statuses", partial(_list, world))


def _post(world: World, call: Call) -> Answer:
    act, given = act_of(world, call), params(call)
    if given.get("state") is None:
        raise invalid("state is missing, state does not have a valid value")
    if given["state"] not in STATES:
        raise invalid("state does not have a valid value")
    sha = commit_or_404(act.project, call.names["sha"])
    row = statuses.post(act, sha=sha, wanted=statuses.wish(given))
    return Answer(201, public(row))


def _list(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    sha = commit_or_404(project, call.names["sha"])
    rows = statuses.of_commit(project, sha, every=given.flag("all"))
    for key in ("name", "ref"):
        if wanted := given.text(key):
            rows = [row for row in rows if row[key] == wanted]
    if number := given.number("pipeline_id", 0):
        rows = [row for row in rows if row["pipeline_id"] == number]
    by = choice(given, "order_by", among=("id", "pipeline_id"), default="id")
    direction = choice(given, "sort", among=("asc", "desc"), default="asc")
    return paginated(world, call, ordered(rows, by=by, direction=direction), render=public)
