"""AIC's REST calls: projects, workspaces and jobs. There is none that deletes a job, as in AIC itself."""

from dataclasses import dataclass

from emulators.aic.workspace import Config, Workspace
from emulators.aic.world import Project, World
from emulators.routing import Answer, Call, Rejected, Router
from emulators.settings import Settings

JOBS = "/projects/:project/workspaces/:workspace/jobs"


def routes(world: World, settings: Settings) -> Router:
    api = _Api(world, settings)
    router = Router(gate=api.check_key)
    router.add("GET", "/projects", api.projects)
    router.add("GET", "/projects/:project/workspaces", api.workspaces)
    router.add("GET", JOBS, api.jobs)
    router.add("POST", JOBS, api.post_job)
    router.add("GET", f"{JOBS}/:job", api.job)
    router.add("PUT", f"{JOBS}/:job", api.put_job)
    return router


def error(status: int, message: str) -> Rejected:
    return Rejected(Answer(status, {"message": message}))


@dataclass(frozen=True, slots=True)
class _Api:
    world: World
    settings: Settings

    def check_key(self, call: Call) -> None:
        key = call.headers.get("api-key", "")
        wanted = self.settings.text("require_key")
        if not key or (wanted and key != wanted):
            raise error(401, "Unauthorized")

    def projects(self, _call: Call) -> Answer:
        with self.world.lock:
            return Answer(body=[{"$id": one.id, "name": one.name} for one in self.world.projects.values()])

    def workspaces(self, call: Call) -> Answer:
        with self.world.lock:
            mine = self._project(call).workspaces.values()
            return Answer(body=[{"$id": one.id, "name": one.name} for one in mine])

    def jobs(self, call: Call) -> Answer:
        with self.world.lock:
            return Answer(body={"jobs": self._workspace(call).listing()})

    def job(self, call: Call) -> Answer:
        with self.world.lock:
            workspace = self._workspace(call)
            return Answer(body={"jobConfig": workspace.jobs[_known_job(workspace, call.names["job"])]})

    def post_job(self, call: Call) -> Answer:
        """Updates with a `$id`, else creates. The answer tells no id, since none is known to."""
        sent = _sent(call)
        with self.world.lock:
            workspace = self._workspace(call)
            if "$id" in sent:
                return self._update(workspace, id_=_known_job(workspace, str(sent["$id"])), sent=sent)
            if not sent.get("title"):
                raise error(400, "title is missing")
            self._check_title(workspace, title=sent["title"], own_id="")
            workspace.store({key: value for key, value in sent.items() if not key.startswith("$")})
        return Answer(201, {"message": "created"})

    def put_job(self, call: Call) -> Answer:
        sent = _sent(call)
        with self.world.lock:
            workspace = self._workspace(call)
            return self._update(workspace, id_=_known_job(workspace, call.names["job"]), sent=sent)

    def _update(self, workspace: Workspace, *, id_: str, sent: Config) -> Answer:
        self._check_title(workspace, title=sent.get("title"), own_id=id_)
        workspace.update(id_, sent=sent, keep_rest=self.settings.text("upsert") == "merge")
        return Answer(200, {"message": "updated"})

    def _check_title(self, workspace: Workspace, *, title: object, own_id: str) -> None:
        """Whether AIC refuses a second job of one title isn't known, so it is a setting. Keeping one's own is fine."""
        keeps = own_id in workspace.jobs and workspace.jobs[own_id].get("title") == title
        if not keeps and workspace.titled(title) and self.settings.text("duplicate_title") == "409":
            raise error(409, "a job of this title exists")

    def _project(self, call: Call) -> Project:
        project = self.world.projects.get(call.names["project"])
        if project is None:
            raise error(404, "no such project")
        return project

    def _workspace(self, call: Call) -> Workspace:
        workspace = self._project(call).workspaces.get(call.names["workspace"])
        if workspace is None:
            raise error(404, "no such workspace")
        return workspace


def _known_job(workspace: Workspace, id_: str) -> str:
    if id_ not in workspace.jobs:
        raise error(404, "no such job")
    return id_


def _sent(call: Call) -> Config:
    sent = call.json()
    if not isinstance(sent, dict) or not isinstance(sent.get("title", ""), str):
        raise error(400, "the body is an object whose title is text")
    return sent
