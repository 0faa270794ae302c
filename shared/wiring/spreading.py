"""A message about many workspaces, or all of the settings → a message for each."""

from collections.abc import Callable

from ..domain.delivery import Delivery
from ..domain.spread_report import SpreadReport
from ..flows.spread import Question, spread
from .ground import Ground


def spread_out(
    ground: Ground,
    delivery: Delivery,
    *,
    kind: str,
    topic: str,
    message: Callable[[str, str], bytes],
    project: str | None,
    by: str | None,
) -> SpreadReport:
    """`project` alone where it is named; raises Refused `project-unknown`."""
    projects = ground.settings.projects if project is None else (ground.project(project),)
    origin = {name: text for name, text in delivery.attributes.items() if name == "origin"}
    return spread(
        Question(kind, topic, message, {"request_id": delivery.request_id, **origin}, by or ""),
        [(each.gitlab_project, workspace) for each in projects for workspace in each.workspaces],
        publisher=ground.publisher,
        deadline=ground.times(delivery).work,
    )
