"""The deployment records of a workspace in GitLab, and the commit status beside them."""

from datetime import datetime

from ..domain import note
from ..domain.gitlab import Deployment, Status
from ..domain.layout import MAPPING_FILE
from ..domain.report import FAILURES, Outcome, Report
from .outside import Moved, Outside
from .pace import both
from .scene import STATUS, Scene, newest_success, own_records, remembered
from .target import Order

_STATES = {Outcome.RUNNING: "running", Outcome.SUPERSEDED: "canceled", Outcome.HELD: "canceled"}
TRIED_AGAIN_AFTER = 24 * 60 * 60
"""Seconds."""
_LONGEST = 250
"""GitLab cuts the description of a status at 255 characters."""


def environment(order: Order, scene: Scene) -> str:
    """A run that is limited to some pipelines proves too little for the record of the workspace; it has its own."""
    return scene.target.environment if order.whole else scene.target.limited


def begin(order: Order, scene: Scene, outside: Outside) -> None:
    """A `running` record for this head; the one of an interrupted delivery is taken over."""
    name = environment(order, scene)
    own = scene.own if order.whole else own_records(name, outside)
    if not _running(own, scene.head):
        _open(name, scene, "running", outside)


def succeed(order: Order, scene: Scene, outside: Outside, *, begun: bool = False) -> Deployment | None:
    """Records the new base, the last thing that a deploy does; the record, None where there was one already.

    Raises Moved where the mapping or the newest success are no longer as seen, or where the record that was `begun`, or
    seen to run, runs no more: somebody has given the deploy up meanwhile, and may have taken back what was proven. The
    branch may have moved on: what was proven to be live is this head all the same.
    """
    name = environment(order, scene)
    own, remapped = both(
        outside.together,
        lambda: own_records(name, outside),
        lambda: order.whole and _remapped(scene, outside),
    )
    if remapped or (order.whole and newest_success(own) != scene.recorded):
        raise Moved("the mapping or the record moved on before the deploy was recorded")
    running = _running(own, scene.head)
    begun = begun or (order.whole and bool(_running(scene.own, scene.head)))
    if begun and not running:
        raise Moved("the deploy was given up by another run before it was recorded")
    if running or newest_success(own) != scene.head:
        return _end(name, scene, own, "success", outside)
    return None


def fail(order: Order, scene: Scene, outside: Outside) -> None:
    """Records that this head is not live; once, however often it is found again, and never of one that is.

    A limited run that has written nothing leaves no record.
    """
    _note_end("failed", order, scene, outside)


def hold(order: Order, scene: Scene, outside: Outside) -> None:
    """Records that this head is not live as a whole, and nobody's fault; once, as a failure."""
    _note_end("canceled", order, scene, outside)


def post_status(report: Report, outside: Outside) -> None:
    """Posts what the report comes to on its head."""
    state = _STATES.get(report.outcome, "failed" if report.outcome in FAILURES else "success")
    outside.repository.post_status(
        report.head, branch=report.branch, name=STATUS, state=state, description=_description(report)
    )


def post_status_once(report: Report, outside: Outside, *, live: bool = False) -> None:
    """The same, unless our newest status there says it already; a day later it is said anew, as somebody tried anew.

    Of a head that is `live` all the same, the status is only touched if a run has left it at `running`.
    """
    newest = own_status(report.head, report.branch, outside)
    said = newest is not None and newest.description == _description(report) and not settled(newest.created, outside)
    if newest is None or newest.state == "running" or not (live or said):
        post_status(report, outside)


def own_status(commit: str, branch: str, outside: Outside) -> Status | None:
    """The newest commit status of a deploy that the service itself posted."""
    own = outside.repository.own_id()
    posted = outside.repository.statuses(commit, branch=branch, name=STATUS)
    return next((status for status in posted if status.user == own), None)


def settled(created: str, outside: Outside) -> bool:
    """Whether what was recorded then (ISO 8601) is so long ago that a failed head is worth another try."""
    return outside.clock.now() - datetime.fromisoformat(created).timestamp() >= TRIED_AGAIN_AFTER


def _description(report: Report) -> str:
    ending = f" · {remembered(report.mapping)}" if report.mapping and report.outcome not in FAILURES else ""
    return note.summary(report)[: _LONGEST - len(ending)] + ending


def _remapped(scene: Scene, outside: Outside) -> bool:
    stored = outside.repository.file(MAPPING_FILE, "HEAD")
    return stored is None or stored.commit != scene.target.commit


def _note_end(status: str, order: Order, scene: Scene, outside: Outside) -> None:
    name = environment(order, scene)
    own = own_records(name, outside)
    if _running(own, scene.head):
        _end(name, scene, own, status, outside)
    elif order.whole and not (own and own[0].commit == scene.head and own[0].status in (status, "success")):
        _open(name, scene, status, outside)


def _running(records: tuple[Deployment, ...], head: str) -> tuple[Deployment, ...]:
    return tuple(each for each in records if each.status == "running" and each.commit == head)


def _end(name: str, scene: Scene, own: tuple[Deployment, ...], status: str, outside: Outside) -> Deployment:
    newest, *others = _running(own, scene.head) or (None,)
    for each in others:  # opened by a request whose answer was lost, and which arrived late
        outside.repository.end_deployment(each, "canceled")
    if newest is None:
        return _open(name, scene, status, outside)
    outside.repository.end_deployment(newest, status)
    return newest


def _open(name: str, scene: Scene, status: str, outside: Outside) -> Deployment:
    return outside.repository.open_deployment(name, branch=scene.branch, commit=scene.head, status=status)
