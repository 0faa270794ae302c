"""Merge requests once they are open: edited, closed, reopened, and who is told of it."""

from emulators.gitlab import labels, notes
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import message
from emulators.gitlab.events import MergeRequestChanged
from emulators.gitlab.payloads.parts import person_json
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import find, hook_time

STATE_IDS = {"opened": 1, "closed": 2, "merged": 3, "locked": 4}


def by_iid(project: Project, iid: int) -> Record:
    """The merge request, or 404."""
    return find(project.merge_requests, iid=iid)


def compare(project: Project, merge_request: Record) -> None:
    """Takes the branches as they are now for the merge request's own commits and differences."""
    repository = project.repository
    head = repository.branch(merge_request["source_branch"])
    start = repository.branch(merge_request["target_branch"])
    if head is None or start is None:
        return
    merge_request["sha"] = head
    merge_request["_refs"] = {"base_sha": repository.merge_base(start, head), "head_sha": head, "start_sha": start}


def update(act: Act, merge_request: Record, *, values: Record) -> None:
    """Sets the fields that differ and tells of an `update` if any does."""
    with act.project.lock:
        changed = {key: value for key, value in values.items() if merge_request[key] != value}
        if "target_branch" in changed and act.project.repository.branch(changed["target_branch"]) is None:
            raise message(400, {"target_branch": ["does not exist"]})
        if not changed:
            return
        labels.ensure(act.world, act.project, changed.get("labels", []))
        changes = {
            key: _change(act.project, key, previous=merge_request[key], current=value) for key, value in changed.items()
        }
        _note_changes(act, merge_request, changed=changed)
        merge_request.update(changed)
        if "target_branch" in changed:
            compare(act.project, merge_request)
        changes["updated_at"] = touch(act, merge_request)
        act.tell(MergeRequestChanged(act.project, merge_request, "update", changes, act.user))


def close(act: Act, merge_request: Record) -> None:
    """Closes an open one; any other stays as it is."""
    with act.project.lock:
        if merge_request["state"] != "opened":
            return
        merge_request.update(closed_by=act.person(), closed_at=act.now(), _auto_merge=None)
        _enter(act, merge_request, state="closed", action="close")


def reopen(act: Act, merge_request: Record) -> None:
    """Opens a closed one again; any other stays as it is."""
    with act.project.lock:
        if merge_request["state"] != "closed":
            return
        check_twin(act.project, source=merge_request["source_branch"], target=merge_request["target_branch"])
        merge_request.update(closed_by=None, closed_at=None)
        compare(act.project, merge_request)
        _enter(act, merge_request, state="opened", action="reopen")


def touch(act: Act, merge_request: Record) -> Record:
    """Sets `updated_at` and gives the change of it, as web hooks tell it."""
    before, now = merge_request["updated_at"], act.now()
    merge_request["updated_at"] = now
    return {"previous": hook_time(before), "current": hook_time(now)}


def state_change(previous: str, current: str) -> Record:
    """The change of a state, as web hooks tell it: by number."""
    return {"previous": STATE_IDS[previous], "current": STATE_IDS[current]}


def _enter(act: Act, merge_request: Record, *, state: str, action: str) -> None:
    changes = {"state_id": state_change(merge_request["state"], state)}
    merge_request["state"] = state
    changes["updated_at"] = touch(act, merge_request)
    notes.add_system(act, merge_request, body="closed" if state == "closed" else "reopened")
    act.tell(MergeRequestChanged(act.project, merge_request, action, changes, act.user))


def check_twin(project: Project, *, source: str, target: str) -> None:
    """409, as a list, when the same two branches have an open merge request already."""
    for other in project.merge_requests:
        if (other["state"], other["source_branch"], other["target_branch"]) == ("opened", source, target):
            text = f"Another open merge request already exists for this source branch: !{other['iid']}"
            raise message(409, [text])


def _change(project: Project, key: str, *, previous: object, current: object) -> Record:
    if key == "labels" and isinstance(previous, list) and isinstance(current, list):
        return {
            "previous": [labels.hook_json(project, name) for name in previous],
            "current": [labels.hook_json(project, name) for name in current],
        }
    if key in {"assignees", "reviewers"} and isinstance(previous, list) and isinstance(current, list):
        return {"previous": [person_json(one) for one in previous], "current": [person_json(one) for one in current]}
    return {"previous": previous, "current": current}


def _note_changes(act: Act, merge_request: Record, *, changed: Record) -> None:
    texts = {
        "title": "changed title from **{0}** to **{1}**",
        "description": "changed the description",
        "target_branch": "changed target branch from `{0}` to `{1}`",
    }
    for key in texts.keys() & changed.keys():
        body = texts[key].format(merge_request[key], changed[key])
        notes.add_system(act, merge_request, body=body)
