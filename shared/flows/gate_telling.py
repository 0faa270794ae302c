"""Where a test gate is told: a note on the deployed commit, which is also its state, and on what brought the commit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from ..domain import gate, gate_news, gate_note, note
from ..domain.errors import Permanent
from ..domain.gate import Gate, State
from ..domain.gate_report import Gated
from ..domain.gitlab import Deployment, Note, OnCommit, OnMergeRequest
from . import announcing, answering, records
from .answering import Asker
from .outside import Outside
from .scene import STATUS

_MOST_LISTED, _MARGIN = 200, timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """The deploy's record, what its own note says, the gate's own note beside it, and the state that this keeps."""

    deployment: Deployment
    deploy: str
    own: Note | None
    gate: Gate | None


def look(told: Gated, deployment: Deployment, outside: Outside) -> Place:
    """One request: both notes stand on the deployed commit."""
    repository = outside.repository
    user = repository.own_id()
    ours = [each for each in repository.notes(OnCommit(deployment.commit)) if each.user == user]
    deploy = _newest(ours, note.marker(told.branch, kind="deploy"))
    own = _newest(ours, note.marker(told.branch, kind=gate.KIND))
    return Place(deployment, deploy.body if deploy else "", own, gate.find(own.body) if own else None)


def has_failed(deployment: Deployment, branch: str, outside: Outside) -> bool:
    """Whether it was deployed, and marked failed for its tests; one that never came live has no such note."""
    known = look(Gated("", branch, commit=deployment.commit), deployment, outside).gate
    return known is not None and known.deployment == deployment.id and known.state is State.FAILED


def begun(told: Gated, place: Place, outside: Outside) -> Gated:
    """That it runs."""
    return _each(told, [partial(_on_commit, told, place, outside)])


def ended(told: Gated, place: Place, outside: Outside) -> Gated:
    """How it ended; the commit comes last, since its note is what a later run goes by."""
    return _each(told, [partial(_on_bringers, told, outside), partial(_on_commit, told, place, outside)])


def failed(told: Gated, place: Place, asker: Asker, outside: Outside) -> Gated:
    """The same with the status of the commit, and for people beside GitLab."""
    told = _each(told, [partial(_status, told, outside), partial(_on_bringers, told, outside)])
    news = partial(announcing.send_off, gate_news.of(told), outside, request_id=asker.request_id)
    return _each(told, [news, partial(_on_commit, told, place, outside)])


def _newest(notes: list[Note], mark: str) -> Note | None:
    return next((each for each in notes if each.body.startswith(mark)), None)


def _each(told: Gated, calls: list[Callable[[], None]]) -> Gated:
    """A channel that is closed for good changes nothing else."""
    for call in calls:
        try:
            call()
        except Permanent as error:
            told = replace(told, untold=(*told.untold, error.reason))
    return told


def _body(told: Gated) -> str:
    mark = note.marker(told.branch, kind=gate.KIND)
    return gate_note.render(told, told.state or State.RUNNING, first_line=mark)


def _on_commit(told: Gated, place: Place, outside: Outside) -> None:
    body = _body(told)
    if place.own is None or place.own.body != body:
        outside.repository.write_note(OnCommit(told.commit), body, replaces=place.own)


def _on_bringers(told: Gated, outside: Outside) -> None:
    mark = note.marker(told.branch, kind=gate.KIND)
    for iid in _bringers(told, outside):
        answering.write(OnMergeRequest(iid), mark, _body(told), outside.repository)


def _bringers(told: Gated, outside: Outside) -> Iterator[int]:
    """The merge requests that came with the deploy."""
    if not told.before:
        return
    repository = outside.repository
    came = frozenset(each.sha for each in repository.compare(told.before, told.commit).commits)
    since = datetime.fromtimestamp(outside.clock.now(), UTC) - _MARGIN
    for each in islice(repository.merged(told.branch, since=since.isoformat()), _MOST_LISTED):
        outside.deadline.check()
        if each.landed & came:
            yield each.iid


def _status(told: Gated, outside: Outside) -> None:
    newest = records.own_status(told.commit, told.branch, outside)
    if newest is None or newest.state != "failed":
        outside.repository.post_status(
            told.commit, branch=told.branch, name=STATUS, state="failed", description=gate_note.summary(told)
        )
