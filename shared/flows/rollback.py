"""A rollback, told top to bottom: which pipelines, back to which commit, the merge request, the deploy, the notes.

While the merge request is open its pipelines are held: see `holds`.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from ..domain import posting, return_note
from ..domain.answer import Outcome
from ..domain.errors import Refused, ServiceError
from ..domain.messages.command import Rollback
from ..domain.messages.deploy import DeployRequest
from ..domain.return_report import Returned
from ..domain.source import AtCommit
from . import asking, return_branch, return_news, return_notes
from .answering import Asker, answered, failed
from .outside import Outside
from .return_branch import Way
from .return_choice import Choice, choose
from .target import Order, Target, aim

_MOST_TITLES = 1000
"""A message of a deploy names no more."""


def rollback(request: Rollback, asker: Asker, outside: Outside) -> Returned:
    """Opens the merge request, or finds it, or says why not; raises Transient while another delivery may do better."""
    begun = Returned("rollback", Outcome.REFUSED, request.project, request.branch, by=asker.by)
    find = partial(_rollback, begun, request, asker, outside)
    done = answered(begun, find, return_note.answer, asker=asker, outside=outside)
    return return_news.heard(done, asker, outside)


def take_back(request: Rollback, asker: Asker, outside: Outside, *, why: str) -> Returned:
    """The same for a run that tells of it itself; `why` stands in the merge request.

    Raises Refused and Permanent where nothing is taken back.
    """
    begun = Returned("rollback", Outcome.REFUSED, request.project, request.branch, by=asker.by, why=why)
    return _carried_out(*_chosen(begun, request, asker, outside), request, asker, outside)


def _rollback(begun: Returned, request: Rollback, asker: Asker, outside: Outside) -> Returned:
    report, choice = _chosen(begun, request, asker, outside)
    done = _carried_out(report, choice, request, asker, outside)
    if done.outcome is not Outcome.PROPOSED:
        return done
    try:
        return_notes.tell(done, choice, outside)
    except ServiceError as error:
        return replace(done, untold=(failed(done, error, asker).reason,))
    return done


def _chosen(begun: Returned, request: Rollback, asker: Asker, outside: Outside) -> tuple[Returned, Choice]:
    target = _target(request, asker, outside)
    head = outside.repository.head(request.branch)
    if head is None:
        raise Refused("branch-missing", f"GitLab has no branch `{request.branch}`")
    choice = choose(request, target, head, outside)
    report = replace(
        begun,
        outcome=Outcome.PROPOSED if choice.titles else Outcome.NOTHING,
        workspace=target.workspace,
        head=head,
        source=str(AtCommit(choice.commit)),
        titles=choice.titles,
        left_out=choice.left_out,
        now=request.now,
    )
    return report, choice


def _target(request: Rollback, asker: Asker, outside: Outside) -> Target:
    wanted = DeployRequest(project=request.project, branch=request.branch, confirm=request.confirm)
    found = aim(Order(wanted, asker.allowed, asker.run, by_hand=True), outside.repository)
    if not isinstance(found, Target):
        raise Refused(found.reason, f"`{request.branch}` is not deployed by itself")
    return found


def _carried_out(report: Returned, choice: Choice, request: Rollback, asker: Asker, outside: Outside) -> Returned:
    """What is live goes back before people read of it; all of it is the same when it is done once more."""
    if not choice.titles:
        return replace(report, detail=f"Git has of these pipelines what commit `{choice.commit[:8]}` has")
    proposal = return_branch.proposed(choice, Way(request.branch, report.head, asker.run), report, outside)
    report = replace(report, iid=proposal.iid, url=proposal.url)
    if request.now:
        try:
            report = replace(report, messages=tuple(_put_live(report, request, asker, outside)))
        except ServiceError as error:
            return failed(report, error, asker)
    return report


def _put_live(report: Returned, request: Rollback, asker: Asker, outside: Outside) -> Iterator[str]:
    for start in range(0, len(report.titles), _MOST_TITLES):
        wanted = DeployRequest(
            project=request.project,
            branch=request.branch,
            pipelines=report.titles[start : start + _MOST_TITLES],
            confirm=request.confirm,
            source=report.source,
            by=asker.by or None,
        )
        yield asking.for_deploy(wanted, origin=posting.COMMANDED, request_id=asker.request_id, outside=outside)
