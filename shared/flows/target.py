"""A deploy request → the workspace that the branch is mapped to, or the reason why there is none."""

from collections.abc import Collection
from dataclasses import dataclass

from ..domain import mapping, note, source
from ..domain.drives import DriveSettings
from ..domain.errors import Refused
from ..domain.layout import MAPPING_FILE
from ..domain.messages.deploy import DeployRequest, digest
from ..domain.run import Run
from ..domain.source import Source
from ..ports.gitlab import Repository


@dataclass(frozen=True, slots=True)
class Order:
    """One deploy message with what the service itself knows of it.

    `allowed`: the workspaces that the settings let this project touch. `run`: its name, the same for every delivery.
    `final`: nobody will deliver it again. `merge_request`: the one whose merge the webhook saw. `answer`: all that is
    left is to answer the person who asked. `begun`: this very run has written, so that what is unfinished is its own.
    `redelivered`: an earlier delivery of the message may have. `drives`: where what it overwrites is saved before.
    `gates`: the workspaces that are tested after a deploy. `proves`: some workspace wants its pipelines proven first.
    """

    request: DeployRequest
    allowed: Collection[str]
    run: Run
    by_hand: bool = False
    final: bool = False
    merge_request: int | None = None
    answer: bool = False
    begun: bool = False
    redelivered: bool = False
    drives: tuple[DriveSettings, ...] = ()
    gates: Collection[str] = ()
    proves: bool = False

    @property
    def kind(self) -> str:
        """Which note it writes: a deploy, one limited to some pipelines, a dry run and an answer have their own.

        One that brings other content than the branch's head counts as limited, too.
        """
        if self.answer:
            return "answer"
        if self.request.dry_run:
            return "dry-run"
        if self.request.pipelines or self.request.source:
            origin = (f"\0{self.request.source}",) if self.request.source else ()
            return f"{note.LIMITED}{digest((*(self.request.pipelines or ()), *origin))}"
        return "deploy"

    @property
    def source(self) -> Source | None:
        """Where the content comes from, if not from the branch's head."""
        return source.read(self.request.source) if self.request.source else None

    @property
    def overrides(self) -> bool:
        """Whether edits made in AIC give way once they are kept."""
        return self.request.force or self.source is not None

    @property
    def asker(self) -> str:
        """Who asks by hand, where they say so; a hook's sender only merged."""
        return self.request.by or "" if self.by_hand else ""

    @property
    def bystander(self) -> bool:
        """Whether it was asked for by hand and has not written: what may be under way is none of its business."""
        return self.by_hand and not self.begun

    @property
    def whole(self) -> bool:
        """Whether it looks at everything that is due, so that it may record a base and set the commit status."""
        return self.kind == "deploy"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the branch goes. `commit` is the mapping file's last commit; `fresh`: no base may be trusted.

    Deployments of `environment` are the record of the workspace; limited runs have one of their own beside it.
    """

    workspace: str
    environment: str
    mapping: mapping.Mapping
    commit: str
    fresh: bool = False

    @property
    def limited(self) -> str:
        """The environment of runs that are limited to some pipelines."""
        return limited(self.environment)


def limited(environment: str) -> str:
    """The environment of a workspace's limited runs."""
    return f"{environment}/limited"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The branch is not deployed by this message; `reason` is a stable word for the log."""

    reason: str


def aim(order: Order, repository: Repository) -> Target | Elsewhere:
    """Reads the mapping from the default branch, never from another; raises Refused."""
    read, commit = read_mapping(repository)
    match read.rule(order.request.branch):
        case mapping.Deployed(workspace=workspace):
            return _checked(Target(workspace, mapping.environment(workspace), read, commit), order)
        case mapping.ByHand(workspace=workspace) if order.by_hand:
            return _checked(Target(workspace, mapping.environment(workspace), read, commit, fresh=True), order)
        case mapping.ByHand():
            return Elsewhere("branch-deployed-by-hand-only")
        case mapping.Reviewed():
            return Elsewhere("branch-deployed-by-being-merged")
        case _:
            return Elsewhere("branch-not-mapped")


def of_workspace(workspace: str, *, allowed: Collection[str], repository: Repository) -> tuple[str, Target] | Elsewhere:
    """The branch that holds a workspace: the one that is mapped to it, else the one that is named like it.

    The second is as `aic-utils` 2.x keeps workspaces; it is deployed to nothing. Raises Refused.
    """
    check_allowed(workspace, allowed)
    read, commit = read_mapping(repository)
    target = Target(workspace, mapping.environment(workspace), read, commit)
    branch = next((key for key, name in read.exact.items() if name == workspace), None)
    if branch is not None:
        return branch, target
    named = mapping.slug(workspace)
    if named in read.exact or repository.head(named) is None:
        return Elsewhere("workspace-not-mapped")
    return named, target


def deployed_from(workspace: str, *, allowed: Collection[str], repository: Repository) -> str:
    """The branch that is deployed to the workspace; raises Refused `workspace-not-allowed`, `workspace-not-mapped`."""
    check_allowed(workspace, allowed)
    exact = read_mapping(repository)[0].exact
    branch = next((branch for branch, name in exact.items() if name == workspace), None)
    if branch is None:
        raise Refused("workspace-not-mapped", f"the mapping file maps no branch to `{workspace}`")
    return branch


def branch_of(workspace: str, *, allowed: Collection[str], repository: Repository) -> str:
    """The same, empty where there is none, also for want of a mapping; raises Refused `workspace-not-allowed`."""
    check_allowed(workspace, allowed)
    try:
        found = of_workspace(workspace, allowed=allowed, repository=repository)
    except Refused:
        return ""
    return "" if isinstance(found, Elsewhere) else found[0]


def read_mapping(repository: Repository) -> tuple[mapping.Mapping, str]:
    """The mapping file of the default branch, with its last commit; raises Refused."""
    stored = repository.file(MAPPING_FILE, "HEAD")
    if stored is None:
        raise Refused("mapping-missing", f"the default branch has no {MAPPING_FILE}")
    return mapping.parse(stored.data), stored.commit


def check_allowed(workspace: str, allowed: Collection[str]) -> None:
    """Raises Refused `workspace-not-allowed`."""
    if workspace not in allowed:
        raise Refused("workspace-not-allowed", f"the settings don't let this project touch `{workspace}`")


def _checked(target: Target, order: Order) -> Target:
    request, workspace = order.request, target.workspace
    check_allowed(workspace, order.allowed)
    needed = target.fresh or request.force or (request.source is not None and not request.dry_run)
    if (needed or request.confirm is not None) and request.confirm != workspace:
        raise Refused("confirm-mismatch", f"`confirm` must be the name of the workspace, `{workspace}`")
    return target
