"""What people and the service say to each other in a GitLab project: merge requests and notes."""

from collections.abc import Iterator, Mapping

from gitlab.v4.objects import ProjectIssueNoteManager, ProjectMergeRequestNoteManager

from ...domain.errors import Permanent
from ...domain.gitlab import Commit, Issue, MergeRequest, Note, OnCommit, OnIssue, OnMergeRequest, Place
from .. import addresses
from . import shapes
from .project import Part

_NO_SUCH = (404, "404 Not found")
_COMMENTS = {"activity_filter": "only_comments", "order_by": "created_at", "sort": "desc"}


class Conversations(Part):
    """That part of `ports.Repository` which people read."""

    def merged(self, branch: str, *, since: str | None = None) -> Iterator[MergeRequest]:
        """Merge requests that were merged into the branch, last updated first, page by page.

        `since` (ISO 8601) leaves out those that were last updated before.
        """
        query = {"state": "merged", "target_branch": branch, "order_by": "updated_at", "sort": "desc"}
        if since is not None:
            query["updated_after"] = since
        return self._project.pages(self._project.api.mergerequests.path, query, shape=shapes.merge_request)

    def merge_request_commits(self, iid: int) -> tuple[Commit, ...]:
        """The commits that the merge request brought; their parents may be left out."""
        path = f"{self._project.api.mergerequests.path}/{iid}/commits"
        return tuple(self._project.pages(path, {}, shape=shapes.brought))

    def issue(self, iid: int) -> Issue | None:
        """The issue of that number, of whatever state; None where there is none, or none that may be seen."""
        get = self._project.api.issues.get
        return self._project.look("issue", lambda: shapes.issue(get(iid).attributes), excuses=(_NO_SUCH,))

    def notes(self, place: Place) -> Iterator[Note]:
        """The notes of a merge request, commit or issue, newest first, without those that GitLab itself writes."""
        match place:
            case OnMergeRequest(iid):
                path = f"{self._project.api.mergerequests.path}/{iid}/notes"
                return self._project.pages(path, dict(_COMMENTS), shape=shapes.note)
            case OnIssue(iid):
                path = f"{self._project.api.issues.path}/{iid}/notes"
                return self._project.pages(path, dict(_COMMENTS), shape=shapes.note)
            case OnCommit(sha):
                return self._commit_notes(sha)

    def write_note(self, place: Place, body: str, *, replaces: Note | None) -> Note:
        """Writes a new note, or replaces the body of one of our own.

        Raises Permanent `note-refused` when GitLab took the body for commands and kept none of it.
        """
        match place:
            case OnMergeRequest(iid):
                return self._told(self._project.api.mergerequests.get(iid, lazy=True).notes, body, replaces)
            case OnIssue(iid):
                return self._told(self._project.api.issues.get(iid, lazy=True).notes, body, replaces)
            case OnCommit(sha):
                return self._on_commit(sha, body, replaces)

    def delete_note(self, place: OnMergeRequest, note: Note) -> None:
        """Deletes one of our own; fine if it is gone."""
        notes = self._project.api.mergerequests.get(place.iid, lazy=True).notes
        self._project.attempt("delete_note", lambda: notes.delete(note.id), excuses=((404, ""),))

    def _told(
        self, notes: ProjectMergeRequestNoteManager | ProjectIssueNoteManager, body: str, replaces: Note | None
    ) -> Note:
        data = {"body": body}
        if replaces is None:
            return self._project.write("write_note", lambda: _written(notes.create(data).attributes))
        return self._project.write("write_note", lambda: _written(notes.update(replaces.id, data)))

    def _on_commit(self, sha: str, body: str, replaces: Note | None) -> Note:
        addresses.segment(sha)
        discussions = self._project.api.commits.get(sha, lazy=True).discussions
        data = {"body": body}
        if replaces is None:
            return self._project.write("write_note", lambda: _first(discussions.create(data).attributes))
        thread = replaces.thread or ""
        addresses.segment(thread)
        notes = discussions.get(thread, lazy=True).notes
        return self._project.write("write_note", lambda: _written(notes.update(replaces.id, data), thread))

    def _commit_notes(self, sha: str) -> Iterator[Note]:
        """Threads are listed oldest first, so all of them have to be read before the newest note is known."""
        path = f"{self._project.api.commits.path}/{addresses.segment(sha)}/discussions"
        found = [note for thread in self._project.pages(path, {}, shape=_thread) for note in thread]
        yield from sorted(found, key=lambda note: -note.id)


def _thread(row: Mapping[str, object]) -> list[Note]:
    thread = shapes.field(row, "id", str)
    listed = shapes.rows(shapes.field(row, "notes", list))
    return [shapes.note(note, thread) for note in listed if note.get("system") is not True]


def _first(row: Mapping[str, object]) -> Note:
    _refuse_commands(row)
    notes = _thread(row)
    if not notes:
        raise shapes.odd("notes")
    return notes[0]


def _written(row: Mapping[str, object], thread: str | None = None) -> Note:
    _refuse_commands(row)
    return shapes.note(row, thread)


def _refuse_commands(row: Mapping[str, object]) -> None:
    """A body of nothing but quick actions is answered with 202 and no note."""
    if isinstance(row, Mapping) and "id" not in row and "commands_changes" in row:
        raise Permanent("note-refused", "GitLab took the text for commands")
