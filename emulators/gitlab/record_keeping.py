"""The records side of the stand-in in one call: its part of the API, and what follows the events of a world."""

from emulators.gitlab import auto_merge, pushes
from emulators.gitlab.api import (
    commit_notes,
    deployments,
    environments,
    hooks,
    merge_request_acts,
    merge_request_contents,
    merge_requests,
    notes,
    pipelines,
    statuses,
    users,
)
from emulators.gitlab.delivery import Sender
from emulators.gitlab.world import World
from emulators.routing import Router

_API = (
    commit_notes, deployments, environments, merge_request_acts, merge_request_contents, merge_requests, notes,
    pipelines, statuses, users,
)  # fmt: skip


def attach(router: Router, world: World) -> Sender:
    """Adds the routes and starts following pushes; the sender of web hooks is to be closed at the end."""
    for module in _API:
        module.routes(router, world)
    sender = Sender(world)
    hooks.routes(router, world, sender=sender)
    pushes.watch(world)
    auto_merge.watch(world)
    return sender
