"""What GitLab serves beside its API: git over HTTP, which is counted and faulted as the API is, and pages."""

from dataclasses import replace
from functools import partial

from emulators.control import Control
from emulators.gitlab.git import smart_http
from emulators.gitlab.pages.site import Pages
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Handler
from emulators.server import nowhere

_API = "/api"


def door(world: World, control: Control) -> Handler:
    """The handler of everything outside the API."""
    return partial(_answer, world, control, Pages(world))


def _answer(world: World, control: Control, pages: Pages, call: Call) -> Answer:
    if call.raw_path == _API or call.raw_path.startswith(f"{_API}/"):
        return nowhere(call)
    wanted = smart_http.wish(call)
    if wanted is None:
        return pages.answer(call)
    return control.carry(replace(call, route=wanted.route), partial(smart_http.answer, world, wanted=wanted))
