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
from . import asking, backups, gate_telling, points, return_news
from .answering import Asker, answered
from .outside import Outside
from .scene import own_records
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
    source = _source(request, begun.branch, head, drives, outside)
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


def _source(request: Restore, branch: str, head: str, drives: Sequence[DriveSettings], outside: Outside) -> Source:
    named, environment = point.of_restore(request.origin), mapping.environment(request.workspace)
    if isinstance(named, OfBackup):
        return backups.find(named, workspace=request.workspace, drives=drives, outside=outside)
    if isinstance(named, Previous):
        return AtCommit(_previous(environment, branch, outside))
    return AtCommit(points.commit_of(named, head=head, environment=environment, outside=outside))


def _previous(environment: str, branch: str, outside: Outside) -> str:
    """What was live before what was last proven to be; after a deploy that failed its tests that may mean two."""
    states = tuple(islice(points.states(environment, outside), 2))
    newest = next(iter(own_records(environment, outside)), None)
    if newest and newest.status == "failed" and gate_telling.has_failed(newest, branch, outside):
        before = f": `{states[0][:8]}` was live before it" if states else ""
        raise Refused("version-unknown", f"the newest deploy failed its tests; name the commit to go back to{before}")
    if len(states) < 2:
        raise Refused("version-unknown", f"`{environment}` has no success before the newest one")
    return states[1]
