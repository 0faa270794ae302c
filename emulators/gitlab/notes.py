"""Notes: comments and system notes on merge requests, and the discussions they stand in; on commits too."""

import hashlib

from emulators.gitlab.acts import Act
from emulators.gitlab.errors import bad_request, forbidden
from emulators.gitlab.events import NoteWritten
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import find, public
from emulators.gitlab.user import User

LONGEST = 1_000_000
MERGE_REQUEST, ISSUE, COMMIT = "MergeRequest", "Issue", "Commit"


def check(body: str) -> str:
    """The text of a note; 400 for one that is blank or too long."""
    if not body.strip():
        raise bad_request('Note {:note=>["can\'t be blank"]}')
    if len(body) > LONGEST:
        raise bad_request(f'Note {{:note=>["is too long (maximum is {LONGEST} characters)"]}}')
    return body


def add(act: Act, target: Record, *, body: str, discussion: str | None = None, internal: bool = False) -> Record:
    """A comment on a merge request or a `commit_target(sha)`; in a discussion of its own unless one is named."""
    with act.project.lock:
        note = _append(act, target, body=body, discussion=discussion)
        note.update(internal=internal, confidential=internal)
        act.tell(NoteWritten(act.project, note, "create"))
        return note


def add_system(act: Act, merge_request: Record, *, body: str) -> Record:
    """What GitLab itself writes below a merge request; nobody is told of it."""
    with act.project.lock:
        note = _append(act, merge_request, body=body, discussion=None)
        note["system"] = True
        return note


def commit_target(sha: str) -> Record:
    """A commit as something that notes can be on."""
    return {"_commit": sha}


def of(project: Project, target: Record) -> list[Record]:
    """The notes on a merge request or a commit, oldest first."""
    if sha := target.get("_commit"):
        return [note for note in project.notes if note["commit_id"] == sha]
    on = target.get("_noteable", MERGE_REQUEST), target["id"]
    return [note for note in project.notes if (note["noteable_type"], note["noteable_id"]) == on]


def by_id(project: Project, target: Record, *, number: int) -> Record:
    """The note on this very target, or 404."""
    return find(of(project, target), id=number)


def change(act: Act, note: Record, *, body: str) -> Record:
    """New text from its author; 403 for anybody else, and for what GitLab wrote itself. Told when it differs."""
    _require_author(act.user, note)
    with act.project.lock:
        before = note["body"]
        note.update(body=check(body), updated_at=act.now())
        if note["body"] != before:
            act.tell(NoteWritten(act.project, note, "update"))
        return note


def remove(act: Act, note: Record) -> None:
    """Gone, by its author; 403 for anybody else."""
    _require_author(act.user, note)
    act.project.notes.remove(note)


def discussions(project: Project, target: Record) -> list[Record]:
    """Every discussion on the target with its notes, oldest first."""
    grouped: dict[str, list[Record]] = {}
    for note in of(project, target):
        grouped.setdefault(note["_discussion"], []).append(note)
    return [discussion_json(name, members) for name, members in grouped.items()]


def discussion_json(name: str, members: list[Record]) -> Record:
    """A discussion as the API shows it; a comment without answers is an individual note."""
    single = all(note["type"] is None for note in members)
    return {"id": name, "individual_note": single, "notes": [public(note) for note in members]}


def discussion_id(number: int) -> str:
    """40 hexadecimal digits that belong to a note for good."""
    return hashlib.sha1(f"discussion {number}".encode(), usedforsecurity=False).hexdigest()


def _append(act: Act, target: Record, *, body: str, discussion: str | None) -> Record:
    note = _document(act, target, body=body)
    note["_discussion"] = discussion or discussion_id(note["id"])
    note["type"] = None if discussion is None else "DiscussionNote"
    note["_target"] = target
    act.project.notes.append(note)
    return note


def _require_author(user: User, note: Record) -> None:
    if note["system"] or note["author"]["id"] != user.id:
        raise forbidden()


def _document(act: Act, target: Record, *, body: str) -> Record:
    sha, now = target.get("_commit"), act.now()
    return {
        "id": act.next_id("note"),
        "type": None,
        "body": body,
        "attachment": None,
        "author": act.person(),
        "created_at": now,
        "updated_at": now,
        "system": False,
        "noteable_id": None if sha else target["id"],
        "noteable_type": COMMIT if sha else target.get("_noteable", MERGE_REQUEST),
        "noteable_iid": None if sha else target["iid"],
        "commit_id": sha,
        "project_id": act.project.id,
        "resolvable": False,
        "confidential": False,
        "internal": False,
        "imported": False,
        "imported_from": "none",
        "commands_changes": {},
    }
