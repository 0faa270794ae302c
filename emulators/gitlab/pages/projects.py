"""What the start page and the page of a project show."""

from emulators.gitlab.access import is_protected
from emulators.gitlab.deployments import last_success
from emulators.gitlab.project import Project, Record
from emulators.gitlab.world import World

_SHOWN = 20


def index(world: World) -> Record:
    """All projects, each with how much there is in it."""
    rows = [
        {
            "project": project,
            "branches": len(project.repository.branches()),
            "open": sum(one["state"] == "opened" for one in project.merge_requests),
            "merged": sum(one["state"] == "merged" for one in project.merge_requests),
        }
        for project in list(world.projects.values())
    ]
    return {"rows": rows}


def page(world: World, project: Project) -> Record:
    """The newest of everything; of branches and environments all."""
    return {
        "project": project,
        "clone": f"{project.web_url(world.base_url)}.git",
        "merge_requests": _newest(project.merge_requests),
        "branches": [_branch(project, name, sha) for name, sha in project.repository.branches().items()],
        "environments": [{"environment": one, "runs": last_success(project, one)} for one in project.environments],
        "deployments": _newest(project.deployments),
        "pipelines": _newest(project.pipelines),
        "counts": {kind: len(getattr(project, kind)) for kind in ("merge_requests", "deployments", "pipelines")},
    }


def _branch(project: Project, name: str, sha: str) -> Record:
    return {
        "name": name,
        "tip": project.repository.commit_of(sha),
        "default": name == project.default_branch,
        "protected": is_protected(project, name),
    }


def _newest(records: list[Record]) -> list[Record]:
    return records[: -_SHOWN - 1 : -1]
