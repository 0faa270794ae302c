"""The plan of a snapshot → commits: what people decide on is parked, the rest goes onto the branch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from ..domain.capture import Action, Decision, Plan
from ..domain.run import Run
from ..ports.aic import Workspace
from . import direct, scene
from .draft import Parcel
from .outside import Outside
from .park import Parked, park
from .side import Anchor
from .survey import Survey


@dataclass(frozen=True, slots=True)
class Captured:
    """`commit` is the new one on the branch, if any; `crossed`: others came in between. `parked` is by title."""

    commit: str = ""
    crossed: bool = False
    parked: Mapping[str, Parked] = field(default_factory=dict)


def carry_out(
    made: Plan,
    seen: Survey,
    workspace: Workspace,
    *,
    code: Mapping[str, str],
    project: str,
    run: Run,
    outside: Outside,
) -> Captured:
    """`code` are the code files at head of what goes onto the branch, path to blob.

    Parks first: with a new commit on the branch what was looked at would no longer be its head.

    Raises Moved where Git or AIC changed meanwhile; what is parked by then stays, and is found again.
    """
    anchor = Anchor(project, seen.scene.branch, seen.scene.target.workspace, seen.scene.head, seen.scene.base)
    still = partial(scene.still, seen.scene, outside)
    proposed = _parcels(made.proposed, seen)
    parked: Mapping[str, Parked] = {}
    if proposed:
        parked = park(proposed, anchor, titles=seen.titles, still=still, run=run, outside=outside)
    stored = direct.store(
        _parcels(made.direct, seen),
        anchor,
        have={**seen.shelf.blobs, **code},
        touched=seen.shelf.touched,
        titles=seen.titles,
        reread=lambda: _reread(made.direct, seen, workspace, outside),
        still=still,
        run=run,
        outside=outside,
    )
    return Captured(stored.commit if stored else "", bool(stored and stored.crossed), parked)


def _parcels(decisions: Sequence[Decision], seen: Survey) -> list[Parcel]:
    return [_parcel(each, seen) for each in decisions]


def _parcel(decision: Decision, seen: Survey) -> Parcel:
    if decision.action is Action.DELETE:
        return Parcel(decision.title, {})
    title = decision.moved_to or decision.title
    return Parcel(title, seen.files[title], previous=decision.title if decision.moved_to else "")


def _reread(decisions: Sequence[Decision], seen: Survey, workspace: Workspace, outside: Outside) -> None:
    """Somebody's save falls into the next round; raises Moved."""
    found = seen.live.found
    titles = [each.moved_to or each.title for each in decisions]
    direct.reread({title: (found[title].id, found[title].content) for title in titles}, workspace, outside)
