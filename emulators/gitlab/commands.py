"""Carries out the quick actions of a note, so that a text which smuggles one in has visible consequences.

More willing than GitLab in one thing: `/merge` does not insist on the head that GitLab's own page sends with it.
"""

from emulators.gitlab import labels, merge_requests, merging
from emulators.gitlab.access import may_merge
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import ApiError
from emulators.gitlab.mergeability import is_draft
from emulators.gitlab.project import Record
from emulators.gitlab.quick_actions import Command
from emulators.gitlab.user import User

COULD_NOT = "Could not apply {0} command."


def carry_out(act: Act, merge_request: Record, *, commands: tuple[Command, ...]) -> Record:
    """`{"commands_changes": …, "summary": […]}` of all commands, each carried out in turn."""
    changes: Record = {}
    summary = [_one(act, merge_request, command=command, changes=changes) for command in commands]
    return {"commands_changes": changes, "summary": summary}


def _one(act: Act, merge_request: Record, *, command: Command, changes: Record) -> str:
    match command.name:
        case "close" | "reopen":
            done = _state(act, merge_request, command=command, changes=changes)
        case "merge":
            done = _merge(act, merge_request, changes=changes)
        case "approve":
            done = _approve(act.user, merge_request=merge_request)
        case "label" | "unlabel" | "title" | "target_branch" | "draft" | "ready":
            done = _edit(act, merge_request, command=command, changes=changes)
        case _:
            done = ""
    return done or COULD_NOT.format(command.name)


def _state(act: Act, merge_request: Record, *, command: Command, changes: Record) -> str:
    origin, enter = {
        "close": ("opened", merge_requests.close),
        "reopen": ("closed", merge_requests.reopen),
    }[command.name]
    if merge_request["state"] != origin:
        return ""
    try:
        enter(act, merge_request)
    except ApiError:
        return ""
    changes["state_event"] = command.name
    return "Closed this merge request." if command.name == "close" else "Reopened this merge request."


def _merge(act: Act, merge_request: Record, *, changes: Record) -> str:
    if not may_merge(act.world, act.project, merge_request["target_branch"], user=act.user):
        return ""
    try:
        merging.merge(act, merge_request)
    except ApiError:
        return ""
    changes["merge"] = merge_request["sha"]
    return "Merged this merge request."


def _approve(user: User, *, merge_request: Record) -> str:
    if user.id in merge_request["_approved_by"]:
        return ""
    merge_request["_approved_by"].append(user.id)
    return "Approved the current merge request."


def _edit(act: Act, merge_request: Record, *, command: Command, changes: Record) -> str:
    values = _values(merge_request, command)
    try:
        merge_requests.update(act, merge_request, values=values)
    except ApiError:
        return ""
    changes.update(values)
    return f"Applied {command.name}." if values else ""


def _values(merge_request: Record, command: Command) -> Record:
    title, present = str(merge_request["title"]), list(merge_request["labels"])
    names = [word.lstrip("~").strip('"') for word in command.argument.split()]
    match command.name:
        case "label":
            return {"labels": labels.changed(present, replaced=None, added=names, removed=[])}
        case "unlabel":
            return {"labels": labels.changed(present, replaced=None, added=[], removed=names or present)}
        case "draft":
            return {"title": title if is_draft(title) else f"Draft: {title}"}
        case "ready":
            return {"title": title.partition(":")[2].strip() if is_draft(title) else title}
        case _:
            return {command.name: command.argument} if command.argument else {}
