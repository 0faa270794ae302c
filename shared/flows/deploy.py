"""A deploy, told top to bottom: aim, look, decide, check, write, prove, tell."""

from collections.abc import Mapping
from dataclasses import replace

from ..domain import journal, plan, report
from ..domain.errors import Permanent, Refused, ServiceError, Transient
from ..domain.plan import Action, Plan
from ..domain.report import SUCCESSES, Outcome, Report
from ..ports import Workspace
from . import books, listing, scene, tell, undo, versions, write
from .books import Books
from .outside import Moved, Outside
from .scene import Scene, Superseded
from .target import Elsewhere, Order, Target, aim
from .write import Written

ROUNDS = 4
"""How often a run looks again because somebody moved the branch or edited AIC meanwhile."""
PAUSE = 0.5
"""Seconds before the second look; longer before each further one."""


class Halt(Exception):
    """A plan that must not be carried out."""

    def __init__(self, made: Plan) -> None:
        super().__init__("the plan has conflicts or refusals")
        self.plan = made


def deploy(order: Order, outside: Outside) -> Report:
    """Makes the mapped workspace equal to the branch head, or says why not.

    Raises Transient where another delivery should try again, never on the last one unless nobody could be told.
    """
    for attempt in range(1, ROUNDS):
        try:
            done = _round(order, outside, last=False)
        except Moved:
            outside.clock.sleep(min(attempt * PAUSE, outside.deadline.left()))
            continue
        if not _left_behind(order, done, outside):
            return done
    return _round(order, outside, last=True)


def _left_behind(order: Order, done: Report, outside: Outside) -> bool:
    """Whether the branch has moved on while its head was deployed, so that there is more to do."""
    fresh = order.recorded and done.outcome in SUCCESSES and done.base != done.head
    return fresh and outside.repository.head(done.branch) not in (None, done.head)


def _round(order: Order, outside: Outside, *, last: bool) -> Report:
    outside.deadline.check()
    try:
        target = aim(order, outside.repository)
        if isinstance(target, Elsewhere):
            return Report(Outcome.IGNORED, order.request.project, order.request.branch, reason=target.reason)
        seen = scene.look(order, target, outside)
    except (Refused, Permanent) as error:
        return _turned_away(order, error, outside)
    if isinstance(seen, Superseded):
        return _superseded(order, target, seen, outside)
    try:
        return _settle(order, seen, outside)
    except Halt as halt:
        return _halted(order, seen, halt.plan, outside)
    except (Refused, Permanent) as error:
        return _gave_up(order, seen, error, outside)
    except Transient as error:
        if not order.final or (isinstance(error, Moved) and not last):
            raise
        return _gave_up(order, seen, error, outside)


def _settle(order: Order, seen: Scene, outside: Outside) -> Report:
    if seen.touched is not None and not seen.touched and not order.request.full and order.request.pipelines is None:
        workspace, made = None, Plan(())
    else:
        workspace = outside.open_workspace(seen.target.workspace)
        made = plan.make(versions.read(order, seen, workspace, outside))
    if order.request.dry_run:
        return _planned(order, seen, made, outside)
    if made.blocks:
        raise Halt(made)
    if seen.base == seen.head and not made.writes and order.recorded:
        return _nothing_new(order, seen, made, outside)
    told = books.of_scene(order, seen, outside.repository)
    earlier = _earlier(made, told)
    written: Mapping[str, Written] = {}
    if made.writes and workspace is not None:
        running = _report(order, seen, Outcome.RUNNING, rows=report.rows_planned(made))
        entries = journal.of_writes(made.writes, base=seen.base)
        told = tell.started(order, seen, running, books=told, outside=outside, entries=entries)
        written = write.apply(made.writes, workspace, outside=outside, still=lambda: scene.still(seen, outside))
        _prove(made, written, workspace, outside)
    seconds = {title: result.seconds for title, result in written.items()}
    outcome = Outcome.DEPLOYED if written or earlier else Outcome.UNCHANGED
    rows = report.rows_done(made, seconds, earlier)
    done = _report(order, seen, outcome, rows=rows, by_hand=report.by_hand(made))
    return tell.succeeded(order, seen, done, books=told, outside=outside)


def _nothing_new(order: Order, seen: Scene, made: Plan, outside: Outside) -> Report:
    """This head is the base already. A person who asked is answered on the commit, a repeated hook only in the log."""
    rows = report.rows_done(made, {}, frozenset())
    done = _report(order, seen, Outcome.UNCHANGED, rows=rows, by_hand=report.by_hand(made))
    if not order.by_hand:
        return done
    return tell.noted(order, done, books=books.of_scene(order, seen, outside.repository), outside=outside)


def _earlier(made: Plan, told: Books) -> frozenset[str]:
    """What an interrupted delivery of the same head wrote, and was found to be live."""
    wrote = {(entry.title, entry.digest_after) for entry in told.written}
    heads = {(each.title, each.versions.head.digest) for each in made.of(Action.NONE) if each.versions.head}
    return frozenset(title for title, _ in wrote & heads)


