"""The body of a Pipeline Hook."""

from emulators.gitlab.access import is_protected
from emulators.gitlab.events import PipelineChanged
from emulators.gitlab.payloads.parts import commit_json, person_json, short_project_json
from emulators.gitlab.pipeline_json import label, seconds
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import hook_time


def body(event: PipelineChanged, base: str) -> Record:
    """The user is whoever began the pipeline. There are no builds: nothing runs here."""
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
        "detailed_status": label(pipeline),
        "stages": ["test" if pipeline["_jobs"] else "external"],
        "created_at": hook_time(pipeline["created_at"]),
        "finished_at": hook_time(pipeline["finished_at"]),
        "duration": seconds(pipeline),
        "queued_duration": None,
        "protected_ref": is_protected(project, pipeline["ref"]),
        "variables": [{"key": one["key"], "value": one["value"]} for one in pipeline["_variables"]],
        "url": pipeline["web_url"],
    }
