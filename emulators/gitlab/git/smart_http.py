"""git's smart protocol over HTTP at `/<namespace>/<project>.git`: who may, and what happens then."""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass

from emulators.gitlab.access import level_of
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import ApiError
from emulators.gitlab.git import backend, pushes
from emulators.gitlab.project import Project
from emulators.gitlab.protection import DEVELOPER, GUEST, REPORTER
from emulators.gitlab.user import User
from emulators.gitlab.world import World
from emulators.routing import Answer, Call

_PATH = re.compile(r"/(?P<project>.+?)(?P<suffix>\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)")
_PULL, _PUSH = "git-upload-pack", "git-receive-pack"
_SCOPES = {
    _PULL: frozenset({"api", "read_repository", "write_repository"}),
    _PUSH: frozenset({"api", "write_repository"}),
}
_METHODS = {"info/refs": "GET", _PULL: "POST", _PUSH: "POST"}
_GZIP = 16 + zlib.MAX_WBITS
_DENIED = (
    "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or "
    "you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, "
    "or improperly scoped.\n"
)
_UNSEEN = "The project you were looking for could not be found or you don't have permission to view it.\n"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client of git asks for: `service` is the path, `goal` the program that it wants to talk to in the end."""

    path: str
    suffix: str
    service: str
    goal: str

    @property
    def route(self) -> str:
        """As logs and counters name it."""
        return f"/:project.git/{self.service}"


def wish(call: Call) -> Wish | None:
    """The wish of a request, None for one that is not git's."""
    found = _PATH.fullmatch(call.path)
    if found is None or "/-/" in call.path:
        return None
    service = found["service"]
    goal = call.query.get("service", [""])[-1] if service == "info/refs" else service
    return Wish(found["project"], found["suffix"] or "", service, goal)


def answer(world: World, call: Call, *, wanted: Wish) -> Answer:
    """What git is told; refusals are plain text, which it shows to its user."""
    if not wanted.suffix:
        return Answer(301, None, {"Location": f"{world.base_url}/{wanted.path}.git/{wanted.service}?{call.raw_query}"})
    try:
        return _served(world, call, wanted=wanted)
    except ApiError as refused:
        return refused.answer


def _served(world: World, call: Call, *, wanted: Wish) -> Answer:
    if wanted.goal not in _SCOPES or call.method != _METHODS[wanted.service]:
        raise _refusal(403, "Please upgrade your git client.\n")
    user = _user(world, call, goal=wanted.goal)
    project = _project(world, user, wanted=wanted)
    body = _body(call)
    if wanted.service == _PUSH:
        return pushes.receive(Act(world, project, user), call, body=body)
    return backend.run(call, directory=project.repository.path, service=wanted.service, body=body, told={})


def _user(world: World, call: Call, *, goal: str) -> User:
    """By basic authentication: any name, with a token as its password."""
    token = world.token_for(_password(call))
    if token is None or not token.alive(world.clock().date()) or not _SCOPES[goal] & set(token.scopes):
        raise ApiError(Answer(401, _DENIED, {"WWW-Authenticate": 'Basic realm="GitLab"'}))
    token.last_used_at = world.clock()
    return token.user


def _project(world: World, user: User, *, wanted: Wish) -> Project:
    project = world.project(wanted.path) or world.projects.get(world.moved.get(wanted.path.lower(), 0))
    level = level_of(world, project, user) if project else 0
    if project is None or wanted.path.isdecimal() or level < GUEST:
        raise _refusal(404, _UNSEEN)
    if level < REPORTER:
        raise _refusal(403, "You are not allowed to download code from this project.\n")
    if wanted.goal == _PUSH and level < DEVELOPER:
        raise _refusal(403, "You are not allowed to push code to this project.\n")
    return project


def _password(call: Call) -> str:
    scheme, _, encoded = call.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8", "replace").partition(":")[2]
    except binascii.Error:
        return ""


def _body(call: Call) -> bytes:
    """The body as it was before git packed it."""
    if call.headers.get("Content-Encoding", "") not in {"gzip", "x-gzip"}:
        return call.body
    try:
        return zlib.decompress(call.body, _GZIP)
    except zlib.error as error:
        raise _refusal(400, "The body is no gzip.\n") from error


def _refusal(status: int, text: str) -> ApiError:
    return ApiError(Answer(status, text))
