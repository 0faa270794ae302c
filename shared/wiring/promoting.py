"""Which flow carries out which of the promotions."""

from ..adapters.step import ProcessStep
from ..domain import route
from ..domain.capture import Mode
from ..domain.errors import Refused
from ..domain.messages.command import Promotion
from ..domain.messages.promotion import (
    CreateFeatureBranch,
    CreateHotfixBranch,
    CreateMergeRequest,
    CreateReleaseBranch,
    Promote,
    PushFeature,
    ResolveIssue,
)
from ..domain.messages.snapshot import SnapshotRequest
from ..domain.promotion_report import Promoted
from ..flows.answering import Asker
from ..flows.branching import create_branch
from ..flows.hotfix import create_hotfix_branch
from ..flows.outside import Outside
from ..flows.promote import promote
from ..flows.proposing import create_merge_request
from ..flows.push import push_feature
from ..flows.resolve import resolve_issue
from ..flows.snapshot import SnapshotOrder
from ..ports.step import Step
from ..projects import ProjectSettings


def run(parameters: Promotion, project: ProjectSettings, asker: Asker, outside: Outside) -> Promoted:
    """Raises what the flow raises."""
    match parameters:
        case CreateFeatureBranch():
            return create_branch(parameters, "create_feature_branch", route.FEATURE, asker=asker, outside=outside)
        case CreateReleaseBranch():
            return create_branch(parameters, "create_release_branch", route.RELEASE, asker=asker, outside=outside)
        case CreateHotfixBranch():
            return create_hotfix_branch(parameters, asker=asker, outside=outside)
        case CreateMergeRequest():
            return create_merge_request(parameters, asker=asker, outside=outside)
        case Promote():
            return promote(parameters, asker=asker, outside=outside)
        case PushFeature():
            order, step = _capture(project, parameters, asker), _step(project, outside)
            return push_feature(parameters, order, step=step, asker=asker, outside=outside)
        case ResolveIssue():
            order, step = _capture(project, parameters, asker), _step(project, outside)
            return resolve_issue(parameters, order, step=step, asker=asker, outside=outside)


def _capture(project: ProjectSettings, wanted: PushFeature | ResolveIssue, asker: Asker) -> SnapshotOrder:
    """The snapshot that comes first; raises Refused `workspace-not-allowed`."""
    settings = project.workspaces.get(wanted.workspace)
    if settings is None:
        detail = f"the settings don't let this project touch `{wanted.workspace}`"
        raise Refused("workspace-not-allowed", detail)
    return SnapshotOrder(
        SnapshotRequest(
            project=wanted.project,
            workspace=wanted.workspace,
            pipelines=wanted.pipelines,
            dry_run=wanted.dry_run,
            by=asker.by or None,
        ),
        wanted.project,
        wanted.workspace,
        Mode(settings.snapshot),
        asker.run,
        allowed=asker.allowed,
        pipeline=settings.pipeline,
        final=asker.final,
    )


def _step(project: ProjectSettings, outside: Outside) -> Step | None:
    """None unless the settings name one."""
    chosen = project.step
    if chosen is None:
        return None
    return ProcessStep(chosen.call, seconds=chosen.seconds, deadline=outside.deadline)
