"""The GitLab stand-in put together: the world, its API and its control plane, and the server that carries them."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from emulators.control import Control
from emulators.gitlab import admin, limits, record_keeping
from emulators.gitlab.access import secret
from emulators.gitlab.api import (
    archive,
    blobs,
    branches,
    commits,
    compare,
    files,
    groups,
    issues,
    labels,
    members,
    namespaces,
    projects,
    protected_branches,
    tokens,
    tree,
)
from emulators.gitlab.defaults import SETTINGS
from emulators.gitlab.front import door
from emulators.gitlab.router import GitLabRouter, fault_answer
from emulators.gitlab.world import World
from emulators.routing import Call
from emulators.server import Running, application, serve
from emulators.settings import Settings

_REPOSITORY = (archive, blobs, branches, commits, compare, files, protected_branches, tree)
_PLACES = (groups, issues, labels, members, namespaces, projects, tokens)


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
    router = GitLabRouter(throttle=partial(_throttle, world))
    for module in (*_REPOSITORY, *_PLACES):
        module.routes(router, world)
    sender = record_keeping.attach(router, world)
    served = application(router, control, elsewhere=door(world, control))
    with closing(sender), serve(served, port) as running:
        world.base_url = running.url
        yield running


def _throttle(world: World, call: Call) -> Mapping[str, str]:
    return limits.throttle(world.windows, secret(call), most=int(world.settings.number("requests_per_minute")))
