"""The stand-in of Cloud Storage put together, and as a process."""

import argparse
import threading
from wsgiref.types import WSGIApplication

from emulators.control import Control
from emulators.faults import STATUSES
from emulators.routing import Answer, Router
from emulators.server import announce, application, serve
from emulators.storage import buckets, copies, objects, uploads
from emulators.storage.access import Access
from emulators.storage.admin import Admin
from emulators.storage.shapes import error
from emulators.storage.world import World

SETTINGS: dict[str, object] = {"require_token": ""}


def build() -> WSGIApplication:
    """A whole Cloud Storage of its own, without buckets."""
    world = World()
    admin = Admin(world)
    control = Control(settings=SETTINGS, reset=world.reset, seed=admin.seed, dump=admin.dump, fault_answer=fault_answer)
    control.on("POST", "damage", admin.damage)
    access = Access(world, control.settings)
    router = Router(gate=access.check_token, words=words)
    for part in (buckets, objects, uploads, copies):
        part.add_routes(router, access)
    return application(router, control, prefix="")


def words(status: int, why: str) -> Answer:
    """What there is in Google's API and not here is 501, since its clients take a 404 for an object that is missing."""
    if status == 400:
        return error(400, f"Parse Error: {why}")
    return error(501, "This stand-in has no such method.")


def fault_answer(kind: str) -> Answer:
    """In Google's shape; `empty` and `malformed` are 200 with a body of no use."""
    if kind in STATUSES:
        return error(int(kind), "A fault on order.")
    return Answer(200, b'{"kind": "storage#obj' if kind == "malformed" else None)


def run(arguments: argparse.Namespace) -> int:
    """Serves until a signal ends the process."""
    with serve(build(), port=arguments.port) as running:
        announce(port=running.port)
        threading.Event().wait()
    return 0
