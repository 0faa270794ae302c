"""Commits of a single file through the files API, whose refusals are all 400."""

from dataclasses import replace
from functools import partial

from emulators.gitlab.access import caller, may_push, project_of
from emulators.gitlab.actions import Action, changed_since, decoded
from emulators.gitlab.errors import invalid, message
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project
from emulators.gitlab.world import World
from emulators.gitlab.writing import Wish, commit
from emulators.routing import Answer, Call

_CHANGED = {
    "update": "You are attempting to update a file that has changed since you started editing it.",
    "delete": "You are attempting to delete a file that has been previously updated.",
}


def _write(world: World, call: Call, *, kind: str, status: int) -> Answer:
    project, user, given = project_of(world, call), caller(world, call), params(call)
    wish = _wish(given, kind=kind, path=call.names["path"])
    if not may_push(world, project, wish.branch, user=user):
        raise message(400, "You are not allowed to push into this branch")
    with project.lock:
        _check_unchanged(project, wish)
        commit(world, project, user, wish=wish)
    shape = {"file_path": call.names["path"], "branch": wish.branch}
    return Answer(status, None if kind == "delete" else shape)


create = partial(_write, kind="create", status=201)
update = partial(_write, kind="update", status=200)
delete = partial(_write, kind="delete", status=204)


def _wish(given: Params, *, kind: str, path: str) -> Wish:
    names = ["branch", "commit_message"] + ([] if kind == "delete" else ["content"])
    texts = given.required(*names)
    for name, text in zip(("branch", "commit_message"), texts, strict=False):
        if not text:
            raise invalid(f"{name} is empty")
    if given.text("encoding", "text") not in ("text", "base64"):
        raise invalid("encoding does not have a valid value")
    action = Action(
        kind=kind,
        path=path,
        content=decoded(given.text("content"), given.text("encoding", "text")),
        executable=given.flag("execute_filemode"),
        last_commit_id=given.text("last_commit_id"),
    )
    return Wish(
        branch=texts[0],
        message=texts[1],
        actions=[action, replace(action, kind="chmod")]
        if kind == "update" and "execute_filemode" in given
        else [action],
        start_branch=given.text("start_branch"),
        author_name=given.text("author_name"),
        author_email=given.text("author_email"),
    )


def _check_unchanged(project: Project, wish: Wish) -> None:
    action = wish.actions[0]
    tip = project.repository.branch(wish.start_branch or wish.branch)
    if changed_since(project.repository, tip, action) is not None:
        raise message(400, _CHANGED[action.kind])
