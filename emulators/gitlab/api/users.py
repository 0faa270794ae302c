"""REST: who the token belongs to, the token itself, and the version."""

from functools import partial

from emulators.gitlab.access import caller
from emulators.gitlab.router import VERSION
from emulators.gitlab.shapes import iso, user_json
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router


def routes(router: Router, world: World) -> None:
    """`/user`, `/version` and `/personal_access_tokens/self`."""
    router.add("GET", "/user", partial(_user, world))
    router.add("GET", "/version", partial(_version, world))
    router.add("GET", "/personal_access_tokens/self", partial(_token, world))


def _user(world: World, call: Call) -> Answer:
    user = caller(world, call)
    return Answer(200, user_json(world, user) | {"email": user.email, "commit_email": user.email, "bot": user.bot})


def _version(world: World, call: Call) -> Answer:
    caller(world, call)
    return Answer(200, {"version": VERSION, "revision": "0000000000a"})


def _token(world: World, call: Call) -> Answer:
    user, now = caller(world, call), iso(world.clock())
    return Answer(
        200,
        {
            "id": user.id,
            "name": f"token of {user.username}",
            "revoked": False,
            "created_at": now,
            "description": None,
            "scopes": ["api"],
            "user_id": user.id,
            "last_used_at": now,
            "active": True,
            "expires_at": None,
        },
    )
