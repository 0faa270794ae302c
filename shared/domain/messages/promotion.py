"""Parameters of the workflows that bring pipelines from one branch to another."""

from dataclasses import dataclass, field
from typing import Annotated

from ..checks import at_most, between
from .request import Request, Text, Titles

Name = Annotated[Text, at_most(200)]
Names = Annotated[tuple[Name, ...], at_most(50)]
Words = Annotated[str, at_most(20_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBranch(Request):
    """A branch that is cut where it will be merged and brings exactly these pipelines, or all that differ."""

    project: Text
    name: Name
    pipelines: Titles | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFeatureBranch(CreateBranch):
    """Makes `feature/<name>` for pipelines of development, to be merged into staging; without names all that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateReleaseBranch(CreateBranch):
    """Makes `release/<name>` for pipelines of staging, to be merged into production; without names all that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateHotfixBranch(CreateBranch):
    """Makes `hotfix/<name>` with what was edited in AIC's workspace of production, to be merged into production.

    Without names it brings every pipeline that was edited there.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PushFeature(Request):
    """Captures pipelines from AIC's workspace of development, and proposes just them for staging.

    It makes `feature/<name>` and its merge request.
    """

    project: Text
    workspace: Text
    pipelines: Titles
    name: Name
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveIssue(Request):
    """Captures pipelines from an AIC workspace for an issue of GitLab, and proposes just them where the flow goes.

    The branch is named after the issue, which hears of the merge request and is closed by it. Sent again, it brings
    both up to date.
    """

    project: Text
    issue: Annotated[int, between(1, 2**31)]
    workspace: Text
    pipelines: Titles
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateMergeRequest(Request):
    """Opens the merge request of a branch, or brings the open one up to date.

    Without `target` it goes where the Git flow merges such a branch. `assignees` are names of GitLab's users, as they
    stand behind the @.
    """

    project: Text
    source: Text
    target: Text | None = None
    title: Name | None = None
    description: Words | None = None
    assignees: Names = ()
    labels: Names = ()
    squash: bool | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promote(Request):
    """Makes the branch and the merge request in one; `from` and `to` are roles or their branches.

    The branch is named after the ticket; without names all pipelines that differ go along. Backwards, as from
    production to staging, it brings a hotfix to where the next release is made.
    """

    project: Text
    origin: Text = field(metadata={"key": "from"})
    to: Text
    ticket: Name
    pipelines: Titles | None = None
    dry_run: bool = False
