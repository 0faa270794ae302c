"""From a scene to a plan: what is due, three ways each, decided; what an open rollback holds is left as it is."""

from ..domain import holding, keeping, plan
from ..domain.plan import Plan
from ..ports.aic import Workspace
from . import holds, renames, sourcing, versions
from .outside import Outside
from .pace import both
from .scene import Scene
from .target import Order


def decided(order: Order, seen: Scene, outside: Outside, sent: frozenset[str]) -> tuple[Plan, Workspace | None]:
    """The plan, and the workspace where there is anything to look at. `sent` is what this run may have written."""
    if order.source is not None:
        return sourcing.decided(order.source, order, seen, outside)
    if order.whole:
        renames.take_back(seen, outside)
    titles = versions.due(order, seen, outside, again=sent)
    if not titles:
        return Plan(()), None
    workspace = outside.open_workspace(seen.target.workspace)
    found, held = both(
        outside.together,
        lambda: versions.read(titles, order, scene=seen, workspace=workspace, outside=outside),
        lambda: holds.held(seen.branch, seen.head, outside.repository),
    )
    made = plan.make(found)
    if order.request.force and order.request.pipelines is not None:
        made = keeping.contested(made)
    return holding.apply(made, held), workspace
