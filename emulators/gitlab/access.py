"""Who asks and whether they may: tokens, projects as their users see them, and the right to push and merge."""

import re

from emulators.gitlab.errors import ApiError, forbidden, not_found, unauthorized
from emulators.gitlab.namespaces import Group
from emulators.gitlab.project import Project
from emulators.gitlab.protection import DEVELOPER, GUEST, MAINTAINER, OWNER, REPORTER, Protection
from emulators.gitlab.tokens import Token
from emulators.gitlab.user import User
from emulators.gitlab.world import World
from emulators.routing import Answer, Call

_READS = ("GET", "HEAD")
_DEAD = {
    "revoked": "Token was revoked. You have to re-authorize from the user.",
    "expired": "Token is expired. You can either do re-authorization or token refresh.",
}


def caller(world: World, call: Call) -> User:
    """The user of the request's token, whose scopes must cover the request."""
    token = holder(world, call)
    wanted = ("api", "read_api") if call.method in _READS else ("api",)
    if not set(wanted) & set(token.scopes):
        raise narrow(*wanted)
    return token.user


def holder(world: World, call: Call) -> Token:
    """The request's living token: `PRIVATE-TOKEN`, or `Authorization: Bearer`."""
    token = world.token_for(secret(call))
    if token is None:
        raise unauthorized()
    now = world.clock()
    if not token.alive(now.date()):
        text = _DEAD["revoked" if token.revoked else "expired"]
        raise ApiError(Answer(401, {"error": "invalid_token", "error_description": text}))
    token.last_used_at = now
    return token


def narrow(*wanted: str) -> ApiError:
    """403 for a token without any of the scopes."""
    text = "The request requires higher privileges than provided by the access token."
    return ApiError(Answer(403, {"error": "insufficient_scope", "error_description": text, "scope": " ".join(wanted)}))


def secret(call: Call) -> str:
    """The token as it came; empty without one."""
    scheme, _, bearer = call.headers.get("Authorization", "").partition(" ")
    private = call.headers.get("Private-Token", "") or call.query.get("private_token", [""])[-1]
    return private or (bearer.strip() if scheme.lower() == "bearer" else "")


def project_of(world: World, call: Call) -> Project:
    """The project that `:id` names, by number or full path, for a caller who may see it."""
    user, named = caller(world, call), call.names["id"]
    project = world.project(named)
    if project is None and named.lower() in world.moved:
        raise _moved(world, call, world.moved[named.lower()])
    if project is None or level_of(world, project, user) < GUEST:
        raise not_found("Project")
    return project


def level_of(world: World, project: Project, user: User) -> int:
    """The user's level: the highest that the project and the groups above give it, else that of the settings."""
    if project.namespace == user.username:
        return OWNER
    return _given(world, [project.members, *_members_above(world, project.namespace)], user)


def group_level(world: World, group: Group, user: User) -> int:
    """The user's level in a group, by it and those above it, else that of the settings."""
    return _given(world, _members_above(world, group.full_path), user)


def needed_level(project: Project, branch: str) -> int:
    """The access level that a push to the branch needs: the least of the rules that cover it; 0 lets nobody."""
    return _least([rule.push for rule in _rules(project, branch)])


def merge_level(project: Project, branch: str) -> int:
    """The access level that a merge into the branch needs."""
    return _least([rule.merge for rule in _rules(project, branch)])


def is_protected(project: Project, branch: str) -> bool:
    return bool(_rules(project, branch))


def may_force(project: Project, branch: str) -> bool:
    """Whether a push may throw commits of the branch away: on a protected one only if all its rules let it."""
    return all(rule.force for rule in _rules(project, branch))


def may_push(world: World, project: Project, branch: str, *, user: User) -> bool:
    """Whether the user may push to the branch; nobody may to an archived project."""
    if project.attributes.get("archived"):
        return False
    return _reaches(level_of(world, project, user), needed_level(project, branch))


def may_merge(world: World, project: Project, branch: str, *, user: User) -> bool:
    """Whether the user may merge into the branch, as everybody may who can push to it."""
    level = level_of(world, project, user)
    return _reaches(level, merge_level(project, branch)) or _reaches(level, needed_level(project, branch))


def may_read_internal(world: World, project: Project, user: User) -> bool:
    """Whether the user sees the notes that are for members only."""
    return level_of(world, project, user) >= REPORTER


def is_maintainer(world: World, project: Project, user: User) -> bool:
    """Whether the user may change the project's own settings."""
    return level_of(world, project, user) >= MAINTAINER


def maintained(world: World, call: Call, *, least: int = MAINTAINER) -> Project:
    """The project of the call for those who may change it; 403 for others."""
    project = project_of(world, call)
    if level_of(world, project, caller(world, call)) < least:
        raise forbidden()
    return project


def commit_or_404(project: Project, ref: str, *, thing: str = "Commit") -> str:
    """The full sha that the ref names."""
    sha = project.repository.resolve(ref)
    if sha is None:
        raise not_found(thing)
    return sha


def _members_above(world: World, full_path: str) -> list[dict[int, int]]:
    return [group.members for group in world.namespaces.lineage(full_path)]


def _given(world: World, members: list[dict[int, int]], user: User) -> int:
    levels = [one[user.id] for one in members if user.id in one]
    if levels or user.home is not None:
        return max(levels, default=0)
    return int(world.settings.number("user_access_level"))


def _rules(project: Project, branch: str) -> list[Protection]:
    return [rule for pattern, rule in list(project.protected.items()) if _covers(pattern, branch)]


def _least(levels: list[int]) -> int:
    return min((level for level in levels if level), default=0) if levels else DEVELOPER


def _reaches(level: int, needed: int) -> bool:
    return 0 < needed <= level


def _covers(pattern: str, branch: str) -> bool:
    """A star stands for any text, slashes too; nothing else is special."""
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), branch) is not None


def _moved(world: World, call: Call, number: int) -> ApiError:
    """The way to a project's new place: the same request by its number."""
    rest = call.raw_path.partition("/projects/")[2].partition("/")[2]
    place = f"{world.base_url}/api/v4/projects/{number}" + (f"/{rest}" if rest else "")
    text = f"This resource has been moved permanently to {place}"
    return ApiError(Answer(301, {"message": text}, {"Location": place}))
