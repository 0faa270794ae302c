"""Parameters of the work by hand: with pipelines of one workspace, beside what promotions bring."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from ..checks import between
from .request import Folder, Request, Text, Titles

Days = Annotated[int, between(1, 3650)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPipelines(Request):
    """Puts pipelines into the workspace `to`, as another workspace or the branch of one has them (`from`).

    The deploy does it, so that edits made there are kept first. `confirm` must be the name of the workspace `to`.
    """

    project: Text
    origin: Text = field(metadata={"key": "from"})
    to: Text
    pipelines: Titles
    dry_run: bool = False
    confirm: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PushInteractiveBranch(Request):
    """Lays pipelines as a Git branch has them beside those of a workspace, as interactive branches in AIC's editor.

    What runs there stays as it is. Without `branch` it is the branch that the workspace belongs to.
    """

    project: Text
    workspace: Text
    pipelines: Titles
    branch: Text | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteInteractiveBranches(Request):
    """Deletes the interactive branches of pipelines that tools have made: `PUSH_<time>` and `CONVERTED_<time>`.

    `older_than` keeps those of the last so many days. With `all` people's own go as well; nothing brings them back.
    """

    project: Text
    workspace: Text
    pipelines: Titles
    older_than: Days | None = None
    all: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        """Nobody knows how old people's own are."""
        if self.all and self.older_than is not None:
            raise ValueError("can't have both `all` and `older_than`: how old people's own are, nobody knows")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertDatasets(Request):
    """Replaces bare table names in the SQL of pipelines by `${dataset.table}`, in an interactive branch of each.

    What runs stays as it is. Names in comments and texts, ids of tasks, and what the pipeline itself makes are left
    alone. The tables are those of the workspace, or of the workspace `catalog`.
    """

    project: Text
    workspace: Text
    pipelines: Titles
    catalog: Text | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcePush(Request):
    """Makes Git have what AIC runs, also where Git has something newer: all pipelines of a workspace, or some.

    A commit on the workspace's branch does it, whatever the settings say of captures; a merge request where the token
    may not push there. Nothing is deleted. `confirm` must be the workspace's name.
    """

    project: Text
    workspace: Text
    pipelines: Titles | None = None
    dry_run: bool = False
    confirm: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Request):
    """Lays the pipelines of a workspace, or some of them, onto a drive as plain files: config and code of each.

    They are what Git would hold, for people who want to read or hand on what runs. For a copy to go back to there is
    `backup`. Without `drive` it is the first one of the settings.
    """

    project: Text
    workspace: Text
    pipelines: Titles | None = None
    drive: Text | None = None
    folder: Folder | None = None
    dry_run: bool = False


Handwork = CopyPipelines | PushInteractiveBranch | DeleteInteractiveBranches | ConvertDatasets | ForcePush | Export
HANDWORK: Mapping[str, type[Handwork]] = MappingProxyType(
    {
        "convert_datasets": ConvertDatasets,
        "copy_pipelines": CopyPipelines,
        "delete_interactive_branches": DeleteInteractiveBranches,
        "export": Export,
        "force_push": ForcePush,
        "push_interactive_branch": PushInteractiveBranch,
    }
)
