"""What a GitLab project does by itself: web hooks and CI pipelines."""

from collections.abc import Iterator, Mapping

from ...domain.gitlab import CiJob, CiPipeline, Hook, Token
from .. import addresses
from . import shapes
from .project import Part

_GONE = ((404, ""),)


class Automation(Part):
    """That part of `ports.Repository` which looks after hooks and starts pipelines."""

    def hooks(self) -> tuple[Hook, ...]:
        """The project's web hooks; Permanent `gitlab-forbidden` where the token's user may not see them."""
        return tuple(self._project.pages(self._project.api.hooks.path, {}, shape=shapes.hook))

    def token(self) -> Token:
        """The very token that the service uses; a GitLab that doesn't know the question is Permanent."""
        return self._project.read("token", lambda: _token(self._project.get("/personal_access_tokens/self")))

    def access(self) -> int:
        """The higher of the user's levels in the project and in its group; 0 where it has none."""
        path = f"/projects/{self._project.api.encoded_id}"
        return self._project.read("project", lambda: _level(self._project.get(path)))

    def start_pipeline(self, branch: str, *, variables: Mapping[str, str] | None = None) -> int:
        """Starts a CI pipeline on the branch; its id. Sent once; Permanent `gitlab-refused` where there is no job."""
        create = self._project.api.pipelines.create
        data: dict[str, object] = {"ref": branch}
        if variables:
            data["variables"] = [{"key": key, "value": value} for key, value in variables.items()]
        return self._project.write("start_pipeline", lambda: shapes.field(create(data).attributes, "id", int))

    def started_pipelines(self, branch: str, *, since: str) -> Iterator[int]:
        """The ids of those that were started by the API, newest first; page by page."""
        query = {"ref": branch, "source": "api", "updated_after": since, "order_by": "id", "sort": "desc"}
        return self._project.pages(self._project.api.pipelines.path, query, shape=_number)

    def ci_pipeline(self, number: int) -> CiPipeline | None:
        """The pipeline of that id; None where there is none."""
        path = f"{self._project.api.pipelines.path}/{int(number)}"
        return self._project.look("pipeline", lambda: _pipeline(self._project.get(path)), excuses=_GONE)

    def ci_variables(self, number: int) -> Mapping[str, str] | None:
        """What it was started with; GitLab shows it to whoever started the pipeline, and to maintainers."""
        path = f"{self._project.api.pipelines.path}/{int(number)}/variables"
        excuses = (*_GONE, (403, ""))
        return self._project.look("variables", lambda: _variables(self._project.get(path)), excuses=excuses)

    def ci_jobs(self, pipeline: CiPipeline) -> tuple[CiJob, ...]:
        """GitLab lists jobs and statuses from outside as one."""
        path = f"{self._project.api.commits.path}/{addresses.segment(pipeline.commit)}/statuses"
        return tuple(self._project.pages(path, {"pipeline_id": pipeline.id}, shape=_job))

    def cancel_pipeline(self, number: int) -> None:
        """Cancels what is unfinished in it; fine if nothing is, or if it is gone."""
        cancel = self._project.api.pipelines.get(int(number), lazy=True).cancel
        self._project.attempt("cancel_pipeline", cancel, excuses=_GONE)


def _number(row: Mapping[str, object]) -> int:
    return shapes.field(row, "id", int)


def _pipeline(row: object) -> CiPipeline:
    words = (shapes.field(row, key, str) for key in ("status", "web_url"))
    state, url = words
    return CiPipeline(shapes.field(row, "id", int), shapes.sha(row, "sha"), state, shapes.user(row, "user"), url)


def _variables(found: object) -> Mapping[str, str]:
    return {shapes.field(row, "key", str): shapes.text(row, "value") for row in shapes.rows(found)}


def _job(row: Mapping[str, object]) -> CiJob:
    may_fail = row.get("allow_failure") is True
    return CiJob(shapes.field(row, "name", str), shapes.field(row, "status", str), shapes.user(row, "author"), may_fail)


def _token(row: object) -> Token:
    scopes = tuple(shapes.texts(row, "scopes"))
    return Token(shapes.field(row, "id", int), shapes.field(row, "name", str), shapes.text(row, "expires_at"), scopes)


def _level(row: object) -> int:
    given = row.get("permissions") if isinstance(row, Mapping) else None
    parts = [given.get(key) for key in ("project_access", "group_access")] if isinstance(given, Mapping) else []
    return max((shapes.field(each, "access_level", int) for each in parts if each), default=0)
