"""Where a deploy is told in GitLab: on the deployed commit, and on every merge request that it brought live."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from ..domain import journal, note
from ..domain.gitlab import Note, OnCommit, OnMergeRequest, Place
from ..domain.report import Report
from ..ports.gitlab import Repository
from . import holds
from .journals import own_note
from .scene import Scene
from .target import Order

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Audience:
    """The commit, whose note keeps the journal, and the merge requests, by their numbers.

    `own` is our note on the commit, if there is one. Without `on_commit` the commit itself isn't told.
    """

    commit: str
    merge_requests: tuple[int, ...] = ()
    own: Note | None = None
    on_commit: bool = True


def of_scene(order: Order, scene: Scene, repository: Repository, *, begun: bool = True) -> Audience:
    """Who hears of a deploy. A dry or limited run, and one of a head that is live already, is told on the commit.

    What an older content is put live for, an open rollback, hears what became of that.

    Not `begun`: the deploy has no record yet when it is told, so that an earlier delivery may have told it without one.
    """
    landed = frozenset[str]() if scene.recorded == scene.head else scene.landed
    found = Audience(scene.head)
    if order.whole:
        found = of_head(order, scene.head, landed=landed, since=scene.since, repository=repository)
    elif order.source is not None and not order.request.dry_run:
        found = Audience(scene.head, _returning(order, scene, repository))
    unheard = begun and scene.head not in {each.commit for each in scene.own}
    fresh = order.whole and found.merge_requests and unheard
    return found if fresh else with_own(found, order, repository)


def _returning(order: Order, scene: Scene, repository: Repository) -> tuple[int, ...]:
    """The open rollbacks that hold one of the pipelines."""
    asked, held = order.request.pipelines, holds.held(scene.branch, scene.head, repository)
    return tuple(sorted({iid for title, iid in held.items() if asked is None or title in asked}))


def of_head(order: Order, head: str, *, landed: frozenset[str], since: str | None, repository: Repository) -> Audience:
    """The merge requests that brought one of the commits, and the one whose merge sent the message."""
    merged = repository.merged(order.request.branch, since=since)
    # Without a record of any success the list has no end that matters.
    listed = merged if since is not None else islice(merged, _PAGE)
    found = (each.iid for each in listed if each.landed & landed or each.iid == order.merge_request)
    return Audience(head, tuple(found))


def with_own(audience: Audience, order: Order, repository: Repository) -> Audience:
    """The same, after looking for our own note on the commit."""
    mark = note.marker(order.request.branch, kind=order.kind)
    return replace(audience, own=own_note(OnCommit(audience.commit), mark, repository))


def write_on_commit(
    audience: Audience, order: Order, report: Report, *, entries: Iterable[journal.Entry], repository: Repository
) -> Audience:
    """The note of the run itself, with its journal."""
    mark = note.marker(order.request.branch, kind=order.kind)
    body = note.render(report, first_line=mark, journal=entries)
    return replace(audience, own=_write(OnCommit(audience.commit), body, audience.own, repository))


def write_on_merge_request(iid: int, order: Order, report: Report, repository: Repository) -> None:
    """The same without the journal, where people look after a merge."""
    mark = note.marker(order.request.branch, kind=order.kind)
    place = OnMergeRequest(iid)
    _write(place, note.render(report, first_line=mark), own_note(place, mark, repository), repository)


def told(iid: int, order: Order, repository: Repository) -> bool:
    """Whether the merge request has heard of a deploy already."""
    mark = note.marker(order.request.branch, kind=order.kind)
    return own_note(OnMergeRequest(iid), mark, repository) is not None


def _write(place: Place, body: str, old: Note | None, repository: Repository) -> Note:
    if old is not None and old.body == body:
        return old
    return repository.write_note(place, body, replaces=old)
