"""REST: personal access tokens, and the tokens of projects, whose users are bots of their own."""

from datetime import date, timedelta
from functools import partial

from emulators.gitlab.access import caller, holder, level_of, maintained, narrow, secret
from emulators.gitlab.errors import bad_request, forbidden, invalid, message, not_found
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Record
from emulators.gitlab.protection import DEVELOPER, GUEST, MAINTAINER, OWNER, REPORTER
from emulators.gitlab.records import choice, numbered
from emulators.gitlab.shapes import iso
from emulators.gitlab.tokens import LONGEST_LIFE, Token
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_PERSONAL = "/personal_access_tokens"
_PROJECT = "/projects/:id/access_tokens"
_SCOPES = (
    "api", "read_api", "read_user", "read_repository", "write_repository", "read_registry", "write_registry",
    "create_runner", "manage_runner", "ai_features", "k8s_proxy", "self_rotate",
)  # fmt: skip
_STATES = ("active", "inactive")
_LEVELS = (GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER)


def routes(router: Router, world: World) -> None:
    router.add("GET", _PERSONAL, partial(_own, world))
    router.add("GET", f"{_PERSONAL}/self", partial(_self, world))
    router.add("DELETE", f"{_PERSONAL}/self", partial(_revoke_self, world))
    router.add("POST", f"{_PERSONAL}/self/rotate", partial(_rotate_self, world))
    router.add("GET", f"{_PERSONAL}/:token_id", partial(_get, world))
    router.add("DELETE", f"{_PERSONAL}/:token_id", partial(_revoke, world))
    router.add("POST", f"{_PERSONAL}/:token_id/rotate", partial(_rotate, world))
    router.add("GET", _PROJECT, partial(_bots, world))
    router.add("POST", _PROJECT, partial(_create_bot, world))
    router.add("POST", f"{_PROJECT}/self/rotate", partial(_rotate_self, world))
    router.add("GET", f"{_PROJECT}/:token_id", partial(_get_bot, world))
    router.add("DELETE", f"{_PROJECT}/:token_id", partial(_revoke_bot, world))
    router.add("POST", f"{_PROJECT}/:token_id/rotate", partial(_rotate_bot, world))


def _json(world: World, token: Token, *, shown: bool = False) -> Record:
    """The token itself is `shown` once, when it is made."""
    shape: Record = {
        "id": token.id,
        "name": token.name,
        "revoked": token.revoked,
        "created_at": iso(token.created_at),
        "description": token.description,
        "scopes": list(token.scopes),
        "user_id": token.user.id,
        "last_used_at": iso(token.last_used_at) if token.last_used_at else None,
        "active": token.alive(world.clock().date()),
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
    }
    if token.user.home is not None:
        shape |= {"access_level": token.level, "resource_type": "project", "resource_id": token.user.home}
    return shape | ({"token": token.secret} if shown else {})


def _self(world: World, call: Call) -> Answer:
    """For a token of whatever scope."""
    return Answer(200, _json(world, holder(world, call)))


def _revoke_self(world: World, call: Call) -> Answer:
    holder(world, call).revoked = True
    return Answer(204)


def _rotate_self(world: World, call: Call) -> Answer:
    """A dead token that is used here takes its living relatives along."""
    dead = world.tokens.find(secret(call))
    if dead is not None and dead.revoked:
        world.tokens.revoke_family(dead)
    token = holder(world, call)
    if not {"api", "self_rotate"} & set(token.scopes):
        raise narrow("api", "self_rotate")
    named = call.names.get("id")
    home = world.project(named) if named else None
    if named and (home is None or home.id != token.user.home):
        raise message(405, "405 Method Not Allowed")
    return _rotated(world, token, params(call))


def _rotated(world: World, token: Token, given: Params) -> Answer:
    with world.lock:
        if token.revoked:
            world.tokens.revoke_family(token)
            raise bad_request("token already revoked")
        successor = world.tokens.rotate(token, expires_at=_expiry(world, given))
    return Answer(200, _json(world, successor, shown=True))


