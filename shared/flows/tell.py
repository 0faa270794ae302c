"""A report → notes, commit status, deployment record. A channel that is closed never changes the outcome."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from ..domain import deploy_news, journal, posting
from ..domain.errors import Permanent, ServiceError, Transient
from ..domain.gitlab import Deployment
from ..domain.messages.gating import AfterDeploy
from ..domain.messages.plan import PlanRequest
from ..domain.report import Report
from . import announcing, asking, notes, overtaken, records
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
    begun: bool = False,
) -> Report:
    """The record comes last: it is the base of the next deploy, and says that everybody else was told. It was `begun`
    by whoever has written.

    A limited run empties its journals after that: their commits may have records of other limited runs, but until its
    own stands the run can still be given up.
    """
    entries = tuple(entries)
    calls = _notes(order, report, audience, outside, entries)
    closing = overtaken.closing(order, scene, outside)
    if order.whole:
        calls += [partial(records.post_status, report, outside), *closing]
    closed = _each(calls, outside, width=_WIDTH)
    closed += _announced(order, replace(report, untold=closed), audience, outside)
    recorded, unrecorded = _recorded(order, scene, outside, begun=begun)
    closed += unrecorded
    tested = entries and scene.target.workspace in order.gates
    if recorded and order.whole and (tested or order.proves):
        closed += _afterwards([partial(_tested, order, recorded, outside)], outside)
    if not order.whole:
        emptied = _notes(order, report, audience, outside, ()) if entries else []
        closed += _afterwards([*emptied, *closing], outside)
    if order.source is not None and entries:
        closed += _afterwards([partial(_reviewed_again, audience, order, outside)], outside)
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
    closing = overtaken.closing(order, scene, outside)
    if order.whole:
        calls.append(partial(records.post_status_once, report, outside, live=scene.recorded == scene.head))
        calls += closing
    closed = _each(calls, outside, width=_WIDTH)
    closed += _announced(order, replace(report, untold=closed), audience, outside)
    closed += _each([partial(records.hold, order, scene, outside)], outside)
    emptied = _notes(order, report, audience, outside, ()) if entries else []
    closed += _afterwards([*emptied, *([] if order.whole else closing)], outside)
    return replace(report, untold=closed)


def _recorded(
    order: Order, scene: Scene, outside: Outside, *, begun: bool
) -> tuple[Deployment | None, tuple[str, ...]]:
    """The record, where this run has made it, and why there is none."""
    try:
        return records.succeed(order, scene, outside, begun=begun), ()
    except Permanent as error:
        return None, (error.reason,)


def _tested(order: Order, recorded: Deployment, outside: Outside) -> None:
    """The tests have a run of their own, so that they change nothing here; the sweep asks where the message is lost."""
    request = AfterDeploy(project=order.request.project, branch=order.request.branch, deployment=recorded.id)
    asking.for_tests(request, origin=posting.PROOF, request_id=f"deploy-{order.run.id}", outside=outside)


def _reviewed_again(audience: Audience, order: Order, outside: Outside) -> None:
    """What a rollback puts live makes its own merge request another one: it was looked at before that."""
    for iid in audience.merge_requests:
        wanted = PlanRequest(project=order.request.project, merge_request=iid)
        asking.for_plan(wanted, origin=posting.PROOF, request_id=f"deploy-{order.run.id}", outside=outside)


def _afterwards(calls: Calls, outside: Outside) -> tuple[str, ...]:
    """After the record nothing is given up any more, whatever GitLab answers."""
    try:
        return _each(calls, outside)
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
    """A refusal, conflict or failure, told once however often it is found again; `entries` are still to be undone.

    Record and status come last: by them a later delivery sees that nobody is left to be told.
    """
    entries = tuple(entries)
    report = replace(report, untold=report.untold + _each(_notes(order, report, audience, outside, entries), outside))
    calls: Calls = [partial(records.fail, order, scene, outside)]
    if order.whole:
        calls.append(partial(records.post_status_once, report, outside, live=scene.recorded == scene.head))
    if order.whole or not entries:  # a limited run may have no record of this head that would lead to them
        calls += overtaken.closing(order, scene, outside)
    report = replace(report, untold=report.untold + _each(calls, outside))
    return replace(report, untold=report.untold + _announced(order, report, audience, outside))


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
    report = replace(report, untold=_each(calls, outside))
    return replace(report, untold=report.untold + _announced(order, report, audience, outside))


def on_merge_requests(order: Order, report: Report, *, audience: Audience, outside: Outside) -> Report:
    """Only there: the commit has heard of its deploy, and the record stands."""
    return replace(report, untold=_each(_on_merge_requests(order, report, audience, outside), outside))


def _announced(order: Order, report: Report, audience: Audience, outside: Outside) -> tuple[str, ...]:
    """Before the record of a success: a run that dies here is told of by the next one. Nobody hears of mere questions.

    A head is deployed once from one base; whatever else is done with it is news of its own run.
    """
    if order.answer or order.request.dry_run:
        return ()
    same = report.base if order.whole and report.base != report.head else order.run.id
    news = deploy_news.of(report, same=same, merged=audience.merge_requests)
    return _each([partial(announcing.send_off, news, outside, request_id=f"deploy-{order.run.id}")], outside)


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
