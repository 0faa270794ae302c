"""The page of the stand-in of Slack for people: what was posted, newest first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Protocol

from emulators.pages.moments import shown
from emulators.pages.site import STYLE, Site
from emulators.routing import Answer, Call, Router

MOST_SHOWN = 100
_LINKS = ("http://", "https://")


class Posts(Protocol):
    """Messages as they were posted, oldest first, to be read under the lock."""

    lock: Lock
    posted: list[dict[str, object]]


class Pages:
    """Answers everything outside API and control plane."""

    def __init__(self, posts: Posts) -> None:
        self._posts = posts
        self._site = Site(Path(__file__).parent / "templates", name="Slack stand-in")
        self._router = Router()
        self._router.add("GET", STYLE, lambda _call: self._site.style())
        self._router.add("GET", "/", self._start)

    def answer(self, call: Call) -> Answer:
        placed = self._router.placed(call)
        if placed.found is None or placed.found.handler is None:
            return self._site.missing("There is no such page.")
        return self._router.answer(placed)

    def _start(self, _call: Call) -> Answer:
        with self._posts.lock:
            newest = self._posts.posted[: -MOST_SHOWN - 1 : -1]
        return self._site.page("messages.html", messages=[_told(each) for each in newest])


def _told(message: dict[str, object]) -> dict[str, object]:
    at = shown(datetime.fromtimestamp(float(str(message["moment"])), UTC))
    return {**message, "text": message.get("text", ""), "blocks": _safe(message.get("blocks")), "when": at}


def _safe(value: object) -> object:
    """The blocks, in which no link leads to anything but a page."""
    if isinstance(value, dict):
        url = value.get("url")
        known = isinstance(url, str) and url.lower().startswith(_LINKS)
        kept = {**value, "type": "text"} if value.get("type") == "link" and not known else value
        return {name: _safe(each) for name, each in kept.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_safe(each) for each in value]
    return value or ""
