"""Heads that the branch has left while a deploy of them was under way: their status, note and record are closed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from ..domain.gitlab import Deployment
from ..domain.report import Outcome, Report
from . import journals, notes, records
from .notes import Audience
from .outside import Outside
from .scene import Scene
from .target import Order


def closing(order: Order, scene: Scene, outside: Outside) -> list[Callable[[], None]]:
    """What there is to close, call by call. A limited run asks for it then, and closes those of the same pipelines."""
    if order.whole:
        left = (each for each in scene.running if each.commit != scene.head)
        return [partial(close, order, each, scene.head, outside) for each in left]
    return [partial(_close_limited, order, scene, outside)]


def close(order: Order, record: Deployment, by: str, outside: Outside) -> None:
    """`by` is the commit that came, if any did. The record comes last: it is what leads a later run to the others.

    Limited runs of several sets of pipelines may share one: it stays while any of them needs it.
    """
    came = by not in ("", record.commit)
    left = Report(
        Outcome.SUPERSEDED,
        order.request.project,
        record.branch,
        head=record.commit,
        reason="superseded",
        detail=f"`{by[:8]}` came while its deploy was interrupted" if came else "its deploy was interrupted",
    )
    if order.whole:
        records.post_status(left, outside)
    of_record = replace(order, request=replace(order.request, branch=record.branch))
    audience = notes.with_own(Audience(record.commit), of_record, outside.repository)
    notes.write_on_commit(audience, of_record, left, entries=(), repository=outside.repository)
    if order.whole or not journals.of_limited(record, outside.repository):
        outside.repository.end_deployment(record, "canceled")


def _close_limited(order: Order, scene: Scene, outside: Outside) -> None:
    for each in _limited(scene, outside):
        if journals.of_kind(order.kind, (each,), outside.repository):
            close(order, each, scene.head, outside)
        elif not journals.of_limited(each, outside.repository):  # closed but for the record, or nothing was begun
            outside.repository.end_deployment(each, "canceled")


def _limited(scene: Scene, outside: Outside) -> Iterator[Deployment]:
    """Down to a success of an older head: one of this head may be that of the run itself, just recorded."""
    own = outside.repository.own_id()
    for each in outside.repository.deployments(scene.target.limited):
        if each.user == own and each.commit != scene.head:
            if each.status == "success":
                return
            if each.status == "running" and each.branch == scene.branch:
                yield each
