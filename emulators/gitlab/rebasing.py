"""Rebasing a merge request: its commits made anew upon the target, which moves the source branch."""

from emulators.gitlab import mergeability
from emulators.gitlab.access import is_protected, may_force, may_push
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import forbidden, message
from emulators.gitlab.objects import CommitInfo, Signature
from emulators.gitlab.project import Record

CONFLICT = "Rebase failed: Rebase locally, resolve all conflicts, then push the branch."


def rebase(act: Act, merge_request: Record) -> None:
    """Done before the answer, though that only promises it; a conflict is told by `merge_error` alone."""
    with act.project.lock:
        _check(act, merge_request)
        source, target = mergeability.branches(act.project, merge_request)
        if source is None or target is None or act.project.repository.is_ancestor(target, source):
            return
        made = _remade(act, source=source, target=target)
        merge_request["merge_error"] = CONFLICT if made is None else None
        if made is not None:
            act.move(merge_request["source_branch"], made)


def _check(act: Act, merge_request: Record) -> None:
    branch = merge_request["source_branch"]
    if act.project.repository.branch(branch) is None:
        raise forbidden("Source branch does not exist")
    if not may_push(act.world, act.project, branch, user=act.user):
        raise forbidden("Cannot push to source branch")
    if is_protected(act.project, branch) and not may_force(act.project, branch):
        raise forbidden("Source branch is protected from force push")
    if merge_request["state"] != "opened":
        raise message(409, "409 Conflict")


def _remade(act: Act, *, source: str, target: str) -> str | None:
    """The last of the new commits; merges among the old ones are left out, as by git itself."""
    repository = act.project.repository
    tip = target
    for info in reversed(list(repository.log([source], exclude=[target]))):
        if len(info.parents) != 1:
            continue
        who = {"signature": act.signature(), "author": _author(info)}
        made = repository.squash(tip, info.parents[0], info.id, message=info.message, **who)
        if made is None:
            return None
        tip = made if repository.diff(tip, made) else tip
    return tip


def _author(info: CommitInfo) -> Signature:
    return Signature(info.author_name, info.author_email, info.authored_date)
