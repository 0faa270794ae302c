"""The GitLab stand-in put together: the world, its API and its control plane, and the server that carries them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from emulators.control import Control
from emulators.gitlab import admin, record_keeping
from emulators.gitlab.api import branches, commits, compare, files, projects, tree
from emulators.gitlab.defaults import SETTINGS
from emulators.gitlab.router import GitLabRouter, fault_answer
from emulators.gitlab.world import World
from emulators.server import Running, application, serve
from emulators.settings import Settings

_API = (branches, commits, compare, files, projects, tree)


@contextmanager
def start(data: Path, *, port: int = 0) -> Iterator[Running]:
    """Serves a GitLab without projects, whose repositories are below `data`; what was there is deleted."""
    world = World(data, settings=Settings(SETTINGS))
    control = Control(
        settings=dict(SETTINGS),
        reset=world.reset,
        seed=partial(admin.seed, world),
        dump=partial(admin.dump, world),
        fault_answer=fault_answer,
    )
    world.settings = control.settings
    admin.add_calls(control, world)
    router = GitLabRouter()
    for module in _API:
        module.routes(router, world)
    sender = record_keeping.attach(router, world)
    with closing(sender), serve(application(router, control), port) as running:
        world.base_url = running.url
        yield running
