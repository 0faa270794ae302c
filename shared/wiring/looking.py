"""What is looked at, and how hello is said: of the settings alone, or of a project."""

from collections.abc import Callable

from ..domain import help_report
from ..domain.answer import Outcome
from ..domain.look_report import Greeted, Listed, grouped
from ..domain.messages.command import WORKFLOWS, Help
from ..domain.messages.looking import Hello, List
from ..domain.told import Told
from ..flows.answering import Asker
from ..flows.hello import hello
from ..flows.look import look
from ..flows.outside import Outside
from .ground import Ground

Asked = Callable[[str], tuple[Asker, Outside]]


def run(parameters: Help | List | Hello, ground: Ground, asked: Asked, *, by: str) -> Told:
    """Raises what the flow raises."""
    match parameters:
        case Help():
            return help_report.told(WORKFLOWS, parameters.workflow)
        case List():
            return _listed(parameters, ground, asked, by=by)
        case Hello():
            return _greeted(parameters, ground, asked, by=by)


def _listed(parameters: List, ground: Ground, asked: Asked, *, by: str) -> Told:
    if parameters.what != "projects":
        return look(parameters, *asked(parameters.project or "")).told()
    projects = ground.settings.projects if parameters.project is None else (ground.project(parameters.project),)
    found = grouped((each.gitlab_project, f"{each.aic_project} ({each.aic_instance})") for each in projects)
    return Listed("list", Outcome.LISTED, parameters.project or "", by=by, what=parameters.what, found=found).told()


def _greeted(parameters: Hello, ground: Ground, asked: Asked, *, by: str) -> Told:
    if parameters.project is not None:
        ground.project(parameters.project)
        if parameters.branch:
            return hello(parameters.project, *asked(parameters.project), dry_run=parameters.dry_run).told()
    return Greeted("hello", Outcome.HEARD, parameters.project or "", by=by).told()
