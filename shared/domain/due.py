"""Whether a branch waits for a deploy that nobody has asked for, from what GitLab recorded of its head."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from . import note
from .gitlab import Deployment, Status


class Due(StrEnum):
    """What a sweep finds of a branch."""

    ABSENT = "GitLab has no such branch"
    DONE = "its head is live"
    MISSING = "its head was never deployed"
    LEFT = "a deploy was left running"
    AGAIN = "its last try failed, long ago"
    UNDER_WAY = "a deploy is under way"
    HELD = "an open rollback holds some of it"
    RELEASED = "a rollback that held some of it was closed"
    WAITS = "its last try failed: it waits for a change, a person or a day"


ASKED_FOR = frozenset({Due.MISSING, Due.LEFT, Due.AGAIN, Due.RELEASED})
_UNFINISHED = ("running", "pending")


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds: after `lost` a run that has not ended is dead, after `again` a failed head is worth another try."""

    lost: float
    again: float


def of_records(head: str, own: Sequence[Deployment], *, now: float, patience: Patience) -> Due | None:
    """What the deployment records alone tell; `own` are the service's, newest first, down to the newest success.

    None where the commit status of head has to say the rest.
    """
    if any(each.status == "running" and now - _moment(each.created) >= patience.lost for each in own):
        return Due.LEFT
    success = next((each for each in own if each.status == "success"), None)
    return Due.DONE if success is not None and success.commit == head else None


def of_status(head: str, own: Sequence[Deployment], status: Status | None, *, now: float, patience: Patience) -> Due:
    """What became of the last try to deploy head: its status tells, or the record where that could not be posted."""
    tries = [(_moment(each.created), each.status) for each in own if each.commit == head]
    if status is not None:
        tries.append((_moment(status.created), status.state))
    if not tries:
        return Due.MISSING
    tried, state = max(tries)
    if state in _UNFINISHED:
        return Due.LEFT if now - tried >= patience.lost else Due.UNDER_WAY
    return Due.AGAIN if now - tried >= patience.again else Due.WAITS


def in_conflict(own: Sequence[Deployment], status: Status | None, *, now: float) -> float | None:
    """For how many seconds people have been asked to settle what keeps a branch from being deployed; None: they aren't.

    Counted from the first head that could not be deployed since the newest success: the status is posted anew each day,
    and on each new head.
    """
    if status is None or status.state != "failed" or not note.tells_conflict(status.description):
        return None
    began = [each.created for each in own if each.status == "failed"]
    return now - min(map(_moment, [*began, status.created]))


def _moment(created: str) -> float:
    return datetime.fromisoformat(created).timestamp()
