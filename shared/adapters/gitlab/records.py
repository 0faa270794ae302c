"""What the service records beside a GitLab project's commits: deployments and commit statuses."""

from collections.abc import Iterator, Mapping

from ...domain.errors import Permanent
from ...domain.gitlab import Deployment, Status
from .. import addresses
from . import shapes
from .project import Part

MAX_DESCRIPTION = 255
_REFUSED = (400, "")


class Records(Part):
    """That part of `ports.Repository` which keeps the books."""

    def deployments(self, environment: str) -> Iterator[Deployment]:
        """Newest first; asked page by page as they are consumed."""
        query = {"environment": environment, "order_by": "id", "sort": "desc"}
        return self._project.pages(self._project.api.deployments.path, query, shape=shapes.deployment)

    def open_deployment(self, environment: str, *, branch: str, commit: str, status: str) -> Deployment:
        """Records a deployment, status `running` or a final one."""
        data = {"environment": environment, "ref": branch, "sha": commit, "tag": False, "status": status}
        create = self._project.api.deployments.create
        return self._project.write("open_deployment", lambda: shapes.deployment(create(data).attributes))

    def end_deployment(self, deployment: Deployment, status: str) -> None:
        """Sets a running deployment to `success`, `failed` or `canceled`; fine if it is so already.

        GitLab would let an ended one end otherwise: one that the caller knows to have ended is refused unasked.
        """
        if deployment.status != "running":
            raise Permanent("gitlab-refused", f"deployment {deployment.id} has ended as {deployment.status}")
        deployments = self._project.api.deployments
        done = self._project.attempt(
            "end_deployment", lambda: deployments.update(deployment.id, {"status": status}), excuses=(_REFUSED,)
        )
        if done is None and self._status_of(deployment) != status:
            raise Permanent("gitlab-refused", f"GitLab refused to set deployment {deployment.id} to {status}")

    def fail_deployment(self, deployment: Deployment) -> None:
        """Sets one that was a success to `failed`; GitLab refuses it of one that is so already."""
        deployments = self._project.api.deployments
        done = self._project.attempt(
            "fail_deployment", lambda: deployments.update(deployment.id, {"status": "failed"}), excuses=(_REFUSED,)
        )
        if done is None and self._status_of(deployment) != "failed":
            raise Permanent("gitlab-refused", f"GitLab refused to set deployment {deployment.id} to failed")

    def statuses(self, commit: str, *, branch: str, name: str) -> tuple[Status, ...]:
        """All commit statuses of that name and branch, older ones too, newest first, whoever wrote them."""
        path = f"{self._project.api.commits.path}/{addresses.segment(commit)}/statuses"
        query = {"all": "true", "name": name, "ref": branch}
        found = sorted(self._project.pages(path, query, shape=_numbered), key=lambda entry: -entry[0])
        return tuple(status for _, status in found)

    def post_status(self, commit: str, *, branch: str, name: str, state: str, description: str) -> None:
        """Sets a commit status; one that is already so stays as it is."""
        data = {"state": state, "ref": branch, "name": name, "description": description[:MAX_DESCRIPTION]}
        addresses.segment(commit)
        statuses = self._project.api.commits.get(commit, lazy=True).statuses
        self._project.attempt(
            "post_status", lambda: statuses.create(data), excuses=((400, "Cannot transition status"),)
        )

    def _status_of(self, deployment: Deployment) -> str:
        deployments = self._project.api.deployments
        return self._project.read(
            "deployment", lambda: shapes.field(deployments.get(deployment.id).attributes, "status", str)
        )


def _numbered(row: Mapping[str, object]) -> tuple[int, Status]:
    return shapes.field(row, "id", int), shapes.status(row)
