"""Deployments: what was brought where and how it went; the first success knows the merge requests that came with it."""

from dataclasses import dataclass

from emulators.gitlab import environments
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import message
from emulators.gitlab.events import DeploymentChanged
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import find, public
from emulators.gitlab.status_machine import FINAL, move_deployment


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be recorded; `sha` as it was sent."""

    environment: str
    sha: str
    ref: str
    status: str


def create(act: Act, *, wanted: Wish) -> Record:
    """A deployment by this user, its environment made on the way; 400 when the commit or the ref is not there."""
    with act.project.lock:
        environment = environments.obtain(act, wanted.environment)
        sha = _checked(act.project, wanted)
        now = act.now()
        deployment: Record = {
            "id": act.next_id("deployment"),
            "iid": 1 + max((d["iid"] for d in act.project.deployments), default=0),
            "ref": wanted.ref,
            "sha": sha,
            "status": "created",
            "created_at": now,
            "updated_at": now,
            "user": act.person(),
            "deployable": None,
            "_environment": environment,
            "_finished_at": None,
            "_merge_requests": None,
        }
        act.project.deployments.append(deployment)
        return change(act, deployment, status=wanted.status)


def by_id(project: Project, number: int) -> Record:
    """The deployment, or 404."""
    return find(project.deployments, id=number)


def change(act: Act, deployment: Record, *, status: str) -> Record:
    """Moves it to another state and tells of that; equal or impossible ones are a 400."""
    with act.project.lock:
        deployment["status"] = move_deployment(deployment["status"], status)
        deployment["updated_at"] = act.now()
        if status in FINAL:
            deployment["_finished_at"] = deployment["updated_at"]
        if status == "success":
            deployment["_environment"]["state"] = "available"
        if status == "success" and deployment["_merge_requests"] is None:
            deployment["_merge_requests"] = _arrived_with(act.project, deployment)
        act.tell(DeploymentChanged(act.project, deployment))
        return deployment


def remove(project: Project, deployment: Record) -> None:
    """Gone; but neither while it runs nor while its environment has it as its last success."""
    with project.lock:
        if deployment["status"] == "running":
            raise message(400, "Cannot destroy running deployment")
        if deployment is last_success(project, deployment["_environment"]):
            raise message(400, "Deployment currently deployed to environment")
        project.deployments.remove(deployment)


def last_success(project: Project, environment: Record) -> Record | None:
    """What the environment runs now."""
    return next(
        (d for d in reversed(project.deployments) if d["_environment"] is environment and d["status"] == "success"),
        None,
    )


def render(deployment: Record) -> Record:
    """The document as the API shows it, with its environment inside."""
    environment = deployment["_environment"]
    inner = {key: environment[key] for key in ("id", "name", "slug", "external_url", "created_at", "updated_at")}
    return public(deployment) | {"environment": inner}


def _checked(project: Project, wanted: Wish) -> str:
    sha = project.repository.resolve(wanted.sha)
    if sha is None:
        raise message(400, {"sha": ["The commit does not exist"]})
    if project.repository.resolve(wanted.ref) is None:
        raise message(400, {"ref": ["The branch or tag does not exist"]})
    return sha


def _arrived_with(project: Project, deployment: Record) -> list[int]:
    """The ids of merged merge requests that are in this commit, but not in what this environment had before."""
    earlier = [
        d["sha"]
        for d in project.deployments
        if d is not deployment and d["_environment"] is deployment["_environment"] and d["status"] == "success"
    ]
    known = {info.id for info in project.repository.log([deployment["sha"]], exclude=earlier[-1:])}
    merged = (m for m in project.merge_requests if m["state"] == "merged")
    return [m["id"] for m in merged if (m["merge_commit_sha"] or m["squash_commit_sha"] or m["sha"]) in known]
