"""The ways out of a deploy that does not come to its end: put back what was written, record it, tell it."""

from dataclasses import dataclass, replace

from ..domain import journal, mapping
from ..domain.errors import Permanent, Refused, ServiceError, Transient
from ..domain.gitlab import Deployment
from ..domain.journal import Entry
from ..domain.messages.deploy import again
from ..domain.plan import Action
from ..domain.report import Outcome, Report, Taken, Undone
from . import journals, notes, overtaken, tell, undo
from .notes import Audience
from .outside import Moved, Outside
from .scene import Scene, newest_success, own_records
from .target import Order, limited


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Interrupted deploys that nobody will go on with: what became of them, their commits, what is still theirs.

    `workspaces` are the names of those that they wrote to.
    """

    undone: tuple[Undone, ...] = ()
    commits: frozenset[str] = frozenset()
    kept: tuple[Entry, ...] = ()
    workspaces: tuple[str, ...] = ()


def in_scene(order: Order, seen: Scene, ended: Report, outside: Outside) -> Report:
    """After a conflict, a refusal or a failure: what unfinished runs wrote is put back before anybody is told.

    Raises Moved where another run was recorded as a success meanwhile.
    """
    repository = outside.repository
    if order.request.dry_run:
        return tell.noted(order, ended, audience=notes.of_scene(order, seen, repository), outside=outside, status=False)
    try:
        audience = notes.with_own(notes.of_scene(order, seen, repository), order, repository)
        entries = unfinished(seen, outside)
    except Permanent as error:
        # The notes can't be read; status and record can still say how it ended.
        unread = replace(ended, untold=(error.reason,))
        nobody = Audience(seen.head, on_commit=False)
        return tell.failed(order, seen, unread, audience=nobody, outside=outside, entries=())
    told_already = {row.title for row in ended.rows if row.action is Action.CONFLICT}
    undone = undo.put_back(entries, seen.target.workspace, outside, told_already=told_already)
    left = _left(undone, order)
    check_nobody_succeeded(seen, undone, outside)
    ended = replace(ended, outcome=Outcome.HALF_DEPLOYED if left else ended.outcome, undone=undone)
    return tell.failed(order, seen, ended, audience=audience, outside=outside, entries=journal.kept(entries, left))


def superseded(order: Order, seen: Scene, outside: Outside) -> Report:
    """The branch was set back to what is live already, perhaps while something newer was being deployed."""
    base = seen.recorded or ""
    running = () if order.bystander and not order.redelivered else seen.running
    order = replace(order, begun=order.begun or bool(running))
    undone = undo.put_back(seen.entries if running else (), seen.target.workspace, outside)
    left = _left(undone, order)
    ended = Report(
        Outcome.HALF_DEPLOYED if left else Outcome.SUPERSEDED,
        order.request.project,
        seen.branch,
        seen.target.workspace,
        head=seen.head,
        base=base,
        undone=undone,
        reason="superseded",
        detail=f"`{base[:8]}` is live already, and `{seen.head[:8]}` is a part of it",
    )
    _close(order, running, seen.head, outside, keep=bool(left))
    return _answered(order, ended, frozenset({seen.head}), outside, journal.kept(seen.entries, left))


def blindly(order: Order, error: ServiceError, outside: Outside, *, workspace: str = "") -> Report:
    """The mapping, the branch or GitLab itself is not in order, so that there is no scene to look at.

    `workspace` is the one that the branch is mapped to, where that is known. Raises what keeps it from telling anybody.
    """
    head = outside.repository.head(order.request.branch) or ""
    asked_wrong = order.bystander and isinstance(error, Refused)
    found = Abandoned() if asked_wrong and not order.redelivered else _abandoned(order, head, outside)
    order = _having_begun(order, found)
    outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
    ended = Report(
        Outcome.HALF_DEPLOYED if found.kept else outcome,
        order.request.project,
        order.request.branch,
        workspace or ", ".join(found.workspaces),
        head=head,
        undone=found.undone,
        reason=error.reason,
        detail=error.detail,
        by=order.asker,
        again=_again(order, error, workspace, asked_wrong=asked_wrong and order.bystander),
    )
    if not head:
        return _without_branch(order, ended, outside)
    return _answered(order, ended, found.commits | {head}, outside, found.kept)


def _without_branch(order: Order, ended: Report, outside: Outside) -> Report:
    """There is no commit to tell it on: the merge request that was merged hears of it, where a hook has named one."""
    if order.merge_request is None:
        return ended
    audience = Audience("", (order.merge_request,), on_commit=False)
    return tell.on_merge_requests(order, ended, audience=audience, outside=outside)


def _again(order: Order, error: ServiceError, workspace: str, *, asked_wrong: bool) -> str:
    """What to publish once the reason is mended; a wrong question is not to be asked again as it was."""
    if order.request.dry_run:
        return ""
    if error.reason == "history-rewritten":
        return again(order.request, confirm=workspace)
    return "" if asked_wrong else again(order.request)


def elsewhere(order: Order, reason: str, outside: Outside) -> Report:
    """The branch is not deployed: nothing to tell, unless the mapping dropped it in the middle of a deploy."""
    found = Abandoned() if order.bystander and not order.redelivered else _abandoned(order, "", outside)
    order = _having_begun(order, found)
    project, branch, wrote_to = order.request.project, order.request.branch, ", ".join(found.workspaces)
    ended = Report(Outcome.IGNORED, project, branch, wrote_to, undone=found.undone, reason=reason)
    head = outside.repository.head(branch) if found.commits or order.bystander else None
    if head is None:
        return ended
    if not found.commits:
        return _answered(order, replace(ended, head=head, by=order.asker), frozenset(), outside)
    outcome = Outcome.HALF_DEPLOYED if found.kept else Outcome.REFUSED
    told = replace(ended, outcome=outcome, head=head, detail="the mapping changed while a deploy was under way")
    return _answered(order, told, found.commits | {head}, outside, found.kept)


def _answered(
    order: Order, ended: Report, landed: frozenset[str], outside: Outside, kept: tuple[Entry, ...] = ()
) -> Report:
    """A hook's merge request and commit hear of it; a person who asked by hand is answered on the commit alone.

    So is whoever asked for some pipelines only.
    """
    repository = outside.repository
    if order.bystander or not order.whole:
        told = replace(order, answer=order.bystander)
        audience = notes.with_own(Audience(ended.head), told, repository)
        return tell.noted(told, ended, audience=audience, outside=outside, status=False, entries=kept)
    found = notes.of_head(order, ended.head, landed=landed, since=None, repository=repository)
    alone = not found.merge_requests or kept
    audience = notes.with_own(found, order, repository) if alone else replace(found, on_commit=False)
    return tell.noted(order, ended, audience=audience, outside=outside, status=True, entries=kept)


def unfinished(seen: Scene, outside: Outside) -> tuple[Entry, ...]:
    """What runs since the newest success meant to write, newest first; failed ones keep what could not be put back."""
    repository = outside.repository
    whole = [
        (record.id, journals.of_deploys((record,), repository)) for record in _open(seen.target.environment, outside)
    ]
    limited = [(record.id, journals.of_limited(record, repository)) for record in _open(seen.target.limited, outside)]
    newest_first = sorted([*whole, *limited], key=lambda each: -each[0])
    return tuple(dict.fromkeys(entry for _, entries in newest_first for entry in entries))


def check_nobody_succeeded(seen: Scene, undone: tuple[Undone, ...], outside: Outside) -> None:
    """Raises Moved where another run may have proven what was put back after that."""
    taken = frozenset(each.title for each in undone if each.taken is Taken.PUT_BACK)
    if taken and newest_success(own_records(seen.target.environment, outside)) != seen.recorded:
        raise Moved("another deploy came to its end while this one was taken back", sent=taken)


def _open(environment: str, outside: Outside) -> list[Deployment]:
    return [each for each in own_records(environment, outside) if each.status in ("running", "failed")]


def _abandoned(order: Order, head: str, outside: Outside) -> Abandoned:
    """Takes back what interrupted deploys of this branch wrote, into whichever workspace.

    A limited run takes back its own, whose pipelines are the same.
    """
    found = Abandoned()
    if order.request.dry_run:
        return found
    for workspace in sorted(order.allowed):
        unfinished = _interrupted(order, workspace, outside)
        running = tuple(each for each in unfinished if each.status == "running")
        entries = journals.of_kind(order.kind, unfinished, outside.repository)
        if running or entries:
            undone = undo.put_back(entries, workspace, outside)
            kept = journal.kept(entries, _left(undone, order))
            _close(order, running, head, outside, keep=bool(kept))
            commits = frozenset(each.commit for each in (unfinished if kept else running))
            names = (*found.workspaces, workspace) if running or kept else found.workspaces
            found = Abandoned(found.undone + undone, found.commits | commits, found.kept + kept, names)
    return found


def _interrupted(order: Order, workspace: str, outside: Outside) -> tuple[Deployment, ...]:
    """Records of unfinished deploys of the order's branch; limited runs share theirs, only the note is their own.

    A record of limited runs of which no note says that it is at work is of one that had not come to its note.
    """
    environment = mapping.environment(workspace)
    opened = _open(environment if order.whole else limited(environment), outside)
    ours = [each for each in opened if each.branch == order.request.branch]
    if order.whole:
        return tuple(ours)
    return tuple(each for each in ours if _is_limited(each, order, outside))


def _is_limited(record: Deployment, order: Order, outside: Outside) -> bool:
    if journals.of_kind(order.kind, (record,), outside.repository):
        return True
    return record.status == "running" and not journals.at_work(record, outside.repository)


def _having_begun(order: Order, found: Abandoned) -> Order:
    """What an earlier delivery of a message left unfinished makes a person no bystander."""
    return replace(order, begun=order.begun or bool(found.commits))


def _left(undone: tuple[Undone, ...], order: Order) -> frozenset[str]:
    """Titles that are still ours; raises Transient while another delivery could put them back."""
    if undo.stuck(undone) and not order.final:
        raise Transient("put-back-incomplete", "pipelines of an unfinished deploy could not be put back yet")
    return undo.left(undone)


def _close(order: Order, running: tuple[Deployment, ...], head: str, outside: Outside, *, keep: bool) -> None:
    """`keep`: the notes still hold what could not be put back; failed records lead a later run to them."""
    for record in running:
        if keep:
            outside.repository.end_deployment(record, "failed")
        else:
            overtaken.close(order, record, head, outside)
