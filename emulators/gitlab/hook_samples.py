"""Samples for testing web hooks: each made of the newest thing of its kind that the project has."""

import uuid

from emulators.gitlab import envelope, news
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import invalid, message
from emulators.gitlab.events import (
    DeploymentChanged,
    Event,
    IssueChanged,
    MergeRequestChanged,
    NoteWritten,
    PipelineChanged,
    Pushed,
    TagPushed,
)
from emulators.gitlab.hooks import FLAGS
from emulators.gitlab.notes import MERGE_REQUEST

_NO_TRIGGERS = frozenset({"enable_ssl_verification", "repository_update_events"})
_LACKS = {
    "push_events": "at least one commit",
    "tag_push_events": "at least one commit",
    "merge_requests_events": "merge requests",
    "note_events": "notes",
    "confidential_note_events": "notes",
    "pipeline_events": "CI pipelines",
    "deployment_events": "deployments",
    "issues_events": "issues",
    "confidential_issues_events": "issues",
    "job_events": "CI jobs",
}


def sample(act: Act, trigger: str) -> envelope.Envelope:
    """The envelope; 422 when the project has nothing of the kind, or this stand-in never sends it."""
    if trigger not in FLAGS or trigger in _NO_TRIGGERS:
        raise invalid("trigger does not have a valid value")
    event = _event(act, trigger)
    if event is None:
        lacking = _LACKS.get(trigger, trigger.removesuffix("_events").replace("_", " "))
        raise message(422, f"Ensure the project has {lacking}.")
    kind, body = news.kind_of(event), news.body_of(event, act.world.base_url)
    if trigger == "merge_requests_events":
        del body["object_attributes"]["action"]
    return envelope.wrap(kind.trigger, name=kind.header, body=envelope.encode(body), event=str(uuid.uuid4()))


def _event(act: Act, trigger: str) -> Event | None:
    project = act.project
    match trigger:
        case "push_events" | "tag_push_events":
            return _pushed(act, tag=trigger == "tag_push_events")
        case "merge_requests_events":
            found = project.merge_requests[-1:]
            return MergeRequestChanged(project, found[0], "", {}, act.user) if found else None
        case "note_events" | "confidential_note_events":
            wanted = trigger == "confidential_note_events"
            found = [note for note in project.notes if not note["system"] and note["internal"] is wanted]
            found = [note for note in found if note["noteable_type"] == MERGE_REQUEST] or found
            return NoteWritten(project, found[-1], "create") if found else None
        case "issues_events" | "confidential_issues_events":
            wanted = trigger == "confidential_issues_events"
            found = [issue for issue in project.issues if issue["confidential"] is wanted]
            return IssueChanged(project, found[-1], "", {}, act.user) if found else None
        case "pipeline_events":
            return PipelineChanged(project, project.pipelines[-1]) if project.pipelines else None
        case "deployment_events":
            return DeploymentChanged(project, project.deployments[-1]) if project.deployments else None
        case _:
            return None


def _pushed(act: Act, *, tag: bool) -> Event | None:
    """The newest commit of the default branch, as if it had just come."""
    project, branch = act.project, act.project.default_branch
    tip = project.repository.branch(branch) if branch else None
    if branch is None or tip is None:
        return None
    if tag:
        return TagPushed(project, branch, None, tip, act.user)
    parents = project.repository.commit_of(tip).parents
    return Pushed(project, branch, parents[0] if parents else None, tip, act.user)
