"""A GitLab project in memory, as `ports.Repository`, with hands for the people who work in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from shared.domain.errors import Permanent
from shared.domain.gitlab import Deployment, Issue, Note, OnCommit, OnIssue, OnMergeRequest, Place, Status

from .fake_automation import FakeAutomation
from .fake_proposals import OWN

LONGEST = 255
_UNFINISHED = ("pending", "running")


@dataclass
class FakeRepository(FakeAutomation):
    """What it keeps beside commits and merge requests: records, statuses, notes, issues."""

    records: list[tuple[str, Deployment]] = field(default_factory=list)
    posted: list[tuple[str, str, str, Status]] = field(default_factory=list)
    written: dict[Place, list[Note]] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)

    # What people do.

    def seen_by(self, user: int) -> "FakeRepository":
        """The same project with the token of another user."""
        return replace(self, user=user)

    def deployed(self, environment: str, commit: str, *, branch: str, mapping: str, user: int = OWN) -> None:
        """A success that an earlier run has recorded, with the status that goes with it."""
        self.records.append((environment, self._deployment(commit, "success", branch, user)))
        self.posted.append(
            (commit, branch, "aic/deploy", Status("success", f"ok · mapping {mapping}", user, self._now()))
        )

    def body(self, place: Place) -> str:
        """The only note that stands there."""
        (note,) = self.written[place]
        return note.body

    # What the port asks.

    def own_id(self) -> int:
        """The id of the token's user."""
        return self.user

    def deployments(self, environment: str) -> Iterator[Deployment]:
        """Newest first."""
        self._called("deployments")
        yield from [each for name, each in reversed(self.records) if name == environment]

    def open_deployment(self, environment: str, *, branch: str, commit: str, status: str) -> Deployment:
        """Records one; GitLab refuses what it can't find."""
        self._called("open_deployment")
        if commit not in self.commits or branch not in self.branches:
            raise Permanent("gitlab-refused", "the commit or the branch does not exist")
        made = self._deployment(commit, status, branch, self.user)
        self.records.append((environment, made))
        return made

    def end_deployment(self, deployment: Deployment, status: str) -> None:
        """Sets a state; one that has ended can end otherwise as long as the caller doesn't know, but not run again."""
        if deployment.status != "running":
            raise Permanent("gitlab-refused", "the deployment has ended")
        self._called("end_deployment")
        places = [place for place, (_, each) in enumerate(self.records) if each.id == deployment.id]
        if not places:
            raise Permanent("gitlab-not-found", "the deployment")
        environment, found = self.records[places[0]]
        if status == "running" != found.status:
            raise Permanent("gitlab-refused", "the deployment has ended")
        self.records[places[0]] = (environment, replace(found, status=status))

    def fail_deployment(self, deployment: Deployment) -> None:
        """One that was a success."""
        self._called("fail_deployment")
        for place, (environment, each) in enumerate(self.records):
            if each.id == deployment.id:
                self.records[place] = (environment, replace(each, status="failed"))
                return
        raise Permanent("gitlab-not-found", "the deployment")

    def statuses(self, commit: str, *, branch: str, name: str) -> tuple[Status, ...]:
        """Newest first."""
        self._called("statuses")
        self._known(commit)
        return tuple(status for *key, status in reversed(self.posted) if key == [commit, branch, name])

    def post_status(self, commit: str, *, branch: str, name: str, state: str, description: str) -> None:
        """An unfinished one of this user is carried on, a finished one is followed by another."""
        self._called("post_status")
        self._known(commit)
        entry = (commit, branch, name, Status(state, description[:LONGEST], self.user, self._now()))
        for number, (*key, status) in enumerate(self.posted):
            if key == [commit, branch, name] and status.state in _UNFINISHED and status.user == self.user:
                if state not in (status.state, "pending"):
                    self.posted[number] = entry
                return
        self.posted.append(entry)

    def issue(self, iid: int) -> Issue | None:
        """Of whatever state."""
        self._called("issue")
        return self.issues.get(iid)

    def notes(self, place: Place) -> Iterator[Note]:
        """Newest first."""
        self._called("notes")
        self._check(place)
        yield from reversed(self.written.get(place, []))

    def write_note(self, place: Place, body: str, *, replaces: Note | None) -> Note:
        """Adds or replaces."""
        self._called("write_note")
        self._check(place)
        notes = self.written.setdefault(place, [])
        if replaces is not None:
            if replaces.id not in [note.id for note in notes]:
                raise Permanent("gitlab-not-found", "the note")
            number = [note.id for note in notes].index(replaces.id)
            notes[number] = replace(notes[number], body=body)
            return notes[number]
        thread = "thread" if isinstance(place, OnCommit) else None
        notes.append(Note(next(self._numbers), body, self.user, thread))
        return notes[-1]

    def delete_note(self, place: OnMergeRequest, note: Note) -> None:
        """Fine if it is gone."""
        self._called("delete_note")
        self.written[place] = [each for each in self.written.get(place, []) if each.id != note.id]

    def _check(self, place: Place) -> None:
        match place:
            case OnCommit(sha):
                self._known(sha)
            case OnMergeRequest(iid):
                self._request(iid)
            case OnIssue(iid):
                if iid not in self.issues:
                    raise Permanent("gitlab-not-found", "the issue")

    def _deployment(self, commit: str, status: str, branch: str, user: int) -> Deployment:
        number = 1 + max((each.id for _, each in self.records), default=0)
        return Deployment(number, commit, status, user, branch, self._now(), number)
