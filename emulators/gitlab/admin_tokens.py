"""The control plane's word on tokens: until when one lives, and what it may."""

from datetime import date

from emulators.control import refused
from emulators.gitlab.parameters import Params
from emulators.gitlab.world import World
from emulators.routing import Answer, Call


def put(world: World, call: Call) -> Answer:
    """`{"token": text, "expires_at"?: date, "scopes"?: [text], "revoked"?: bool}`: the token is so from now on."""
    body = call.json()
    given = Params(body if isinstance(body, dict) else {})
    with world.lock:
        token = world.token_for(given.text("token"))
        if token is None:
            raise refused("token is a text, and the one that is required if there is one")
        if "expires_at" in given:
            token.expires_at = _day(given.optional("expires_at"))
        token.scopes = tuple(given.texts("scopes")) or token.scopes
        token.revoked = given.flag("revoked", default=token.revoked)
    return Answer(200, {"id": token.id, "user_id": token.user.id, "username": token.user.username})


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise refused("expires_at is a date") from error
