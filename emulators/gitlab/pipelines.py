"""Pipelines: whose they are, their state, and the ones that commit statuses from outside make."""

from emulators.gitlab.acts import Act
from emulators.gitlab.errors import ApiError, message, not_found
from emulators.gitlab.events import PipelineChanged
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import find
from emulators.gitlab.status_machine import FINAL, overall

ZEROS = "0" * 40


def for_status(act: Act, *, sha: str, ref: str | None, number: int | None) -> Record:
    """The pipeline that a status for this commit belongs to; an external one is made where none fits."""
    if number is not None:
        return _named(act.project, number=number, sha=sha, ref=ref)
    present = act.project.newest_pipeline(sha, ref=ref)
    if present is not None:
        return present
    return add(act, sha=sha, ref=ref or _first_branch_with(act.project, sha))


def refresh(act: Act, pipeline: Record) -> None:
    """Works the state of the pipeline out anew from its jobs and the newest status of each name; tells of another."""
    rows = act.project.statuses
    current = [s["status"] for s in rows if s["pipeline_id"] == pipeline["id"] and not s["_retried"]]
    enter(act, pipeline, status=overall(current + ([pipeline["_jobs"]] if pipeline["_jobs"] else [])))


def enter(act: Act, pipeline: Record, *, status: str) -> None:
    """Sets the state, and tells of it when it is another one."""
    before, now = pipeline["status"], act.now()
    pipeline.update(status=status, updated_at=now, finished_at=now if status in FINAL else None)
    if status != before:
        act.tell(PipelineChanged(act.project, pipeline))


def end_statuses(project: Project, pipeline: Record, *, status: str, now: str) -> None:
    """Whatever is unfinished in the pipeline takes this state."""
    for row in project.statuses:
        if row["pipeline_id"] == pipeline["id"] and row["status"] not in FINAL:
            row.update(status=status, finished_at=now)
    pipeline["_jobs"] = pipeline["_jobs"] and status


def finish(act: Act, *, number: int, status: str) -> Record:
    """Ends a pipeline from outside, as a runner would: whatever is unfinished in it takes this state too.

    Always told, even when that was its state already: who drives the stand-in counts on the web hook.
    """
    if status not in FINAL:
        raise message(400, "status does not have a valid value")
    with act.project.lock:
        pipeline = find(act.project.pipelines, id=number)
        now = act.now()
        end_statuses(act.project, pipeline, status=status, now=now)
        pipeline.update(status=status, updated_at=now, finished_at=now)
        act.tell(PipelineChanged(act.project, pipeline))
        return pipeline


def _named(project: Project, *, number: int, sha: str, ref: str | None) -> Record:
    try:
        pipeline = find(project.pipelines, id=number, sha=sha)
    except ApiError:
        raise not_found("Pipeline for pipeline_id, sha and ref") from None
    if ref not in {None, pipeline["ref"]}:
        raise not_found("Pipeline for pipeline_id, sha and ref")
    return pipeline


def _first_branch_with(project: Project, sha: str) -> str:
    for name, tip in project.repository.branches().items():
        if project.repository.is_ancestor(sha, tip):
            return name
    raise not_found("References for commit")


def add(act: Act, *, sha: str, ref: str, source: str = "external") -> Record:
    """A new pipeline. `_jobs` is the state of its own jobs taken together; one from outside has none."""
    number, now = act.next_id("pipeline"), act.now()
    pipeline: Record = {
        "id": number,
        "iid": 1 + max((one["iid"] for one in act.project.pipelines), default=0),
        "project_id": act.project.id,
        "name": None,
        "sha": sha,
        "ref": ref,
        "status": "created",
        "source": source,
        "created_at": now,
        "updated_at": now,
        "started_at": None,
        "finished_at": None,
        "before_sha": ZEROS,
        "tag": False,
        "yaml_errors": None,
        "coverage": None,
        "web_url": f"{act.project.web_url(act.world.base_url)}/-/pipelines/{number}",
        "user": act.person(),
        "_jobs": None,
        "_variables": [],
    }
    act.project.pipelines.append(pipeline)
    return pipeline
