"""From a scene to a proven deploy: decide, check, write, prove, tell."""

from collections.abc import Mapping
from dataclasses import replace

from ..domain import journal, keeping, note, plan, report, source
from ..domain.backup_report import BackupLine
from ..domain.messages.deploy import again
from ..domain.plan import Action, Plan
from ..domain.report import Outcome, Report
from ..ports.aic import Workspace
from . import listing, notes, parking, planning, pre_images, scene, tell, write
from .notes import Audience
from .outside import Moved, Outside
from .scene import Scene
from .target import Order
from .write import Written

_STOPPED = "a deploy would be stopped before the first write"
_KEPT_FIRST = "the edits would be kept in a merge request first, and then give way to Git"


class Halt(Exception):
    """A plan that must not be carried out. The edits that it is in conflict with are kept, but for those `withheld`."""

    def __init__(self, made: Plan, withheld: frozenset[str]) -> None:
        super().__init__("the plan has conflicts or refusals")
        self.plan = made
        self.withheld = withheld


def settle(order: Order, seen: Scene, outside: Outside, sent: frozenset[str]) -> Report:
    """Makes live what head says. `sent` are titles that this run may have written before it had to look again.

    Raises Halt where the plan must not be carried out, Moved where the world changed meanwhile, and what ports raise.
    """
    made, workspace = planning.decided(order, seen, outside, sent)
    if order.request.dry_run:
        return _planned(order, seen, made, outside)
    if workspace is not None and made.blocks:
        made = _kept(report.written_before(made, sent), order, seen, workspace=workspace, outside=outside)
    idle = not (made.writes or seen.running or sent)  # and nobody has been told that a deploy is under way
    if seen.base == seen.head and order.whole and idle:
        return _nothing_new(order, seen, made, outside)
    begun_first = bool(made.writes) and not made.of(Action.HOLD)
    audience = notes.of_scene(order, seen, outside.repository, begun=begun_first)
    if idle and _is_told(made, audience):
        return _nothing_new(order, seen, made, outside)
    if workspace is None or not made.writes:
        return _ended(order, seen, made, {}, audience=audience, outside=outside)
    return _written(order, seen, made, audience=audience, workspace=workspace, outside=outside)


def _kept(made: Plan, order: Order, seen: Scene, *, workspace: Workspace, outside: Outside) -> Plan:
    """The plan that may be carried out with `force` once the edits are kept; raises Halt where there is none."""
    found = parking.keep(made, order, seen, workspace=workspace, outside=outside)
    if order.overrides and not found.withheld:
        made = keeping.overridden(made, found)
    if made.blocks:
        raise Halt(keeping.told(made, found), frozenset(found.withheld))
    return made


def begun(
    order: Order,
    seen: Scene,
    outcome: Outcome,
    *,
    rows: tuple[report.Row, ...] = (),
    by_hand: tuple[tuple[str, str], ...] = (),
) -> Report:
    """A report of this scene, to be completed."""
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
        adopted=seen.base is None and order.source is None,
        by=order.asker,
        again="" if order.request.dry_run else again(order.request),
        source=source.words(order.source) if order.source else "",
    )


def _is_told(made: Plan, audience: Audience) -> bool:
    """Whether the note says already what is held and why. One of a run that died before its end has a journal still."""
    held = [row for row in report.rows_done(made, {}, frozenset()) if row.action is Action.HOLD]
    own = audience.own
    return bool(held) and own is not None and note.shows(own.body, held) and not journal.find(own.body)


def _written(
    order: Order, seen: Scene, made: Plan, *, audience: Audience, workspace: Workspace, outside: Outside
) -> Report:
    running = begun(order, seen, Outcome.RUNNING, rows=report.rows_planned(made))
    base = seen.base if order.source is None else seen.head
    entries = dict.fromkeys([*journal.of_writes(made.writes, base=base), *_journal(audience)])
    try:
        audience = tell.started(order, seen, running, audience=audience, outside=outside, entries=entries)
        saved = pre_images.save(made, order, seen, outside)
        written = write.apply(made.writes, workspace, outside=outside, still=lambda: scene.still(seen, outside))
        _prove(made, written, workspace, outside)
        return _ended(order, seen, made, written, audience=audience, outside=outside, saved=saved)
    except Moved as moved:
        raise Moved(moved.detail, sent=frozenset(title for each in made.writes for title in each.titles)) from None


