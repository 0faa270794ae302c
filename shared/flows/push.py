"""Pipelines as AIC runs them → a merge request with just these: first they are captured, then the branch is made."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from ..domain import promotion_note, route
from ..domain.answer import Outcome
from ..domain.capture import Action
from ..domain.counting import pipelines
from ..domain.errors import Permanent, Refused
from ..domain.messages.promotion import PushFeature
from ..domain.promotion_report import Promoted
from ..domain.run import Run
from ..domain.snapshot_report import Outcome as Ending
from ..domain.snapshot_report import SnapshotReport
from ..ports.step import Step
from . import branching, stepping
from .answering import Asker, answered
from .branching import Ends
from .outside import Outside
from .proposing import Wording, proposed
from .snapshot import SnapshotOrder, snapshot
from .stepping import Stage


def push_feature(
    request: PushFeature, order: SnapshotOrder, *, step: Step | None = None, asker: Asker, outside: Outside
) -> Promoted:
    """Captures, makes branch and merge request, or says why not; raises Transient while another delivery may do better.

    `order` is the snapshot of the workspace and these pipelines, `step` what the team does with what it captured.
    Raises Refused for a workspace that isn't development.
    """
    ends = branching.ends_of(route.FEATURE, asker, outside)
    workspace = ends.mapping.exact[ends.source]
    if request.workspace != workspace:
        detail = f"features are made in the workspace of development, `{workspace}`"
        raise Refused("route-unknown", detail)
    begun = branching.begin("push_feature", request.project, ends, name=route.FEATURE.branch(request.name), asker=asker)
    find = partial(pushed, begun, ends, order, Wording(), step=step, asker=asker, outside=outside)
    return answered(begun, find, promotion_note.answer, asker=asker, outside=outside)


def pushed(
    begun: Promoted,
    ends: Ends,
    order: SnapshotOrder,
    wording: Wording,
    *,
    step: Step | None,
    asker: Asker,
    outside: Outside,
) -> Promoted:
    """Raises what `captured_first` raises."""
    report = captured_first(begun, ends, order, step=step, run=asker.run, outside=outside)
    return proposed(report, wording, outside) if report.branch == report.name else report


def captured_first(
    begun: Promoted, ends: Ends, order: SnapshotOrder, *, step: Step | None, run: Run, outside: Outside
) -> Promoted:
    """The branch, made after Git has what AIC runs; the report's `branch` is it where it is there.

    Raises Refused `capture-waits` or `capture-withheld` where Git hasn't got it, what the snapshot ended with, or what
    the step raises.
    """
    wanted = order.request.pipelines or ()
    captured = snapshot(order, outside)
    _check(captured, wanted)
    if captured.outcome is Ending.PLANNED and any(row.action is Action.CAPTURE for row in captured.rows):
        detail = f"This was a dry run: nothing was captured into `{begun.source}`, and nothing made."
        return replace(begun, outcome=Outcome.PLANNED, titles=tuple(sorted(wanted)), detail=detail)
    dry_run = order.request.dry_run
    stage = Stage(begun.project, begun.source, order.mode, run, dry_run=dry_run)
    stepped = () if step is None else stepping.take(step, wanted, stage, outside)
    if stepped and dry_run:
        detail = f"This was a dry run: the step would change {pipelines(len(stepped))}, and nothing was made."
        return replace(begun, outcome=Outcome.PLANNED, titles=tuple(sorted(wanted)), stepped=stepped, detail=detail)
    report = branching.made(begun, ends, wanted, dry_run=dry_run, run=run, outside=outside)
    there = report.outcome is Outcome.NOTHING and bool(report.titles)
    return replace(report, branch=report.name if there else report.branch, stepped=stepped)


def _check(found: SnapshotReport, wanted: Collection[str]) -> None:
    if found.outcome in (Ending.REFUSED, Ending.IGNORED):
        raise Refused(found.reason, found.detail)
    if found.outcome is Ending.FAILED:
        raise Permanent(found.reason, found.detail)
    for row in found.rows:
        if row.title in wanted and row.action in (Action.WITHHOLD, Action.UNREADABLE):
            raise Refused("capture-withheld", f"`{row.title}` can't be brought to Git: {row.why}")
    waiting = sorted(row.iid for row in found.rows if row.iid is not None)
    if waiting:
        raise Refused(
            "capture-waits", f"!{waiting[0]} shows what AIC runs and must be decided first; merge it, then ask again"
        )
