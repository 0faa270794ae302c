"""The body of a Note Hook: a comment on a merge request, an issue or a commit."""

from emulators.gitlab.events import NoteWritten
from emulators.gitlab.notes import ISSUE
from emulators.gitlab.payloads import issue
from emulators.gitlab.payloads.merge_request import attributes_json
from emulators.gitlab.payloads.parts import commit_json, person_json, project_json, repository_json
from emulators.gitlab.project import Record
from emulators.gitlab.records import hook_time


def body(event: NoteWritten, base: str) -> Record:
    """What the note is on stands under `merge_request`, `issue` or `commit`."""
    project, note = event.project, event.note
    return {
        "object_kind": "note",
        "event_type": "confidential_note" if note["internal"] else "note",
        "user": person_json(note["author"]),
        "project_id": project.id,
        "project": project_json(project, base),
        "object_attributes": _attributes(event, base),
        "repository": repository_json(project, base),
        **_target(event, base),
    }


def _attributes(event: NoteWritten, base: str) -> Record:
    note = event.note
    copied = (
        "id", "noteable_type", "noteable_id", "commit_id", "project_id", "attachment", "system", "internal", "type",
    )  # fmt: skip
    return {
        **{key: note[key] for key in copied},
        "note": note["body"],
        "description": note["body"],
        "author_id": note["author"]["id"],
        "discussion_id": note["_discussion"],
        "created_at": hook_time(note["created_at"]),
        "updated_at": hook_time(note["updated_at"]),
        "line_code": None,
        "position": None,
        "st_diff": None,
        "action": event.action,
        "url": f"{event.project.web_url(base)}/-/{_place(note)}#note_{note['id']}",
    }


def _place(note: Record) -> str:
    sha = note["commit_id"]
    kind = "issues" if note["noteable_type"] == ISSUE else "merge_requests"
    return f"commit/{sha}" if sha else f"{kind}/{note['noteable_iid']}"


def _target(event: NoteWritten, base: str) -> Record:
    project, sha = event.project, event.note["commit_id"]
    if sha:
        return {"commit": commit_json(project, project.repository.commit_of(sha), base=base)}
    if event.note["noteable_type"] == ISSUE:
        return {"issue": issue.attributes_json(project, event.note["_target"], base=base)}
    return {"merge_request": attributes_json(project, event.note["_target"], base=base)}
