"""Pipelines: the ones that commit statuses from outside make, and their state."""

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
    return _create(act, sha=sha, ref=ref or _first_branch_with(act.project, sha))


def refresh(act: Act, pipeline: Record) -> None:
    """Works the state of the pipeline out anew from the newest status of each name, and tells of another one."""
    rows = act.project.statuses
    current = [s["status"] for s in rows if s["pipeline_id"] == pipeline["id"] and not s["_retried"]]
    before, status, now = pipeline["status"], overall(current), act.now()
    pipeline.update(status=status, updated_at=now, finished_at=now if status in FINAL else None)
    if status != before:
        act.tell(PipelineChanged(act.project, pipeline))


def finish(act: Act, *, number: int, status: str) -> Record:
    """Ends a pipeline from outside, as a runner would: whatever is unfinished in it takes this state too.

    Always told, even when that was its state already: who drives the stand-in counts on the web hook.
    """
    if status not in FINAL:
        raise message(400, "status does not have a valid value")
    with act.project.lock:
        pipeline = find(act.project.pipelines, id=number)
        now = act.now()
        for row in act.project.statuses:
            if row["pipeline_id"] == number and row["status"] not in FINAL:
                row.update(status=status, finished_at=now)
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


def _create(act: Act, *, sha: str, ref: str) -> Record:
    number, now = act.next_id("pipeline"), act.now()
    pipeline: Record = {
        "id": number,
        "iid": len(act.project.pipelines) + 1,
        "project_id": act.project.id,
        "name": None,
        "sha": sha,
        "ref": ref,
        "status": "created",
        "source": "external",
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
    }
    act.project.pipelines.append(pipeline)
    return pipeline
