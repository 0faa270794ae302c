"""A report → notes, commit status, deployment record. A channel that is closed never changes the outcome."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from ..domain import journal
from ..domain.errors import Permanent, ServiceError, Transient
from ..domain.gitlab import Deployment
from ..domain.report import Outcome, Report
from . import notes, records
from .notes import Audience
from .outside import Outside
from .pace import both
from .scene import Scene
from .target import Order

Calls = list[Callable[[], object]]
_WIDTH = 8


def started(
    order: Order,
    scene: Scene,
    report: Report,
    *,
    audience: Audience,
    outside: Outside,
    entries: Iterable[journal.Entry],
) -> Audience:
    """Before the first write: the record leads to the note, and the note says what is about to be written.

    Raises Permanent where that can't be noted; then nothing may be written.
    """
    records.begin(order, scene, outside)
    _, audience = both(
        outside.together,
        lambda: records.post_status(report, outside) if order.whole else None,
        lambda: notes.write_on_commit(audience, order, report, entries=entries, repository=outside.repository),
    )
    return audience


def succeeded(
    order: Order,
    scene: Scene,
    report: Report,
    *,
    audience: Audience,
    outside: Outside,
    entries: Iterable[journal.Entry],
) -> Report:
    """The record comes last: it is the base of the next deploy, and says that everybody else was told.

    A limited run empties its journal after that: its commit may have records of other limited runs, but until its own
    stands the run can still be given up.
    """
    entries = tuple(entries)
    calls = _notes(order, report, audience, outside, entries)
    if order.whole:
        calls += [
            partial(records.post_status, report, outside),
            *_left_behind(order, scene, report, outside),
        ]
    closed = _each(calls, outside, width=_WIDTH)
    closed += _each([partial(records.succeed, order, scene, outside)], outside)
    if entries and not order.whole:
        closed += _emptied(order, report, audience, outside)
    return replace(report, untold=closed)


def held(
    order: Order,
    scene: Scene,
    report: Report,
    *,
    audience: Audience,
    outside: Outside,
    entries: Iterable[journal.Entry],
) -> Report:
    """What an open rollback lets through is live and stays so; the rest is told once, however often it is found again.

    No success is recorded: everything since base is looked at again when the rollback is merged or closed.
    """
    entries = tuple(entries)
    calls = _notes(order, report, audience, outside, entries)
    if order.whole:
        calls.append(partial(records.post_status_once, report, outside, live=scene.recorded == scene.head))
        calls += _left_behind(order, scene, report, outside)
    closed = _each(calls, outside, width=_WIDTH)
    closed += _each([partial(records.hold, order, scene, outside)], outside)
    if entries:
        closed += _emptied(order, report, audience, outside)
    return replace(report, untold=closed)


def _emptied(order: Order, report: Report, audience: Audience, outside: Outside) -> tuple[str, ...]:
    """After the record nothing is given up any more, whatever GitLab answers."""
    try:
        return _each(_notes(order, report, audience, outside, ()), outside)
    except ServiceError as error:
        return (error.reason,)


def failed(
    order: Order,
    scene: Scene,
    report: Report,
    *,
    audience: Audience,
    outside: Outside,
    entries: Iterable[journal.Entry],
) -> Report:
    """A refusal, conflict or failure, told once however often it is found again; `entries` are still to be undone."""
    calls = _notes(order, report, audience, outside, entries)
    calls.append(partial(records.fail, order, scene, outside))
    if order.whole:
        calls.append(partial(records.post_status_once, report, outside, live=scene.recorded == scene.head))
        calls += _left_behind(order, scene, report, outside)
    return replace(report, untold=report.untold + _each(calls, outside))


def noted(
    order: Order,
    report: Report,
    *,
    audience: Audience,
    outside: Outside,
    status: bool,
    entries: Iterable[journal.Entry] = (),
) -> Report:
    """What ends in no record: a dry run, or a branch that is behind or could not even be looked at."""
    calls = _notes(order, report, audience, outside, entries)
    if status:
        calls.append(partial(records.post_status_once, report, outside))
    return replace(report, untold=_each(calls, outside))


def on_merge_requests(order: Order, report: Report, *, audience: Audience, outside: Outside) -> Report:
    """Only there: the commit has heard of its deploy, and the record stands."""
    return replace(report, untold=_each(_on_merge_requests(order, report, audience, outside), outside))


def superseded(order: Order, record: Deployment, by: str, outside: Outside) -> None:
    """Closes the status, note and record of a head that the branch has left while its deploy was interrupted.

    The record comes last: it is what leads a later run to the others.
    """
    left = Report(
        Outcome.SUPERSEDED,
        order.request.project,
        record.branch,
        head=record.commit,
        reason="superseded",
        detail=f"`{by[:8]}` came while its deploy was interrupted",
    )
    records.post_status(left, outside)
    of_record = replace(order, request=replace(order.request, branch=record.branch))
    audience = notes.with_own(Audience(record.commit), of_record, outside.repository)
    notes.write_on_commit(audience, of_record, left, entries=(), repository=outside.repository)
    outside.repository.end_deployment(record, "canceled")


def _left_behind(order: Order, scene: Scene, report: Report, outside: Outside) -> Calls:
    return [
        partial(superseded, order, each, report.head, outside) for each in scene.running if each.commit != scene.head
    ]


def _notes(
    order: Order, report: Report, audience: Audience, outside: Outside, entries: Iterable[journal.Entry]
) -> Calls:
    calls = _on_merge_requests(order, report, audience, outside)
    if audience.on_commit:
        write = notes.write_on_commit
        calls.append(partial(write, audience, order, report, entries=entries, repository=outside.repository))
    return calls


def _on_merge_requests(order: Order, report: Report, audience: Audience, outside: Outside) -> Calls:
    return [
        partial(notes.write_on_merge_request, iid, order, report, outside.repository) for iid in audience.merge_requests
    ]


def _each(calls: Calls, outside: Outside, *, width: int = 1) -> tuple[str, ...]:
    """Tries every channel; the reasons of those that are closed for good. Whatever else was raised ends it."""
    results = outside.together.map(lambda call: call(), calls, width=width)
    errors = [result for result in results if isinstance(result, Exception)]
    lasting = [error for error in errors if not isinstance(error, Permanent)]
    if lasting:
        raise max(lasting, key=lambda error: not isinstance(error, Transient))
    return tuple(error.reason for error in errors if isinstance(error, Permanent))
