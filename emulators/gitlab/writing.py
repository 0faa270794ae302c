"""Commits made through the API: where they start, whether they may be, and the branch they end on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from emulators.gitlab import lfs
from emulators.gitlab.access import may_force
from emulators.gitlab.actions import Action, BadAction, changed_since, plan
from emulators.gitlab.branch_names import conflicting, well_formed
from emulators.gitlab.errors import message
from emulators.gitlab.project import Project
from emulators.gitlab.user import User
from emulators.gitlab.world import World

_FULL_SHA = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Wish:
    """A commit as somebody asks for it; an empty author is whoever asks, an empty start the branch itself."""

    branch: str
    message: str
    actions: Sequence[Action]
    start_branch: str = ""
    start_sha: str = ""
    author_name: str = ""
    author_email: str = ""
    force: bool = False


def commit(world: World, project: Project, user: User, *, wish: Wish) -> str:
    """All actions as one commit or none of them; what GitLab's service refuses is a 400 in its words."""
    with project.lock:
        start = _start(project, wish)
        _check_unchanged(project, start, wish.actions)
        actions = [_pointed(project, start, action) for action in wish.actions]
        try:
            changes = plan(project.repository, start, actions)
        except BadAction as bad:
            raise message(400, str(bad)) from bad
        who = world.signature(user)
        author = replace(who, name=wish.author_name or who.name, email=wish.author_email or who.email)
        parents = [start] if start else []
        _check_not_forced(project, wish.branch, start=start)
        sha = project.repository.commit(parents, changes, message=wish.message, author=author, committer=who)
        project.commits_created += 1
        world.move_branch(project, wish.branch, sha, user)
    return sha


def _pointed(project: Project, start: str | None, action: Action) -> Action:
    """A new file that `.gitattributes` gives to LFS: its content is kept apart, git gets the pointer."""
    new = action.kind == "create" and action.content is not None
    if not new or not lfs.tracks(project, start, action.path.strip("/")):
        return action
    return replace(action, content=lfs.stored(project, action.content or b""))


def _start(project: Project, wish: Wish) -> str | None:
    """The commit to build upon, checked in GitLab's order; None in an empty repository."""
    existing = project.repository.branches()
    if not existing:
        _check_new_name(project, wish.branch)
        return None
    own = not wish.start_sha and wish.start_branch in ("", wish.branch)
    if own and wish.branch not in existing:
        raise message(400, "You can only create or edit files when you are on a branch")
    if not own and wish.branch in existing and not wish.force:
        text = f"A branch called '{wish.branch}' already exists. Switch to that branch in order to make changes"
        raise message(400, text)
    if wish.branch not in existing:
        _check_new_name(project, wish.branch)
    if wish.start_sha:
        return _known_sha(project, wish.start_sha)
    start = existing.get(wish.start_branch or wish.branch)
    if start is None:
        raise message(400, "You can only create or edit files when you are on a branch")
    return start


def _check_not_forced(project: Project, branch: str, *, start: str | None) -> None:
    """What is protected only ever moves forward, whoever asks."""
    tip = project.repository.branch(branch)
    if tip is None or start is None or project.repository.is_ancestor(tip, start):
        return
    if not may_force(project, branch):
        raise message(400, "You are not allowed to force push code to a protected branch on this project.")


def _known_sha(project: Project, sha: str) -> str:
    if not _FULL_SHA.fullmatch(sha):
        raise message(400, f"Invalid start_sha '{sha}'")
    if project.repository.resolve(sha) != sha:
        raise message(400, f"Cannot find start_sha '{sha}'")
    return sha


def _check_new_name(project: Project, name: str) -> None:
    sorry = f"Something went wrong when we tried to create '{name}' for you: "
    if not well_formed(name):
        raise message(400, f"{sorry}Branch name is invalid")
    if conflicting(name, project.repository.branches()):
        raise message(400, f"{sorry}Branch name conflicts with existing branch hierarchy.")


def _check_unchanged(project: Project, start: str | None, actions: Sequence[Action]) -> None:
    for action in actions:
        path = changed_since(project.repository, start, action)
        if path is not None:
            raise message(400, f"The file has changed since you started editing it: {path}")
