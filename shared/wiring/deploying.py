"""What a deploy is made of."""

import functools
from collections.abc import Mapping
from contextlib import ExitStack

from .. import logs
from ..adapters.aic.connection import AicConnection
from ..adapters.aic.workspace import AicWorkspace
from ..adapters.clock import SystemClock
from ..adapters.gitlab.connection import GitlabConnection
from ..adapters.gitlab.repository import GitlabRepository
from ..adapters.threads import Threads
from ..deadline import Deadline
from ..domain.delivery import Delivery
from ..domain.errors import Refused
from ..domain.messages import deploy as message
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


class Deployer:
    """What an instance keeps between deliveries.

    Connections outlive a run, so that the next one finds them open; a rotated secret makes a new one.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises Refused `settings-invalid`."""
        self._settings = Settings.read(environ)
        logs.configure(self._settings.log_level)
        self._secrets = vault.secrets(self._settings, environ)
        self._open = ExitStack()
        self._gitlab = functools.cache(self._to_gitlab)
        self._aic = functools.cache(self._to_aic)

    def close(self) -> None:
        """Closes the connections."""
        self._open.close()

    def run(self, delivery: Delivery) -> Report:
        """One delivery, from its message to the report; raises Refused for a bad message, and what a deploy raises."""
        request = message.read(delivery.data)
        project = self._settings.project(request.project)
        if project is None:
            raise Refused("project-unknown", f"the settings have no project `{request.project}`")
        final = delivery.attempt >= self._settings.delivery_attempts
        order = Order(request, frozenset(project.workspaces), delivery.by_hand, final, _merge_request(delivery))
        return deploy(order, self._outside(project, final=final))

    def _outside(self, project: ProjectSettings, *, final: bool) -> Outside:
        clock, ack = SystemClock(), self._settings.ack_deadline_seconds
        reserve = Deadline.within(clock, seconds=RESERVE * ack)
        token = vault.newest(self._secrets, project.secrets.gitlab_token)
        key = vault.newest(self._secrets, project.secrets.aic_api_key)
        gitlab = self._gitlab(self._settings.gitlab_url, token)
        aic = self._aic(self._settings.aic_url(project), key, project.aic_concurrency)
        pace = Pace(project.aic_concurrency)

        def bound(deadline: Deadline) -> Outside:
            repository = GitlabRepository(
                gitlab, project.gitlab_project, deadline=deadline, number=project.gitlab_project_id
            )
            opened = functools.partial(_workspace, aic, project, pace, deadline)
            return Outside(repository, opened, clock, Threads(), pace, deadline, lambda: bound(reserve))

        return bound(Deadline.within(clock, seconds=(LAST_WORK if final else WORK) * ack))

    def _to_gitlab(self, url: str, token: str) -> GitlabConnection:
        connection = GitlabConnection(url, token)
        self._open.callback(connection.close)
        return connection

    def _to_aic(self, url: str, key: str, connections: int) -> AicConnection:
        connection = AicConnection(url, key, connections=connections)
        self._open.callback(connection.close)
        return connection


def _workspace(
    connection: AicConnection, project: ProjectSettings, pace: Pace, deadline: Deadline, name: str
) -> AicWorkspace:
    return AicWorkspace(
        connection, project=project.aic_project, workspace=name, deadline=deadline, on_trouble=pace.trouble
    )


def _merge_request(delivery: Delivery) -> int | None:
    """The one whose merge the webhook saw; a person's message can't claim one."""
    number = delivery.attributes.get("merge_request", "")
    return int(number) if number.isdecimal() and not delivery.by_hand else None
