"""What a deploy is made of."""

import functools
from collections.abc import Callable, Mapping

from .. import logs
from ..adapters.aic.connection import AicConnection
from ..adapters.aic.workspace import AicWorkspace
from ..adapters.clock import SystemClock
from ..adapters.gitlab.connection import GitlabConnection
from ..adapters.gitlab.repository import GitlabRepository
from ..adapters.threads import Threads
from ..deadline import Deadline
from ..domain import message
from ..domain.errors import Refused
from ..domain.message import Delivery
from ..domain.report import Report
from ..flows.deploy import deploy
from ..flows.outside import Outside
from ..flows.pace import Pace
from ..flows.target import Order
from ..projects import ProjectSettings
from ..settings import Settings
from . import vault

WORK, LAST_WORK, RESERVE = 0.8, 0.6, 0.9
"""Shares of the ack deadline: for a run, for one that nobody will deliver again, and for giving up and telling."""


def deployer(environ: Mapping[str, str]) -> Callable[[Delivery], Report]:
    """Raises Refused `settings-invalid`; the result raises Refused for a bad message, and what a deploy raises."""
    settings = Settings.read(environ)
    logs.configure(settings.log_level)
    secrets = vault.secrets(settings, environ)
    # Connections outlive a run, so that the next one finds them open; a rotated secret makes a new one.
    gitlab = functools.lru_cache(maxsize=16)(GitlabConnection)
    aic = functools.lru_cache(maxsize=16)(AicConnection)

    def run(delivery: Delivery) -> Report:
        request = message.decode(delivery.data)
        project = settings.project(request.project)
        if project is None:
            raise Refused("project-unknown", f"the settings have no project `{request.project}`")
        final = delivery.attempt >= settings.delivery_attempts
        merge_request = delivery.attributes.get("merge_request", "")
        order = Order(
            request,
            frozenset(project.workspaces),
            delivery.by_hand,
            final,
            int(merge_request) if merge_request.isdecimal() and not delivery.by_hand else None,
        )
        return deploy(order, outside(project, final=final))

    def outside(project: ProjectSettings, *, final: bool) -> Outside:
        clock, ack = SystemClock(), settings.ack_deadline_seconds
        pace = Pace(project.aic_concurrency)
        reserve = Deadline.within(clock, seconds=RESERVE * ack)
        token = vault.newest(secrets, project.secrets.gitlab_token)
        key = vault.newest(secrets, project.secrets.aic_api_key)

        def bound(deadline: Deadline) -> Outside:
            return Outside(
                GitlabRepository(
                    gitlab(settings.gitlab_url, token),
                    project.gitlab_project,
                    deadline=deadline,
                    number=project.gitlab_project_id,
                ),
                lambda name: AicWorkspace(
                    aic(settings.aic_url(project), key, connections=project.aic_concurrency),
                    project=project.aic_project,
                    workspace=name,
                    deadline=deadline,
                    on_trouble=pace.trouble,
                ),
                clock,
                Threads(),
                pace,
                deadline,
                lambda: bound(reserve),
            )

        return bound(Deadline.within(clock, seconds=(LAST_WORK if final else WORK) * ack))

    return run
