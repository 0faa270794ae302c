"""Of when a review is and what it was computed for: in the first line of its note, and in its commit status.

Whoever comes upon them later, another run or the sweep, sees by them whether they still hold.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from .due import Patience
from .gitlab import Status

NOTHING, UNKNOWN = "nothing", "unknown"
"""In place of a commit: there is none, or nobody could look."""
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
_ENDING = re.compile(
    rf"^!(?P<iid>[0-9]+): .* · onto (?P<target>[0-9a-f]{{8}}|{NOTHING}|{UNKNOWN}), "
    rf"live (?P<live>[0-9a-f]{{8}}|{NOTHING}|{UNKNOWN}) · (?P<seen>{_MOMENT})$"
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the status of an earlier review says of itself; commits are cut short. `seen` sorts as time does.

    `created` is an ISO 8601 time.
    """

    merge_request: int
    target: str
    live: str
    seen: str
    state: str
    created: str = ""

    @property
    def is_final(self) -> bool:
        """Whether that run came to its end."""
        return self.state not in ("running", "pending")


def moment(now: float) -> str:
    """When a run begins to look, to the millisecond (`now`: seconds since 1970)."""
    at = datetime.fromtimestamp(now, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def in_words(now: float) -> str:
    """The same for people."""
    return f"on {datetime.fromtimestamp(now, UTC):%Y-%m-%d at %H:%M:%S} UTC"


def ending(*, target: str, live: str, seen: str) -> str:
    """What a description ends with. Target and live are full shas, or one of the words above."""
    return f" · onto {_short(target)}, live {_short(live)} · {seen}"


def first_line(*, seen: str, source: str, run: str) -> str:
    """What nobody sees of a note; no two runs write the same."""
    return f"<!-- aic-plan seen={seen} source={source or NOTHING} run={run} -->"


def earlier(statuses: Iterable[Status], *, merge_request: int, own: int) -> list[Earlier]:
    """What our own statuses say of this merge request, in their order."""
    found = ((status, _ENDING.match(status.description)) for status in statuses if status.user == own)
    return [
        Earlier(merge_request, match["target"], match["live"], match["seen"], status.state, status.created)
        for status, match in found
        if match and int(match["iid"]) == merge_request
    ]


def is_stale(last: Earlier | None, *, target: str, live: str, age: float, patience: Patience) -> bool:
    """Whether a review has to be made anew: nobody made one, it died, or what it says is no longer so.

    `target` and `live` are full shas of now; `age` are the seconds since the status was posted.
    """
    if last is None:
        return True
    if not last.is_final or last.live == UNKNOWN:
        return age >= patience.lost
    moved = last.target != _short(target) or last.live != _short(live)
    return moved or age >= patience.again


def _short(commit: str) -> str:
    return commit if commit in (NOTHING, UNKNOWN) else commit[:8] or NOTHING
