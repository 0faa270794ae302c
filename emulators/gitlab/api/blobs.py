"""Blobs by their sha: as JSON, and raw."""

import base64
from functools import partial

from emulators.gitlab.access import caller, project_of
from emulators.gitlab.errors import not_found
from emulators.gitlab.limits import check_size
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ONE = "/projects/:id/repository/blobs/:sha"


def routes(router: Router, world: World) -> None:
    router.add("GET", _ONE, partial(_get, world))
    router.add("GET", f"{_ONE}/raw", partial(_raw, world))


def _get(world: World, call: Call) -> Answer:
    content = _content(world, call)
    check_size(world.windows, call.names["id"], caller(world, call).id, settings=world.settings, size=len(content))
    text = base64.b64encode(content).decode()
    return Answer(200, {"size": len(content), "encoding": "base64", "content": text, "sha": call.names["sha"]})


def _raw(world: World, call: Call) -> Answer:
    return Answer(200, _content(world, call), {"Content-Type": "text/plain; charset=utf-8"})


def _content(world: World, call: Call) -> bytes:
    content = project_of(world, call).repository.blob_by_sha(call.names["sha"])
    if content is None:
        raise not_found("Blob")
    return content
