"""Any other message that Pub/Sub has given up: people are told where its work would have been seen."""

from collections.abc import Collection

from ..domain import dead_letter_note, note
from ..domain.dead_letter import Letter
from ..domain.dead_letter_report import Buried, Fate
from ..domain.dead_letter_request import Asked
from ..domain.gitlab import OnCommit, OnMergeRequest, Place
from . import target
from .journals import own_note
from .outside import Outside


def tell(asked: Asked, letter: Letter, outside: Outside, *, allowed: Collection[str]) -> Buried:
    """On the merge request, or on the newest commit of the branch; the log alone where there is neither.

    `allowed`: the workspaces that the settings let the project touch.
    """
    place, name = _place(asked, outside, allowed)
    fields = {"project": asked.project, "branch": asked.branch, "workspace": asked.workspace, "workflow": asked.what}
    error = letter.error
    given_up = Buried(Fate.GIVEN_UP, error.reason, error.detail, {**fields, "told_on": name})
    if place is None:
        return given_up
    mark = note.marker(name, kind=f"dead-{asked.what}")
    body = dead_letter_note.render(letter, asked, first_line=mark)
    old = own_note(place, mark, outside.repository)
    if old is not None and old.body == body:
        return Buried(Fate.CONFIRMED, fields={**fields, "told_on": name})
    outside.repository.write_note(place, body, replaces=old)
    return given_up


def _place(asked: Asked, outside: Outside, allowed: Collection[str]) -> tuple[Place | None, str]:
    """Where to tell it, and what that is called; raises Refused for a workspace that the project may not touch."""
    if asked.merge_request is not None:
        return OnMergeRequest(asked.merge_request), f"!{asked.merge_request}"
    branch = asked.branch
    if asked.workspace and not branch:
        branch = target.branch_of(asked.workspace, allowed=allowed, repository=outside.repository)
    head = outside.repository.head(branch) if branch else None
    return (None, "") if head is None else (OnCommit(head), branch)
