"""The body of a Pipeline Hook."""

from emulators.gitlab.access import is_protected
from emulators.gitlab.events import PipelineChanged
from emulators.gitlab.payloads.parts import commit_json, person_json, short_project_json
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import hook_time, parsed

_LABELS = {"success": "passed"}


def body(event: PipelineChanged, base: str) -> Record:
    """The user is whoever began the pipeline. Statuses from outside are no builds, so there are none."""
    project, pipeline = event.project, event.pipeline
    commit = project.repository.commit_of(pipeline["sha"])
    return {
        "object_kind": "pipeline",
        "object_attributes": _attributes(project, pipeline),
        "merge_request": None,
        "user": person_json(pipeline["user"]),
        "project": short_project_json(project, base),
        "commit": commit_json(project, commit, base=base),
        "builds": [],
    }


def _attributes(project: Project, pipeline: Record) -> Record:
    copied = ("id", "iid", "name", "ref", "tag", "sha", "before_sha", "source", "status")
    return {
        **{key: pipeline[key] for key in copied},
        "detailed_status": _LABELS.get(pipeline["status"], pipeline["status"]),
        "stages": ["external"],
        "created_at": hook_time(pipeline["created_at"]),
        "finished_at": hook_time(pipeline["finished_at"]),
        "duration": _seconds(pipeline),
        "queued_duration": None,
        "protected_ref": is_protected(project, pipeline["ref"]),
        "variables": [],
        "url": pipeline["web_url"],
    }


def _seconds(pipeline: Record) -> int | None:
    if pipeline["finished_at"] is None:
        return None
    return round((parsed(pipeline["finished_at"]) - parsed(pipeline["created_at"])).total_seconds())
