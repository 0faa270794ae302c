"""Branches: list, one, create, delete."""

import re
import time
from datetime import datetime
from functools import partial

from emulators.gitlab.access import caller, is_maintainer, is_protected, level_of, may_push, project_of
from emulators.gitlab.branch_names import conflicting, well_formed
from emulators.gitlab.errors import forbidden, invalid, message, not_found
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.project import Project
from emulators.gitlab.protection import DEVELOPER
from emulators.gitlab.records import choice
from emulators.gitlab.seeding import first_commit
from emulators.gitlab.shapes import branch_json
from emulators.gitlab.user import User
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/repository/branches"
_ONE = f"{_ALL}/:branch"
_SORTS = ("name_asc", "updated_asc", "updated_desc")


def routes(router: Router, world: World) -> None:
    router.add("GET", _ALL, partial(_list, world))
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ONE, partial(_get, world))
    router.add("HEAD", _ONE, partial(_head, world))
    router.add("DELETE", _ONE, partial(_delete, world))
    router.add("DELETE", "/projects/:id/repository/merged_branches", partial(_delete_merged, world))


def _list(world: World, call: Call) -> Answer:
    """As old as `branch_list_seconds` allows: GitLab keeps each answer for a while."""
    project, user = project_of(world, call), caller(world, call)
    kept, now = project.branch_lists, time.monotonic()
    made, branches = kept.get((user.id, call.raw_query), (float("-inf"), {}))
    if now - made >= world.settings.number("branch_list_seconds"):
        branches = project.repository.branches()
        kept[user.id, call.raw_query] = now, branches
    given = params(call)
    direction = choice(given, "sort", among=_SORTS, default="name_asc")
    names = _searched(list(branches), search=given.text("search"), regex=given.text("regex"))
    if direction != "name_asc":
        names.sort(key=lambda name: _updated(project, branches[name]), reverse=direction == "updated_desc")
    return paginated(
        world, call, names, render=lambda name: branch_json(world, project, name, sha=branches[name], user=user)
    )


def _updated(project: Project, sha: str) -> datetime:
    return project.repository.commit_of(sha).committed_date


def _searched(names: list[str], *, search: str, regex: str) -> list[str]:
    """`search` is part of the name, its beginning (`^x`), its end (`x$`) or a pattern (`x*y`), whatever the case."""
    wanted = search.lower()
    if wanted.startswith("^"):
        names = [name for name in names if name.lower().startswith(wanted[1:])]
    elif wanted.endswith("$"):
        names = [name for name in names if name.lower().endswith(wanted[:-1])]
    elif "*" in wanted:
        pattern = ".*".join(re.escape(part) for part in wanted.split("*"))
        names = [name for name in names if re.fullmatch(pattern, name.lower())]
    elif wanted:
        names = [name for name in names if wanted in name.lower()]
    try:
        return [name for name in names if re.search(regex, name)] if regex else names
    except re.error as error:
        raise invalid("regex is invalid") from error


def _get(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    name = call.names["branch"]
    return Answer(200, branch_json(world, project, name, sha=_tip(project, name), user=caller(world, call)))


def _head(world: World, call: Call) -> Answer:
    _tip(project_of(world, call), call.names["branch"])
    return Answer(204)


def _tip(project: Project, name: str) -> str:
    sha = project.repository.branch(name)
    if sha is None:
        raise not_found("Branch")
    return sha


def _create(world: World, call: Call) -> Answer:
    project, user = project_of(world, call), caller(world, call)
    name, ref = params(call).required("branch", "ref")
    if level_of(world, project, user) < DEVELOPER:
        raise forbidden()
    with project.lock:
        if not project.repository.branches():
            first_commit(world, project, user=user)
        sha = _checked(world, project, user, name=name, ref=ref)
        world.move_branch(project, name, sha, user)
    return Answer(201, branch_json(world, project, name, sha=sha, user=user))


def _checked(world: World, project: Project, user: User, *, name: str, ref: str) -> str:
    """The commit that the new branch starts at."""
    if not well_formed(name):
        raise message(400, "Branch name is invalid")
    existing = project.repository.branches()
    if name in existing:
        raise message(400, "Branch already exists")
    sha = project.repository.resolve(ref)
    if sha is None:
        raise message(400, f"Failed to create branch '{name}': invalid reference name '{ref}'")
    if conflicting(name, existing):
        raise message(400, f"Failed to create branch '{name}': Branch name conflicts with existing branch hierarchy.")
    if is_protected(project, name) and not may_push(world, project, name, user=user):
        raise message(400, "You are not allowed to create protected branches on this project.")
    return sha


def _delete(world: World, call: Call) -> Answer:
    project, user = project_of(world, call), caller(world, call)
    name = call.names["branch"]
    with project.lock:
        _tip(project, name)
        _check_removal(world, project, user, name=name)
        world.move_branch(project, name, None, user)
    return Answer(204)


def _delete_merged(world: World, call: Call) -> Answer:
    """All that the default branch contains, but for protected ones."""
    project, user = project_of(world, call), caller(world, call)
    if level_of(world, project, user) < DEVELOPER:
        raise forbidden()
    with project.lock:
        tip = project.repository.branch(project.default_branch or "")
        for name, sha in project.repository.branches().items():
            kept = name == project.default_branch or is_protected(project, name)
            if tip is not None and not kept and project.repository.is_ancestor(sha, tip):
                world.move_branch(project, name, None, user)
    return Answer(202, {"message": "202 Accepted"})


def _check_removal(world: World, project: Project, user: User, *, name: str) -> None:
    if level_of(world, project, user) < DEVELOPER:
        raise message(405, "You dont have push access to repo")
    if name == project.default_branch:
        raise message(400, "The default branch of a project cannot be deleted.")
    if is_protected(project, name) and not is_maintainer(world, project, user):
        raise message(
            400,
            "You are not allowed to delete protected branches from this project. "
            "Only a project maintainer or owner can delete a protected branch.",
        )
