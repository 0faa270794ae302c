"""A restore: what a workspace ran once is found, and a deploy is asked for that puts it live.

The deploy alone writes pipelines, so that a restore is planned, guarded, proven and reported like any other change.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from ..domain import mapping, point, posting, return_note
from ..domain.answer import Outcome
from ..domain.drives import DriveSettings
from ..domain.errors import Refused
from ..domain.messages.command import Restore
from ..domain.messages.deploy import DeployRequest
from ..domain.point import OfBackup, Previous
from ..domain.return_report import Returned
from ..domain.source import AtCommit, Source
from . import asking, backups, points, return_news
from .answering import Asker, answered
from .outside import Outside
from .target import deployed_from


def restore(request: Restore, asker: Asker, drives: Sequence[DriveSettings], outside: Outside) -> Returned:
    """Asks for the deploy, or says why not; raises Transient while another delivery may do better.

    `drives` are those of the settings. Raises Refused where the workspace has no branch for an answer to stand on.
    """
    branch = deployed_from(request.workspace, allowed=asker.allowed, repository=outside.repository)
    begun = Returned("restore", Outcome.REFUSED, request.project, branch, request.workspace, by=asker.by)
    find = partial(_restore, begun, request, asker, drives, outside)
    done = answered(begun, find, return_note.answer, asker=asker, outside=outside)
    return return_news.heard(done, asker, outside)


def _restore(
    begun: Returned, request: Restore, asker: Asker, drives: Sequence[DriveSettings], outside: Outside
) -> Returned:
    if request.confirm != request.workspace:
        raise Refused("confirm-mismatch", f"`confirm` must be the name of the workspace, `{request.workspace}`")
    head = outside.repository.head(begun.branch)
    if head is None:
        raise Refused("branch-missing", f"GitLab has no branch `{begun.branch}`")
    source = _source(request, head, drives, outside)
    wanted = DeployRequest(
        project=request.project,
        branch=begun.branch,
        pipelines=request.pipelines,
        dry_run=request.dry_run,
        confirm=request.confirm,
        source=str(source),
        by=asker.by or None,
    )
    stored = asking.for_deploy(wanted, origin=posting.COMMANDED, request_id=asker.request_id, outside=outside)
    titles = request.pipelines or ()
    return replace(begun, outcome=Outcome.ASKED, head=head, source=str(source), titles=titles, messages=(stored,))


def _source(request: Restore, head: str, drives: Sequence[DriveSettings], outside: Outside) -> Source:
    named, environment = point.of_restore(request.origin), mapping.environment(request.workspace)
    if isinstance(named, OfBackup):
        return backups.find(named, workspace=request.workspace, drives=drives, outside=outside)
    if isinstance(named, Previous):
        return AtCommit(_previous(environment, outside))
    return AtCommit(points.commit_of(named, head=head, environment=environment, outside=outside))


def _previous(environment: str, outside: Outside) -> str:
    """What was live before what was last proven to be."""
    states = tuple(islice(points.states(environment, outside), 2))
    if len(states) < 2:
        raise Refused("version-unknown", f"`{environment}` has no success before the newest one")
    return states[1]
