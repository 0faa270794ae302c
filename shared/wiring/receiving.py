"""What the webhook is made of."""

import functools
from collections.abc import Callable, Mapping

from .. import logs
from ..adapters.clock import SystemClock
from ..adapters.pubsub import PubSubPublisher
from ..domain import hook_shapes, signature
from ..domain.errors import Permanent
from ..flows.receive import Door, Doors, Knock, Received, receive
from ..projects import ProjectSettings
from ..settings import Settings
from . import vault


def receiver(environ: Mapping[str, str]) -> Callable[[Knock], Received]:
    """Raises Refused `settings-invalid`; the result raises Permanent `hook-secret-missing` while nothing could fit."""
    settings = Settings.read(environ)
    logs.configure(settings.log_level)
    secrets = vault.secrets(settings, environ)
    publisher = PubSubPublisher(project=settings.google_cloud_project, emulator=settings.pubsub_emulator_host)
    clock = SystemClock()
    named = (project.secrets for project in settings.projects)
    names = dict.fromkeys(name for each in named for name in (each.gitlab_webhook_token, each.gitlab_signing_token))

    def opens(project: ProjectSettings) -> Door:
        names = project.secrets
        tokens = vault.accepted(secrets, names.gitlab_webhook_token)
        keys = vault.accepted(secrets, names.gitlab_signing_token)
        return Door(project.gitlab_project, signature.secrets(tokens, keys))

    @functools.lru_cache(maxsize=1)
    def open_with(_values: tuple[tuple[str, ...], ...]) -> Doors:
        doors = {door.project: door for door in map(opens, settings.projects) if door.secrets}
        if not doors:
            raise Permanent("hook-secret-missing", "no project has a webhook secret; nothing can be let in")
        return Doors(tuple(doors.values()), lambda spoken_of: find(doors, spoken_of))

    def find(doors: Mapping[str, Door], spoken_of: hook_shapes.Project) -> Door | None:
        project = settings.project_of_hook(id=spoken_of.id, path=spoken_of.path)
        return None if project is None else doors.get(project.gitlab_project)

    def run(knock: Knock) -> Received:
        # The doors stay as they are while the secrets do.
        doors = open_with(tuple(map(secrets.values, names)))
        return receive(knock, doors=doors, publisher=publisher, now=clock.now())

    return run
