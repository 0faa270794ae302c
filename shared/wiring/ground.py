"""What all subscribers stand on: the settings, the connections kept between deliveries, and the ports of one run."""

import functools
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from .. import logs
from ..adapters.aic.connection import AicConnection
from ..adapters.aic.desk import AicDesk
from ..adapters.aic.place import AicPlace
from ..adapters.aic.workspace import AicWorkspace
from ..adapters.clock import SystemClock
from ..adapters.gitlab.connection import GitlabConnection
from ..adapters.gitlab.repository import GitlabRepository
from ..adapters.pubsub import PubSubPublisher
from ..adapters.storage.connection import StorageConnection, anonymous
from ..adapters.threads import Threads
from ..adapters.zips import ZipArchives
from ..deadline import Deadline
from ..domain.delivery import Delivery
from ..domain.errors import Refused
from ..domain.ledger import Ear
from ..domain.occasion import Kind, Medium
from ..flows.outside import Outside
from ..flows.pace import Pace
from ..ports.aic import Drive
from ..projects import ProjectSettings
from ..settings import Settings
from . import drives, vault

WORK, LAST_WORK, RESERVE = 0.8, 0.6, 0.9
"""Shares of the ack deadline: for a run, for one that nobody will deliver again, and for giving up and telling."""


@dataclass(frozen=True, slots=True)
class Times:
    """Until when a run works, and until when it may give up in order and tell people."""

    work: Deadline
    reserve: Deadline


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
        self._storage = functools.cache(self._to_storage)

    def close(self) -> None:
        """Closes the connections."""
        self._open.close()

    def project(self, path: str) -> ProjectSettings:
        """Raises Refused `project-unknown`."""
        project = self.settings.project(path)
        if project is None:
            raise Refused("project-unknown", f"the settings have no project `{path}`")
        return project

    def ears(self, project: ProjectSettings, kind: str) -> tuple[Ear, ...]:
        """Who is to hear of news of that kind, by the channels that are set up."""
        ways = {Medium.EMAIL: self.settings.smtp_url, Medium.SLACK: self.settings.slack_api_url}
        media = (each for each in project.notify.media(kind) if ways[Medium(each)])
        return tuple(Ear(medium, target) for medium in media for target in project.notify.targets(medium))

    def secret(self, name: str) -> str:
        """The newest value; raises Permanent `secret-missing`."""
        return vault.newest(self._secrets, name)

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a secret, the newest first; none where it has none."""
        return vault.accepted(self._secrets, name)

    def gitlab(self, project: ProjectSettings) -> GitlabConnection:
        """The connection with the project's token; raises what secrets raise."""
        return self._gitlab(self.settings.gitlab_url, vault.newest(self._secrets, project.secrets.gitlab_token))

    def hide(self, *names: str) -> None:
        """From now on the values of these secrets can't be told."""
        for name in names:
            self.values(name)

    def final(self, delivery: Delivery) -> bool:
        """Whether nobody will deliver it again."""
        return delivery.attempt >= self.settings.delivery_attempts

    def times(self, delivery: Delivery) -> Times:
        """The deadlines of a run that starts now."""
        ack, work = self.settings.ack_deadline_seconds, LAST_WORK if self.final(delivery) else WORK
        return Times(
            Deadline.within(self.clock, seconds=work * ack), Deadline.within(self.clock, seconds=RESERVE * ack)
        )

    def outside(self, project: ProjectSettings, *, times: Times, width: int) -> Outside:
        """The ports of one run that asks AIC for at most `width` things at once; raises what secrets raise."""
        gitlab, pace = self.gitlab(project), Pace(width)

        def aic() -> AicConnection:
            key = vault.newest(self._secrets, project.secrets.aic_api_key)
            return self._aic(self.settings.aic_url(project), key, width)

        def bound(deadline: Deadline) -> Outside:
            repository = GitlabRepository(
                gitlab, project.gitlab_project, deadline=deadline, number=project.gitlab_project_id
            )
            places = functools.cache(lambda name: _place(aic(), project, name, pace=pace, deadline=deadline))

            def open_drive(workspace: str, name: str) -> Drive:
                """One and the same for a whole run: it knows which folders it has made."""
                return drives.opened(
                    name,
                    project=project.gitlab_project,
                    workspace=workspace,
                    aic=lambda: places(workspace),
                    storage=self._storage,
                    deadline=deadline,
                )

            return Outside(
                repository=repository,
                open_workspace=lambda name: AicWorkspace(places(name)),
                open_drive=functools.cache(open_drive),
                open_desk=lambda name: AicDesk(places(name)),
                archives=ZipArchives(),
                publisher=self.publisher,
                clock=self.clock,
                together=Threads(),
                pace=pace,
                deadline=deadline,
                in_reserve=lambda: bound(times.reserve),
                heard_of=frozenset(kind for kind in Kind if self.ears(project, kind)),
            )

        return bound(times.work)

    def _to_gitlab(self, url: str, token: str) -> GitlabConnection:
        connection = GitlabConnection(url, token)
        self._open.callback(connection.close)
        return connection

    def _to_storage(self) -> StorageConnection:
        emulator = self.settings.storage_emulator_host
        connection = StorageConnection(emulator, credentials=anonymous) if emulator else StorageConnection()
        self._open.callback(connection.close)
        return connection

    def _to_aic(self, url: str, key: str, connections: int) -> AicConnection:
        connection = AicConnection(url, key, connections=connections)
        self._open.callback(connection.close)
        return connection


def _place(
    connection: AicConnection, project: ProjectSettings, workspace: str, *, pace: Pace, deadline: Deadline
) -> AicPlace:
    return AicPlace(
        connection, project=project.aic_project, workspace=workspace, deadline=deadline, on_trouble=pace.trouble
    )
