"""What checks are made of: the tokens of some projects or all, or everything of one."""

from collections.abc import Callable
from functools import partial

from ..adapters.threads import Threads
from ..domain import token_report
from ..domain.delivery import Delivery
from ..domain.drives import DriveSettings
from ..domain.messages.checking import Check, CheckTokens
from ..domain.told import Told
from ..flows.answering import Asker
from ..flows.check import check
from ..flows.check_tokens import Holder, check_tokens
from ..flows.outside import Outside
from .ground import Ground

Asked = Callable[[str], tuple[Asker, tuple[DriveSettings, ...], Outside]]


def run(parameters: Check | CheckTokens, ground: Ground, asked: Asked, delivery: Delivery) -> Told:
    """Raises Refused `project-unknown`."""
    if isinstance(parameters, Check):
        return check(parameters, *asked(parameters.project)).told()
    wanted, times = parameters.project, ground.times(delivery)
    projects = ground.settings.projects if wanted is None else (ground.project(wanted),)
    holders = [Holder(each.gitlab_project, partial(ground.outside, each, times=times, width=1)) for each in projects]
    return token_report.told(check_tokens(holders, request_id=delivery.request_id, together=Threads()))
