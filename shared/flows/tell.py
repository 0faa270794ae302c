"""A report → notes, commit status, deployment record. A channel that is closed never changes the outcome."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from ..domain import journal
from ..domain.errors import Permanent, Transient
from ..domain.gitlab import Deployment
from ..domain.report import Outcome, Report
from . import notes, records
from .notes import Audience
from .outside import Outside
from .scene import Scene
from .target import Order

Calls = list[Callable[[], object]]


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
    if order.whole:
        records.post_status(report, outside)
    return notes.write_on_commit(audience, order, report, entries=entries, repository=outside.repository)


def succeeded(
    order: Order,
    scene: Scene,
    report: Report,
    *,
    audience: Audience,
    outside: Outside,
    entries: Iterable[journal.Entry],
) -> Report:
    """The record comes last: it is the base of the next deploy, and says that everybody else was told."""
    calls = _notes(order, report, audience, outside, entries)
    if order.whole:
        calls += [
            partial(records.post_status, report, outside),
            *_left_behind(order, scene, report, outside),
        ]
    closed = _each(calls)
    closed += _each([partial(records.succeed, order, scene, outside)])
    return replace(report, untold=closed)


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
    return replace(report, untold=report.untold + _each(calls))


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
    return replace(report, untold=_each(calls))


def on_merge_requests(order: Order, report: Report, *, audience: Audience, outside: Outside) -> Report:
    """Only there: the commit has heard of its deploy, and the record stands."""
    return replace(report, untold=_each(_on_merge_requests(order, report, audience, outside)))


def superseded(order: Order, record: Deployment, by: str, outside: Outside) -> None:
    """Closes the record, status and note of a head that the branch has left while its deploy was interrupted."""
    left = Report(
        Outcome.SUPERSEDED,
        order.request.project,
        record.branch,
        head=record.commit,
        reason="superseded",
        detail=f"`{by[:8]}` came while its deploy was interrupted",
    )
    outside.repository.end_deployment(record, "canceled")
    records.post_status(left, outside)
    of_record = replace(order, request=order.request.model_copy(update={"branch": record.branch}))
    audience = notes.with_own(Audience(record.commit), of_record, outside.repository)
    notes.write_on_commit(audience, of_record, left, entries=(), repository=outside.repository)


def _left_behind(order: Order, scene: Scene, report: Report, outside: Outside) -> Calls:
    return [
        partial(superseded, order, each, report.head, outside) for each in scene.running if each.commit != scene.head
    ]


def _notes(
    order: Order, report: Report, audience: Audience, outside: Outside, entries: Iterable[journal.Entry]
) -> Calls:
    on_commit = partial(notes.write_on_commit, audience, order, report, entries=entries, repository=outside.repository)
    return [*_on_merge_requests(order, report, audience, outside), on_commit]


def _on_merge_requests(order: Order, report: Report, audience: Audience, outside: Outside) -> Calls:
    return [
        partial(notes.write_on_merge_request, iid, order, report, outside.repository) for iid in audience.merge_requests
    ]


def _each(calls: Iterable[Callable[[], object]]) -> tuple[str, ...]:
    """Tries every channel; the reasons of those that are closed for good. Raises the last Transient at the end."""
    closed, later = [], None
    for call in calls:
        try:
            call()
        except Permanent as error:
            closed.append(error.reason)
        except Transient as error:
            later = error
    if later is not None:
        raise later
    return tuple(closed)
