"""The AIC stand-in put together, and as a process."""

import argparse
import threading
from wsgiref.types import WSGIApplication

from emulators.aic.admin import Admin
from emulators.aic.api import routes
from emulators.aic.pages import Pages
from emulators.aic.wording import fault_answer
from emulators.aic.world import World
from emulators.control import Control
from emulators.faults import Rule
from emulators.server import announce, application, serve
from emulators.settings import Settings

PREFIX = "/apis/core/v1"
SETTINGS: dict[str, object] = {
    "duplicate_title": ("409", "create second"),
    "upsert": ("merge", "replace"),
    "duplicate_folder": ("ok", "409"),
    "defaults": ("off", "add"),
    "stale_reads": 0,
    "empty_above": 0,
    "require_key": "",
}


def build() -> WSGIApplication:
    """A whole AIC of its own, empty."""
    world = World()
    admin = Admin(world)
    control = Control(
        settings=SETTINGS,
        reset=world.reset,
        seed=admin.seed,
        dump=admin.dump,
        fault_answer=fault_answer,
        under_load=overload,
    )
    for name, handler in admin.calls().items():
        control.on("POST", name, handler)
    return application(routes(world, control.settings), control, prefix=PREFIX, elsewhere=Pages(world).answer)


def overload(settings: Settings, under_way: int) -> Rule | None:
    """Too many requests side by side are carried out all the same, and answered 200 with an empty body."""
    limit = settings.number("empty_above")
    return Rule("empty", phase="after") if 0 < limit < under_way else None


def run(arguments: argparse.Namespace) -> int:
    """Serves until a signal ends the process."""
    with serve(build(), port=arguments.port) as running:
        announce(port=running.port)
        threading.Event().wait()
    return 0
