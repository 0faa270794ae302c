"""What happens in a project, for those who follow a world: the web hooks, and records that depend on pushes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from emulators.gitlab.project import Project, Record
from emulators.gitlab.user import User


@dataclass(frozen=True, slots=True)
class Pushed:
    """A branch moved from `before` to `after`; None stands for a branch that is not there.

    `together` is how many branches the same push moved.
    """

    project: Project
    branch: str
    before: str | None
    after: str | None
    user: User
    together: int = 1


@dataclass(frozen=True, slots=True)
class TagPushed:
    """A tag came, moved or went: `before` and `after` are the shas it named, of its own object if it is annotated."""

    project: Project
    tag: str
    before: str | None
    after: str | None
    user: User
    together: int = 1


@dataclass(frozen=True, slots=True)
class MergeRequestChanged:
    """A merge request was opened, changed, merged …: `changes` is GitLab's `{field: {previous, current}}`."""

    project: Project
    merge_request: Record
    action: str
    changes: Record
    user: User
    oldrev: str | None = None


@dataclass(frozen=True, slots=True)
class IssueChanged:
    """An issue was opened, changed, closed, reopened; `changes` as above."""

    project: Project
    issue: Record
    action: str
    changes: Record
    user: User


@dataclass(frozen=True, slots=True)
class PipelineChanged:
    """A pipeline took another state."""

    project: Project
    pipeline: Record


@dataclass(frozen=True, slots=True)
class NoteWritten:
    """Somebody wrote a note or gave one a new text: `action` is `create` or `update`."""

    project: Project
    note: Record
    action: str


@dataclass(frozen=True, slots=True)
class DeploymentChanged:
    """A deployment took another state."""

    project: Project
    deployment: Record


Event: TypeAlias = (
    Pushed | TagPushed | MergeRequestChanged | IssueChanged | PipelineChanged | NoteWritten | DeploymentChanged
)
Listener: TypeAlias = Callable[[Event], None]
