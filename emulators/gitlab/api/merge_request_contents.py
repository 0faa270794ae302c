"""REST: the commits and differences of merge requests, and the merge requests of a commit or a deployment."""

from functools import partial

from emulators.gitlab import deployments
from emulators.gitlab.access import caller, commit_or_404, project_of
from emulators.gitlab.api.merge_requests import ONE, found
from emulators.gitlab.merge_request_filters import chosen
from emulators.gitlab.merge_request_json import commits, differences, listed, single
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import numbered, ordered
from emulators.gitlab.shapes import commit_json, diffs_json
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router


def routes(router: Router, world: World) -> None:
    """All of them only read."""
    router.add("GET", f"{ONE}/commits", partial(_commits, world))
    router.add("GET", f"{ONE}/diffs", partial(_diffs, world))
    router.add("GET", f"{ONE}/changes", partial(_changes, world))
    router.add("GET", "/projects/:id/repository/commits/:sha/merge_requests", partial(_of_commit, world))
    router.add("GET", "/projects/:id/deployments/:deployment_id/merge_requests", partial(_of_deployment, world))


def _commits(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    own = commits(project, found(project, call))
    return paginated(world, call, own, render=lambda info: commit_json(world, project, info))


def _diffs(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    return paginated(world, call, diffs_json(world, differences(project, found(project, call))))


def _changes(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    merge_request = found(project, call)
    changes = diffs_json(world, differences(project, merge_request))
    return Answer(
        200,
        single(project, merge_request, world=world, user=caller(world, call)) | {"changes": changes, "overflow": False},
    )


def _of_commit(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    sha = commit_or_404(project, call.names["sha"])
    involved = [record for record in project.merge_requests if _involves(project, record, sha=sha)]
    newest_first = ordered(involved, by="created_at", direction="desc")
    return paginated(world, call, newest_first, render=lambda record: listed(project, record, world=world))


def _involves(project: Project, record: Record, *, sha: str) -> bool:
    """Its own commits, and what its merge made."""
    if sha in {record["merge_commit_sha"], record["squash_commit_sha"]}:
        return True
    return any(info.id == sha for info in commits(project, record))


def _of_deployment(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    deployment = deployments.by_id(project, numbered(call.names["deployment_id"]))
    arrived = deployment["_merge_requests"] or []
    involved = chosen(
        [record for record in project.merge_requests if record["id"] in arrived], params(call), user=caller(world, call)
    )
    return paginated(world, call, involved, render=lambda record: listed(project, record, world=world))
