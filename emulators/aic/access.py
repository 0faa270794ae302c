"""Who may call AIC's API, and what the ids in a path mean."""

from dataclasses import dataclass
from http import HTTPStatus

from emulators.aic.workspace import Workspace
from emulators.aic.world import Project, World
from emulators.routing import Answer, Call, Rejected
from emulators.settings import Settings

WORKSPACE = "/projects/:project/workspaces/:workspace"


def error(status: int, message: str) -> Rejected:
    """As AIC words it."""
    return Rejected(Answer(status, {"message": message}))


def words(status: int, why: str) -> Answer:
    """For a request that has no handler here, or a body that is no JSON."""
    return Answer(status, {"message": why or HTTPStatus(status).phrase})


@dataclass(frozen=True, slots=True)
class Access:
    """Whoever asks for a project or workspace holds the world's lock."""

    world: World
    settings: Settings

    def check_key(self, call: Call) -> None:
        key = call.headers.get("api-key", "")
        wanted = self.settings.text("require_key")
        if not key or (wanted and key != wanted):
            raise error(401, "Unauthorized")

    def project(self, call: Call) -> Project:
        project = self.world.projects.get(call.names["project"])
        if project is None:
            raise error(404, "no such project")
        return project

    def workspace(self, call: Call) -> Workspace:
        workspace = self.project(call).workspaces.get(call.names["workspace"])
        if workspace is None:
            raise error(404, "no such workspace")
        return workspace

    def job(self, call: Call) -> tuple[Workspace, str]:
        """The workspace, and the id of the job in it."""
        workspace = self.workspace(call)
        return workspace, known_job(workspace, call.names["job"])


def known_job(workspace: Workspace, id_: str) -> str:
    if id_ not in workspace.jobs:
        raise error(404, "no such job")
    return id_


def sent_object(call: Call) -> dict[str, object]:
    sent = call.json()
    if not isinstance(sent, dict):
        raise error(400, "the body is an object")
    return sent
