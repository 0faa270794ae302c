"""What all subscribers stand on: the settings, the connections kept between deliveries, and the ports of one run."""

import functools
from collections.abc import Mapping
from contextlib import ExitStack

from .. import logs
from ..adapters.aic.connection import AicConnection
from ..adapters.aic.place import AicPlace
from ..adapters.aic.workspace import AicWorkspace
from ..adapters.clock import SystemClock
from ..adapters.gitlab.connection import GitlabConnection
from ..adapters.gitlab.repository import GitlabRepository
from ..adapters.pubsub import PubSubPublisher
from ..adapters.threads import Threads
from ..deadline import Deadline
from ..domain.delivery import Delivery
from ..domain.errors import Refused
from ..flows.outside import Outside
from ..flows.pace import Pace
from ..projects import ProjectSettings
from ..settings import Settings
from . import vault

WORK, LAST_WORK, RESERVE = 0.8, 0.6, 0.9
"""Shares of the ack deadline: for a run, for one that nobody will deliver again, and for giving up and telling."""


class Ground:
    """Connections outlive a run, so that the next one finds them open; a rotated secret makes a new one."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises Refused `settings-invalid`."""
        self.settings = Settings.read(environ)
        logs.configure(self.settings.log_level)
        self.clock = SystemClock()
        self.publisher = PubSubPublisher(
            project=self.settings.google_cloud_project, emulator=self.settings.pubsub_emulator_host
        )
        self._secrets = vault.secrets(self.settings, environ)
        self._open = ExitStack()
        self._gitlab = functools.cache(self._to_gitlab)
        self._aic = functools.cache(self._to_aic)

    def close(self) -> None:
        """Closes the connections."""
        self._open.close()

    def project(self, path: str) -> ProjectSettings:
        """Raises Refused `project-unknown`."""
        project = self.settings.project(path)
        if project is None:
            raise Refused("project-unknown", f"the settings have no project `{path}`")
        return project

    def final(self, delivery: Delivery) -> bool:
        """Whether nobody will deliver it again."""
        return delivery.attempt >= self.settings.delivery_attempts

    def outside(self, project: ProjectSettings, *, final: bool, width: int) -> Outside:
        """The ports of one run that asks AIC for at most `width` things at once; raises what secrets raise."""
        ack = self.settings.ack_deadline_seconds
        reserve = Deadline.within(self.clock, seconds=RESERVE * ack)
        gitlab = self._gitlab(self.settings.gitlab_url, vault.newest(self._secrets, project.secrets.gitlab_token))
        key = vault.newest(self._secrets, project.secrets.aic_api_key)
        aic = self._aic(self.settings.aic_url(project), key, width)
        pace = Pace(width)

        def bound(deadline: Deadline) -> Outside:
            repository = GitlabRepository(
                gitlab, project.gitlab_project, deadline=deadline, number=project.gitlab_project_id
            )
            places = functools.cache(functools.partial(_place, aic, project, pace, deadline))
            return Outside(
                repository=repository,
                open_workspace=lambda name: AicWorkspace(places(name)),
                publisher=self.publisher,
                clock=self.clock,
                together=Threads(),
                pace=pace,
                deadline=deadline,
                in_reserve=lambda: bound(reserve),
            )

        return bound(Deadline.within(self.clock, seconds=(LAST_WORK if final else WORK) * ack))

    def _to_gitlab(self, url: str, token: str) -> GitlabConnection:
        connection = GitlabConnection(url, token)
        self._open.callback(connection.close)
        return connection

    def _to_aic(self, url: str, key: str, connections: int) -> AicConnection:
        connection = AicConnection(url, key, connections=connections)
        self._open.callback(connection.close)
        return connection


def _place(
    connection: AicConnection, project: ProjectSettings, pace: Pace, deadline: Deadline, workspace: str
) -> AicPlace:
    return AicPlace(
        connection, project=project.aic_project, workspace=workspace, deadline=deadline, on_trouble=pace.trouble
    )
