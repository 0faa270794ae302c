"""How often something may be done in a while: GitLab's own limits, and the throttle in front of it."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from threading import Lock

from emulators.gitlab.errors import ApiError, message
from emulators.routing import Answer
from emulators.settings import Settings

MINUTE = 60.0
LARGE = 10 * 1024 * 1024
LARGE_COMMIT = 20 * 1024 * 1024
AGAIN = "This endpoint has been requested too many times. Try again later."


@dataclass(frozen=True, slots=True)
class Count:
    """How often within the window, this time included, and in how many seconds the window ends."""

    number: int
    left: float


class Windows:
    """Counts by key; a window begins with the first use after the last one has ended."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[tuple[object, ...], tuple[float, int]] = {}
        self._lock = Lock()

    def count(self, *key: object, seconds: float = MINUTE) -> Count:
        """One more use of the key, within so many seconds."""
        with self._lock:
            now = self._clock()
            began, number = self._open.get(key, (now, 0))
            if now - began >= seconds:
                began, number = now, 0
            self._open[key] = began, number + 1
            return Count(number + 1, began + seconds - now)


def limit(windows: Windows, *key: object, most: float, text: str = AGAIN, seconds: float = MINUTE) -> None:
    """Counts one use; beyond `most` (0: no limit) 429, whose message is an object and which has no headers."""
    if most and windows.count(*key, seconds=seconds).number > most:
        raise too_often(text)


def too_often(text: str = AGAIN) -> ApiError:
    """The refusal of a limit within GitLab."""
    return message(429, {"error": text})


def check_size(windows: Windows, *who: object, settings: Settings, size: int) -> None:
    """Files of more than 10 MB may be read as JSON a few times a minute only."""
    if size > LARGE:
        limit(windows, "large file", *who, most=settings.number("large_files_per_minute"))


def check_commit(windows: Windows, who: int, *, settings: Settings, size: int) -> None:
    """A commit of more than 20 MB may be sent a few times in half a minute; beyond `commit_bytes` none is taken."""
    if size > settings.number("commit_bytes"):
        raise message(413, "413 Request Entity Too Large")
    if size > LARGE_COMMIT:
        most = settings.number("large_commits_per_half_minute")
        limit(windows, "large commit", who, most=most, seconds=MINUTE / 2)


def throttle(windows: Windows, who: str, *, most: int) -> dict[str, str]:
    """Counts a request; the headers that GitLab's throttle adds to its answer. Beyond `most` 429 in plain text."""
    if not most:
        return {}
    count = windows.count("request", who)
    over, wait = count.number > most, math.ceil(count.left)
    reset = int(time.time()) + wait
    headers = {
        "RateLimit-Limit": str(most),
        "RateLimit-Name": "throttle_authenticated_api",
        "RateLimit-Observed": str(count.number),
        "RateLimit-Remaining": str(max(0, most - count.number)),
        "RateLimit-Reset": str(reset),
    }
    if over:
        blocked = {"RateLimit-ResetTime": formatdate(reset, usegmt=True), "Retry-After": str(wait)}
        raise ApiError(Answer(429, "Retry later\n", {**headers, **blocked, "Content-Type": "text/plain"}))
    return headers