def _ended(
    order: Order,
    seen: Scene,
    made: Plan,
    written: Mapping[str, Written],
    *,
    audience: Audience,
    outside: Outside,
    saved: tuple[BackupLine, ...] = (),
) -> Report:
    seconds = {title: result.seconds for title, result in written.items()}
    entries = _journal(audience)
    earlier = _earlier(made, {*entries, *seen.entries})
    outcome = Outcome.DEPLOYED if written or earlier else Outcome.UNCHANGED
    rows = report.rows_done(made, seconds, earlier)
    done = replace(begun(order, seen, outcome, rows=rows, by_hand=report.by_hand(made)), backups=saved)
    if made.of(Action.HOLD):
        done = replace(done, outcome=Outcome.HELD, reason="held")
        return tell.held(order, seen, done, audience=audience, outside=outside, entries=entries)
    begun_now = bool(written)
    return tell.succeeded(order, seen, done, audience=audience, outside=outside, entries=entries, begun=begun_now)


def _journal(audience: Audience) -> tuple[journal.Entry, ...]:
    return journal.find(audience.own.body) if audience.own else ()


def _earlier(made: Plan, entries: set[journal.Entry]) -> frozenset[str]:
    """What an interrupted delivery wrote, and was found to be live."""
    wrote = {(entry.title, entry.digest_after) for entry in entries}
    heads = {(each.title, each.versions.head.digest) for each in made.of(Action.NONE) if each.versions.head}
    return frozenset(title for title, _ in wrote & heads)


def _prove(made: Plan, written: Mapping[str, Written], workspace: Workspace, outside: Outside) -> None:
    """Plans again from what was read back; anything left to do means that somebody was there meanwhile."""
    last = listing.read(workspace, outside, may_be_empty=False)
    given_up = {each.was.title: None for each in made.writes if each.was}
    lives = given_up | {title: result.live for title, result in written.items()}
    again = plan.make(
        replace(each.versions, live=lives.get(each.title, each.versions.live), twins=last.twins(each.title))
        for each in made.decisions
        if each.action is not Action.HOLD
    )
    gone = [title for title, result in written.items() if result.live.id not in last.ids.get(title, ())]
    if again.writes or again.blocks or gone:
        raise Moved("AIC changed while the deploy was being proven")


def _nothing_new(order: Order, seen: Scene, made: Plan, outside: Outside) -> Report:
    """This head is the base already, or held and told so. A person who asked is answered on the commit.

    A repeated hook is only logged, unless its merge request has not heard of the deploy yet.
    """
    rows = report.rows_done(made, {}, frozenset())
    done = begun(order, seen, Outcome.UNCHANGED, rows=rows, by_hand=report.by_hand(made))
    if made.of(Action.HOLD):
        done = replace(done, outcome=Outcome.HELD, reason="held")
    repository, asked = outside.repository, order.merge_request
    if order.by_hand:
        answer = replace(order, answer=True)
        audience = notes.with_own(Audience(seen.head), answer, repository)
        return tell.noted(answer, done, audience=audience, outside=outside, status=False)
    if asked is not None and not notes.told(asked, order, repository):
        audience = notes.of_scene(order, seen, repository)
        return tell.on_merge_requests(order, done, audience=audience, outside=outside)
    return done


def _planned(order: Order, seen: Scene, made: Plan, outside: Outside) -> Report:
    blocked = bool(made.blocks)
    rows = report.rows_held_back(made) if blocked else report.rows_planned(made)
    done = begun(order, seen, Outcome.PLANNED, rows=rows, by_hand=report.by_hand(made))
    if blocked:
        forced = order.overrides and not made.of(Action.REFUSE)
        done = replace(done, reason=report.why_halted(made).reason, detail=_KEPT_FIRST if forced else _STOPPED)
    audience = notes.of_scene(order, seen, outside.repository)
    return tell.noted(order, done, audience=audience, outside=outside, status=False)
