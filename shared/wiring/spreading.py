"""A message about many workspaces or projects, or all of the settings → a message for each."""

from collections.abc import Callable, Mapping, Sequence

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
    places = [(each.gitlab_project, workspace) for each in projects for workspace in each.workspaces]
    return _spread(ground, delivery, Question(kind, topic, message, _origin(delivery), by or ""), places)


def to_projects(
    ground: Ground, delivery: Delivery, *, kind: str, topic: str, message: Callable[[str], bytes], by: str
) -> SpreadReport:
    """Of all projects those that have drives."""
    places = [(each.gitlab_project, "") for each in ground.settings.projects if each.backup_drives]
    question = Question(kind, topic, lambda project, _: message(project), _origin(delivery), by)
    return _spread(ground, delivery, question, places)


def _origin(delivery: Delivery) -> Mapping[str, str]:
    origin = {name: text for name, text in delivery.attributes.items() if name == "origin"}
    return {"request_id": delivery.request_id, **origin}


def _spread(ground: Ground, delivery: Delivery, question: Question, places: Sequence[tuple[str, str]]) -> SpreadReport:
    return spread(question, places, publisher=ground.publisher, deadline=ground.times(delivery).work)
