"""Of when a review is and what it was computed for: in the first line of its note, and in its commit status.

Whoever comes upon them later, another run or the sweep, sees by them whether they still hold.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from .due import Patience
from .gitlab import Status

NOTHING, UNKNOWN = "nothing", "unknown"
"""In place of a commit: there is none, or nobody could look."""
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
_COMMIT = rf"[0-9a-f]{{8}}|{NOTHING}|{UNKNOWN}"
_ENDING = re.compile(
    rf"^!(?P<iid>[0-9]+): .*?(?: · but !(?P<beside>[0-9]+) fails)?"
    rf" · onto (?P<target>{_COMMIT}), live (?P<live>{_COMMIT}) · (?P<seen>{_MOMENT})$"
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the status of an earlier review says of itself; commits are cut short. `seen` sorts as time does.

    `created` is an ISO 8601 time. `beside` is the number of another merge request of the same commits, for whose sake
    alone the status is red.
    """

    merge_request: int
    target: str
    live: str
    seen: str
    state: str
    created: str = ""
    beside: int | None = None

    @property
    def fails(self) -> bool:
        """Whether its own merge request is not to be merged."""
        return self.state == "failed" and self.beside is None

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


def ending(*, target: str, live: str, seen: str, beside: int | None = None) -> str:
    """What a description ends with. Target and live are full shas, or one of the words above."""
    other = "" if beside is None else f" · but !{beside} fails"
    return f"{other} · onto {_short(target)}, live {_short(live)} · {seen}"


def first_line(*, seen: str, source: str, run: str) -> str:
    """What nobody sees of a note; no two runs write the same."""
    return f"<!-- aic-plan seen={seen} source={source or NOTHING} run={run} -->"


def earlier(statuses: Iterable[Status], *, merge_request: int, own: int) -> list[Earlier]:
    """What our own statuses say of this merge request, in their order."""
    return [each for each in _all(statuses, own) if each.merge_request == merge_request]


def others(statuses: Iterable[Status], *, merge_request: int, own: int) -> list[Earlier]:
    """What they say of each other merge request with these commits: of the run that looked last and came to its end."""
    ended = [each for each in _all(statuses, own) if each.is_final][::-1]  # they come newest first
    ended.sort(key=lambda each: each.seen)
    return [each for iid, each in {each.merge_request: each for each in ended}.items() if iid != merge_request]


def _all(statuses: Iterable[Status], own: int) -> Iterator[Earlier]:
    for status in statuses:
        match = _ENDING.match(status.description) if status.user == own else None
        if match:
            commits, beside = (match["target"], match["live"]), match["beside"]
            number = int(beside) if beside else None
            yield Earlier(int(match["iid"]), *commits, match["seen"], status.state, status.created, number)


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
