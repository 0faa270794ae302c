"""An event as web hooks tell it: the flag by which a hook asks for it, its trigger, and the body."""

from dataclasses import dataclass

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
from emulators.gitlab.payloads import deployment, issue, merge_request, note, pipeline, push, tag_push
from emulators.gitlab.project import Record

MOST_REFS = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A hook hears of events whose `flag` it has set; `branch` is what its branch filter looks at, if anything."""

    flag: str
    trigger: str
    branch: str | None = None

    @property
    def header(self) -> str:
        """What `X-Gitlab-Event` says: `Merge Request Hook` of the trigger `merge_request_hooks`."""
        return self.trigger.removesuffix("s").replace("_", " ").title()


def kind_of(event: Event) -> Kind:
    """Which kind of event a hook may have asked for."""
    match event:
        case Pushed():
            return Kind("push_events", "push_hooks", event.branch)
        case TagPushed():
            return Kind("tag_push_events", "tag_push_hooks")
        case MergeRequestChanged():
            return Kind("merge_requests_events", "merge_request_hooks")
        case IssueChanged():
            word = "confidential_issue" if event.issue["confidential"] else "issue"
            return Kind(f"{word}s_events", f"{word}_hooks")
        case PipelineChanged():
            return Kind("pipeline_events", "pipeline_hooks")
        case NoteWritten():
            word = "confidential_note" if event.note["internal"] else "note"
            return Kind(f"{word}_events", f"{word}_hooks")
        case DeploymentChanged():
            return Kind("deployment_events", "deployment_hooks")


def silent(event: Event) -> bool:
    """A push of more than three branches, or tags, is told to no hook at all."""
    return isinstance(event, Pushed | TagPushed) and event.together > MOST_REFS


def body_of(event: Event, base: str) -> Record:
    """GitLab's document; `base` is the address that its links begin with."""
    match event:
        case Pushed():
            return push.body(event, base)
        case TagPushed():
            return tag_push.body(event, base)
        case MergeRequestChanged():
            return merge_request.body(event, base)
        case IssueChanged():
            return issue.body(event, base)
        case PipelineChanged():
            return pipeline.body(event, base)
        case NoteWritten():
            return note.body(event, base)
        case DeploymentChanged():
            return deployment.body(event, base)
