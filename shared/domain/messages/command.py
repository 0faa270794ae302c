"""Messages of the topic `aic-command`: a workflow by its name, and what it needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from .. import point
from ..errors import Refused
from ..news import News
from . import request
from .checking import Check, CheckTokens
from .gating import AfterDeploy
from .initializing import InitializeRepository
from .looking import Board, Hello, List
from .manual import HANDWORK, Handwork
from .promotion import (
    CreateFeatureBranch,
    CreateHotfixBranch,
    CreateMergeRequest,
    CreateReleaseBranch,
    Promote,
    PushFeature,
    ResolveIssue,
)
from .redrive import Redrive
from .request import By, Folder, Request, Text, Titles


def _to(text: str) -> str:
    point.of_rollback(text)
    return text


def _from(text: str) -> str:
    point.of_restore(text)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep(Request):
    """Asks for the deploys that are due: of one project, or of all."""

    project: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Help(Request):
    """Lists the workflows with their parameters in the log; of one workflow, all that there is to know."""

    workflow: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup(Request):
    """Saves a workspace, or some pipelines of it, now; onto all drives of the settings, or onto one of them."""

    project: Text
    workspace: Text
    pipelines: Titles | None = None
    drive: Text | None = None
    folder: Folder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill(Request):
    """Reads backups back and checks them: those of one workspace, of a project, or all."""

    project: Text | None = None
    workspace: Text | None = None

    def __post_init__(self) -> None:
        """A workspace's name says something within its project only."""
        if self.workspace is not None and self.project is None:
            raise ValueError("names a `workspace` without its `project`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(Request):
    """Puts live what was there once. `confirm` must be the workspace's name.

    `from` is `previous`, a commit of the branch (seven digits of it at least), the number of a deployment, a time such
    as `2026-11-20T09:00:00Z`, or `backup:` and then `latest`, a time or a folder.
    """

    project: Text
    workspace: Text
    origin: Annotated[Text, _from] = field(metadata={"key": "from"})
    pipelines: Titles | None = None
    dry_run: bool = False
    confirm: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback(Request):
    """Opens the merge request that takes pipelines back to an older content; with `now` that is put live at once.

    `to` is `previous`, a commit (seven digits of it at least) or the number of a deployment. `confirm` must be the name
    of the workspace that the branch is deployed to.
    """

    project: Text
    branch: Text
    to: Annotated[Text, _to] = point.PREVIOUS
    pipelines: Titles | None = None
    now: bool = False
    confirm: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(Request):
    """Tells people of a project something; without `news` that this is a trial."""

    project: Text
    news: News | None = None

    def __post_init__(self) -> None:
        """Who hears of it is decided by the project."""
        if self.news is not None and self.news.project != self.project:
            raise ValueError("has `news` of another `project`")


Promotion = (
    CreateFeatureBranch
    | CreateHotfixBranch
    | CreateMergeRequest
    | CreateReleaseBranch
    | Promote
    | PushFeature
    | ResolveIssue
)
Looking = List | Hello | Board
Manual = Backup | Restore | Rollback | AfterDeploy | Handwork
Checking = Check | CheckTokens
Parameters = Sweep | Checking | Help | Looking | Manual | Drill | Notify | Redrive | Promotion | InitializeRepository
WORKFLOWS: Mapping[str, type[Parameters]] = MappingProxyType(
    dict(
        sorted(
            {
                **HANDWORK,
                "after_deploy": AfterDeploy,
                "backup": Backup,
                "board": Board,
                "check": Check,
                "check_tokens": CheckTokens,
                "create_feature_branch": CreateFeatureBranch,
                "create_hotfix_branch": CreateHotfixBranch,
                "create_merge_request": CreateMergeRequest,
                "create_release_branch": CreateReleaseBranch,
                "drill": Drill,
                "hello": Hello,
                "help": Help,
                "initialize_repository": InitializeRepository,
                "list": List,
                "notify": Notify,
                "promote": Promote,
                "push_feature": PushFeature,
                "redrive": Redrive,
                "resolve_issue": ResolveIssue,
                "restore": Restore,
                "rollback": Rollback,
                "sweep": Sweep,
            }.items()
        )
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope(Request):
    workflow: Text
    parameters: Mapping[str, object] | None = None
    by: By | None = None


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """What to do, and who asks."""

    workflow: str
    parameters: Parameters
    by: str = ""


def read(data: bytes) -> CommandRequest:
    """The request; raises Refused `message-invalid` with a sentence that names what is wrong."""
    envelope = request.decode(_Envelope, data)
    wanted = WORKFLOWS.get(envelope.workflow)
    if wanted is None:
        raise Refused("message-invalid", f"the workflow {request.unknown(envelope.workflow, WORKFLOWS)}")
    parameters = request.fit(wanted, envelope.parameters or {}, place="parameters")
    return CommandRequest(envelope.workflow, parameters, envelope.by or "")
