"""AIC's calls for jobs, which is what it calls pipelines. There is none that deletes one, as in AIC itself."""

from dataclasses import dataclass

from emulators.aic.access import WORKSPACE, Access, error, known_job, sent_object
from emulators.aic.defaults import completed
from emulators.aic.workspace import Config, Workspace
from emulators.routing import Answer, Call, Router

JOBS = f"{WORKSPACE}/jobs"


def add_routes(router: Router, access: Access) -> None:
    jobs = _Jobs(access)
    router.add("GET", JOBS, jobs.listed)
    router.add("POST", JOBS, jobs.post)
    router.add("GET", f"{JOBS}/:job", jobs.one)
    router.add("PUT", f"{JOBS}/:job", jobs.put)


@dataclass(frozen=True, slots=True)
class _Jobs:
    access: Access

    def listed(self, call: Call) -> Answer:
        with self.access.world.lock:
            workspace = self.access.workspace(call)
            shown = workspace.lag.jobs(now=workspace.jobs).values()
            return Answer(
                body={"jobs": [{key: each[key] for key in ("$id", "title") if key in each} for each in shown]}
            )

    def one(self, call: Call) -> Answer:
        with self.access.world.lock:
            workspace, id_ = self.access.workspace(call), call.names["job"]
            config = workspace.lag.job(id_, now=workspace.jobs.get(id_))
            if config is None:
                raise error(404, "no such job")
            return Answer(body={"jobConfig": config})

    def post(self, call: Call) -> Answer:
        """Updates with a `$id`, else creates. The answer tells no id, since none is known to."""
        sent = _sent(call)
        with self.access.world.lock:
            workspace = self.access.workspace(call)
            if "$id" in sent:
                return self._update(workspace, id_=known_job(workspace, str(sent["$id"])), sent=sent)
            if not sent.get("title"):
                raise error(400, "title is missing")
            self._check_title(workspace, title=sent["title"], own_id="")
            before = dict(workspace.jobs)
            taken = self._taken(sent)
            id_ = workspace.store({key: value for key, value in taken.items() if not key.startswith("$")})
            self._wrote(workspace, id_=id_, before=before)
        return Answer(201, {"message": "created"})

    def put(self, call: Call) -> Answer:
        sent = _sent(call)
        with self.access.world.lock:
            workspace, id_ = self.access.job(call)
            return self._update(workspace, id_=id_, sent=sent)

    def _update(self, workspace: Workspace, *, id_: str, sent: Config) -> Answer:
        self._check_title(workspace, title=sent.get("title"), own_id=id_)
        before = dict(workspace.jobs)
        workspace.update(id_, sent=self._taken(sent), keep_rest=self.access.settings.text("upsert") == "merge")
        self._wrote(workspace, id_=id_, before=before)
        return Answer(200, {"message": "updated"})

    def _taken(self, sent: Config) -> Config:
        return completed(sent) if self.access.settings.text("defaults") == "add" else sent

    def _wrote(self, workspace: Workspace, *, id_: str, before: dict[str, Config]) -> None:
        workspace.lag.wrote(id_, before=before, reads=int(self.access.settings.number("stale_reads")))

    def _check_title(self, workspace: Workspace, *, title: object, own_id: str) -> None:
        """Whether AIC refuses a second job of one title isn't known, so it is a setting. Keeping one's own is fine."""
        keeps = own_id in workspace.jobs and workspace.jobs[own_id].get("title") == title
        if not keeps and workspace.titled(title) and self.access.settings.text("duplicate_title") == "409":
            raise error(409, "a job of this title exists")


def _sent(call: Call) -> Config:
    sent = sent_object(call)
    if not isinstance(sent.get("title", ""), str):
        raise error(400, "the title is text")
    return sent
