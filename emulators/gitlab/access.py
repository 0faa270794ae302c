"""Who asks and whether they may: tokens, projects as their users see them, and the right to push."""

import re

from emulators.gitlab.errors import ApiError, not_found, unauthorized
from emulators.gitlab.project import MAINTAINER, Project
from emulators.gitlab.user import User
from emulators.gitlab.world import World
from emulators.routing import Answer, Call

DEVELOPER = 30
REPORTER = 20
GUEST = 10


def caller(world: World, call: Call) -> User:
    """The user of the request's token: `PRIVATE-TOKEN`, or `Authorization: Bearer`."""
    user = world.user_for(_token(call))
    if user is None:
        raise unauthorized()
    return user


def project_of(world: World, call: Call) -> Project:
    """The project that `:id` names, by number or full path, for a caller who may see it."""
    caller(world, call)
    named = call.names["id"]
    project = world.project(named)
    if world.settings.number("user_access_level") < GUEST:
        raise not_found("Project")
    if project is None and named.lower() in world.moved:
        raise _moved(world, call, world.moved[named.lower()])
    if project is None:
        raise not_found("Project")
    return project


def needed_level(project: Project, branch: str) -> int:
    """The access level that a push to the branch needs: the least of the rules that cover it; 0 lets nobody."""
    levels = [level for pattern, level in project.protected.items() if _covers(pattern, branch)]
    return min((level for level in levels if level), default=0) if levels else DEVELOPER


def is_protected(project: Project, branch: str) -> bool:
    return any(_covers(pattern, branch) for pattern in project.protected)


def may_push(world: World, project: Project, branch: str) -> bool:
    """Whether a token's user may push to the branch."""
    needed = needed_level(project, branch)
    return needed > 0 and world.settings.number("user_access_level") >= needed


def may_read_internal(world: World) -> bool:
    """Whether tokens' users see the notes that are for members only."""
    return world.settings.number("user_access_level") >= REPORTER


def is_maintainer(world: World) -> bool:
    """Whether tokens' users may change a project's own settings."""
    return world.settings.number("user_access_level") >= MAINTAINER


def commit_or_404(project: Project, ref: str, *, thing: str = "Commit") -> str:
    """The full sha that the ref names."""
    sha = project.repository.resolve(ref)
    if sha is None:
        raise not_found(thing)
    return sha


def _covers(pattern: str, branch: str) -> bool:
    """A star stands for any text, slashes too; nothing else is special."""
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), branch) is not None


def _token(call: Call) -> str:
    scheme, _, bearer = call.headers.get("Authorization", "").partition(" ")
    private = call.headers.get("Private-Token", "") or call.query.get("private_token", [""])[-1]
    return private or (bearer.strip() if scheme.lower() == "bearer" else "")


def _moved(world: World, call: Call, number: int) -> ApiError:
    """The way to a project's new place: the same request by its number."""
    rest = call.raw_path.partition("/projects/")[2].partition("/")[2]
    place = f"{world.base_url}/api/v4/projects/{number}" + (f"/{rest}" if rest else "")
    text = f"This resource has been moved permanently to {place}"
    return ApiError(Answer(301, {"message": text}, {"Location": place}))