def _prove(made: Plan, written: Mapping[str, Written], workspace: Workspace, outside: Outside) -> None:
    """Plans again from what was read back; anything left to do means that somebody was there meanwhile."""
    last = listing.read(workspace, outside, may_be_empty=False)
    again = plan.make(
        replace(
            each.versions,
            live=written[each.title].live if each.title in written else each.versions.live,
            twins=last.twins(each.title),
        )
        for each in made.decisions
    )
    gone = [title for title, result in written.items() if result.live.id not in last.ids.get(title, ())]
    if again.writes or again.blocks or gone:
        raise Moved("AIC changed while the deploy was being proven")


def _planned(order: Order, seen: Scene, made: Plan, outside: Outside) -> Report:
    done = _report(order, seen, Outcome.PLANNED, rows=report.rows_planned(made), by_hand=report.by_hand(made))
    told = books.of_scene(order, seen, outside.repository)
    return tell.noted(order, done, books=told, outside=outside)


def _halted(order: Order, seen: Scene, made: Plan, outside: Outside) -> Report:
    conflict = bool(made.of(Action.CONFLICT))
    ended = _report(
        order,
        seen,
        Outcome.CONFLICT if conflict else Outcome.REFUSED,
        rows=report.rows_held_back(made),
        by_hand=report.by_hand(made),
        reason="conflict" if conflict else "config-refused",
    )
    return _taken_back(order, seen, ended, outside)


def _gave_up(order: Order, seen: Scene, error: ServiceError, outside: Outside) -> Report:
    outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
    ended = _report(order, seen, outcome, reason=error.reason, detail=error.detail)
    return _taken_back(order, seen, ended, outside.in_reserve())


def _taken_back(order: Order, seen: Scene, ended: Report, outside: Outside) -> Report:
    """What interrupted deliveries wrote is put back first, so that nothing stays half deployed."""
    try:
        told = books.of_scene(order, seen, outside.repository)
        entries = () if order.request.dry_run else books.unfinished(order, seen, told, outside.repository)
    except Permanent as error:
        # The notes can't be read; status and record can still say how it ended.
        unread = replace(ended, untold=(error.reason,))
        return tell.failed(order, seen, unread, books=Books(()), outside=outside, entries=())
    if order.request.dry_run:
        return tell.noted(order, ended, books=told, outside=outside)
    told_already = {row.title for row in ended.rows if row.action is Action.CONFLICT}
    undone = undo.put_back(entries, seen.target.workspace, outside, told_already=told_already)
    if undo.stuck(undone) and not order.final:
        raise Transient("put-back-incomplete", "pipelines of an unfinished deploy could not be put back yet")
    outcome = Outcome.HALF_DEPLOYED if undo.half(undone) else ended.outcome
    kept = entries if undo.stuck(undone) else ()
    ended = replace(ended, outcome=outcome, undone=undone)
    return tell.failed(order, seen, ended, books=told, outside=outside, entries=kept)


def _turned_away(order: Order, error: Refused | Permanent, outside: Outside) -> Report:
    """The mapping or the branch itself is not in order: told where the merge was made, if there is such a place."""
    request = order.request
    head = outside.repository.head(request.branch) or ""
    ended = Report(
        Outcome.REFUSED, request.project, request.branch, head=head, reason=error.reason, detail=error.detail
    )
    if not head:
        return ended
    landed = frozenset({head}) if order.recorded else frozenset[str]()
    told = books.find(order, head=head, landed=landed, repository=outside.repository)
    return tell.noted(order, ended, books=told, outside=outside)


def _superseded(order: Order, target: Target, seen: Superseded, outside: Outside) -> Report:
    ended = Report(
        Outcome.SUPERSEDED,
        order.request.project,
        order.request.branch,
        target.workspace,
        head=seen.head,
        base=seen.base,
        reason="superseded",
        detail=f"`{seen.base[:8]}` is live already, and `{seen.head[:8]}` is a part of it",
    )
    landed = frozenset({seen.head}) if order.recorded else frozenset[str]()
    told = books.find(order, head=seen.head, landed=landed, repository=outside.repository)
    return tell.noted(order, ended, books=told, outside=outside)


def _report(
    order: Order,
    seen: Scene,
    outcome: Outcome,
    *,
    rows: tuple[report.Row, ...] = (),
    by_hand: tuple[tuple[str, str], ...] = (),
    reason: str = "",
    detail: str = "",
) -> Report:
    return Report(
        outcome,
        order.request.project,
        seen.branch,
        seen.target.workspace,
        seen.head,
        seen.base or "",
        seen.target.commit,
        rows,
        by_hand=by_hand,
        reason=reason,
        detail=detail,
        adopted=seen.base is None,
        by=order.asker,
    )
