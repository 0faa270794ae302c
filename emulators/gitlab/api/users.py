"""REST: who the token belongs to, everybody else, and the version."""

from functools import partial

from emulators.gitlab.access import caller
from emulators.gitlab.errors import not_found
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.project import Record
from emulators.gitlab.records import numbered
from emulators.gitlab.router import VERSION
from emulators.gitlab.shapes import user_json
from emulators.gitlab.user import User
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router


def routes(router: Router, world: World) -> None:
    """`/user`, `/users` and `/version`."""
    router.add("GET", "/user", partial(_user, world))
    router.add("GET", "/version", partial(_version, world))
    router.add("GET", "/users", partial(_list, world))
    router.add("GET", "/users/:user_id", partial(_one, world))


def _user(world: World, call: Call) -> Answer:
    user = caller(world, call)
    return Answer(200, user_json(world, user) | _own(world, user))


def _own(world: World, user: User) -> Record:
    """What only the user itself sees."""
    own = {"email": user.email, "commit_email": user.email, "bot": user.bot}
    return own | {"namespace_id": world.namespaces.personal(user.username)}


def _version(world: World, call: Call) -> Answer:
    caller(world, call)
    return Answer(200, {"version": VERSION, "revision": "0000000000a"})


def _list(world: World, call: Call) -> Answer:
    """`username` is exact, `search` any part of the names."""
    caller(world, call)
    given = params(call)
    exact, search = given.text("username").lower(), given.text("search").lower()
    found = [one for one in list(world.users.values()) if exact in ("", one.username)]
    found = [one for one in found if search in f"{one.username} {one.name}".lower()]
    return paginated(world, call, found[::-1], render=lambda one: user_json(world, one))


def _one(world: World, call: Call) -> Answer:
    caller(world, call)
    user = world.users.get(numbered(call.names["user_id"]))
    if user is None:
        raise not_found("User")
    return Answer(200, user_json(world, user) | {"bot": user.bot})
