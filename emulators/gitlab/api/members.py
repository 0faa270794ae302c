"""REST: the members of projects and groups, and their levels."""

from functools import partial

from emulators.gitlab.access import caller, maintained, project_of
from emulators.gitlab.api.groups import group_of
from emulators.gitlab.errors import invalid, message, not_found
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Record
from emulators.gitlab.protection import DEVELOPER, GUEST, MAINTAINER, OWNER, REPORTER
from emulators.gitlab.records import numbered
from emulators.gitlab.shapes import user_json
from emulators.gitlab.user import User
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_LEVELS = (GUEST, 15, REPORTER, DEVELOPER, MAINTAINER, OWNER)
_KINDS = ("projects", "groups")


def routes(router: Router, world: World) -> None:
    """`/all` shows those of the groups above too."""
    for kind in _KINDS:
        every = f"/{kind}/:id/members"
        router.add("GET", every, partial(_list, world, kind=kind, inherited=False))
        router.add("GET", f"{every}/all", partial(_list, world, kind=kind, inherited=True))
        router.add("POST", every, partial(_add, world, kind=kind))
        router.add("GET", f"{every}/:user_id", partial(_get, world, kind=kind, inherited=False))
        router.add("GET", f"{every}/all/:user_id", partial(_get, world, kind=kind, inherited=True))
        router.add("PUT", f"{every}/:user_id", partial(_change, world, kind=kind))
        router.add("DELETE", f"{every}/:user_id", partial(_remove, world, kind=kind))


def _members(world: World, call: Call, *, kind: str, change: bool = False) -> dict[int, int]:
    """The very members of the project or group, for those who may see or change them."""
    if kind == "groups":
        return group_of(world, call, least=OWNER if change else GUEST).members
    return (maintained(world, call) if change else project_of(world, call)).members


def _shown(world: World, call: Call, *, kind: str, inherited: bool) -> dict[int, int]:
    own = _members(world, call, kind=kind)
    if not inherited:
        return own
    path = project_of(world, call).namespace if kind == "projects" else group_of(world, call).full_path
    every: dict[int, int] = {}
    for members in [own, *(group.members for group in world.namespaces.lineage(path))]:
        every |= {number: max(level, every.get(number, 0)) for number, level in members.items()}
    return every


def _json(world: World, user: User, level: int) -> Record:
    return user_json(world, user) | {"access_level": level, "expires_at": None, "membership_state": "active"}


def _list(world: World, call: Call, *, kind: str, inherited: bool) -> Answer:
    members, wanted = _shown(world, call, kind=kind, inherited=inherited), params(call).text("query").lower()
    found = [world.users[number] for number in members if wanted in world.users[number].username]
    return paginated(world, call, found, render=lambda user: _json(world, user, members[user.id]))


def _add(world: World, call: Call, *, kind: str) -> Answer:
    members, given = _members(world, call, kind=kind, change=True), params(call)
    if not given.text("user_id") and not given.text("username"):
        raise invalid("user_id, username are missing, exactly one parameter must be provided")
    level, user = _level(given), _user(world, given)
    if user.id in members:
        raise message(409, "Member already exists")
    members[user.id] = level
    return Answer(201, _json(world, user, level))


def _user(world: World, given: Params) -> User:
    for user in list(world.users.values()):
        if user.id == given.number("user_id") or user.username == given.text("username"):
            return user
    raise not_found("User")


def _level(given: Params) -> int:
    given.demand("access_level")
    level = given.number("access_level")
    if level not in _LEVELS:
        raise invalid("access_level does not have a valid value")
    return level


def _get(world: World, call: Call, *, kind: str, inherited: bool) -> Answer:
    members = _shown(world, call, kind=kind, inherited=inherited)
    number = _known(members, call)
    return Answer(200, _json(world, world.users[number], members[number]))


def _change(world: World, call: Call, *, kind: str) -> Answer:
    members = _members(world, call, kind=kind, change=True)
    number = _known(members, call)
    members[number] = _level(params(call))
    return Answer(200, _json(world, world.users[number], members[number]))


def _remove(world: World, call: Call, *, kind: str) -> Answer:
    """Anybody may leave."""
    own = call.names["user_id"] == str(caller(world, call).id)
    members = _members(world, call, kind=kind, change=not own)
    members.pop(_known(members, call))
    return Answer(204)


def _known(members: dict[int, int], call: Call) -> int:
    number = numbered(call.names["user_id"])
    if number not in members:
        raise message(404, "404 Not found")
    return number