def _expiry(world: World, given: Params) -> date | None:
    """None when it is not said; at most a year ahead."""
    if not given.text("expires_at"):
        return None
    try:
        day = date.fromisoformat(given.text("expires_at"))
    except ValueError as error:
        raise invalid("expires_at is invalid") from error
    today = world.clock().date()
    if day <= today:
        raise bad_request("Expiration date must be in the future")
    if day > today + LONGEST_LIFE:
        raise bad_request(f"Expires at must expire in {LONGEST_LIFE.days} days")
    return day


def _own(world: World, call: Call) -> Answer:
    user, given = caller(world, call), params(call)
    found = [token for token in world.tokens.every() if token.user.id == user.id]
    state = choice(given, "state", among=("", *_STATES), default="")
    if state:
        found = [token for token in found if token.alive(world.clock().date()) is (state == "active")]
    if given.get("revoked") is not None:
        found = [token for token in found if token.revoked is given.flag("revoked")]
    found = [token for token in found if given.text("search").lower() in token.name.lower()]
    return paginated(world, call, found, render=lambda token: _json(world, token))


def _get(world: World, call: Call) -> Answer:
    return Answer(200, _json(world, _personal(world, call)))


def _revoke(world: World, call: Call) -> Answer:
    _personal(world, call).revoked = True
    return Answer(204)


def _rotate(world: World, call: Call) -> Answer:
    token = world.tokens.by_id(numbered(call.names["token_id"]))
    if token is not None and token.user.home is not None:
        raise message(405, "405 Method Not Allowed")
    return _rotated(world, _personal(world, call), params(call))


def _personal(world: World, call: Call) -> Token:
    user, token = caller(world, call), world.tokens.by_id(numbered(call.names["token_id"]))
    if token is None or token.user.id != user.id:
        raise not_found("Personal Access Token")
    return token


def _bots(world: World, call: Call) -> Answer:
    """The living ones, unless the dead are asked for."""
    project, today = maintained(world, call), world.clock().date()
    alive = choice(params(call), "state", among=_STATES, default="active") == "active"
    found = [token for token in world.tokens.every() if token.user.home == project.id and token.alive(today) is alive]
    return paginated(world, call, found, render=lambda token: _json(world, token))


def _create_bot(world: World, call: Call) -> Answer:
    """A member of the project, and of nothing else, comes with it."""
    project, given = maintained(world, call), params(call)
    given.demand("name", "scopes")
    scopes, level = tuple(given.texts("scopes")), given.number("access_level", MAINTAINER)
    if not scopes or not set(scopes) <= set(_SCOPES):
        raise invalid("scopes does not have a valid value")
    if level not in _LEVELS:
        raise invalid("access_level does not have a valid value")
    expires_at = _expiry(world, given) or world.clock().date() + timedelta(days=30)
    if level > level_of(world, project, caller(world, call)):
        raise forbidden()
    user = world.add_user(home=project.id)
    token = world.tokens.issue(user, name=given.text("name"), scopes=scopes, level=level)
    token.expires_at, token.description = expires_at, given.optional("description")
    project.members[user.id] = level
    return Answer(201, _json(world, token, shown=True))


def _get_bot(world: World, call: Call) -> Answer:
    return Answer(200, _json(world, _bot(world, call)))


def _revoke_bot(world: World, call: Call) -> Answer:
    token = _bot(world, call)
    token.revoked = True
    maintained(world, call).members.pop(token.user.id, None)
    return Answer(204)


def _rotate_bot(world: World, call: Call) -> Answer:
    return _rotated(world, _bot(world, call), params(call))


def _bot(world: World, call: Call) -> Token:
    project, token = maintained(world, call), world.tokens.by_id(numbered(call.names["token_id"]))
    if token is None or token.user.home != project.id:
        raise not_found("Could not find project access token with token_id: " + call.names["token_id"])
    return token
