"""The stand-in of Slack put together, and as a process: its API below /api, and a page of what was posted."""

import argparse
import threading
import time
from wsgiref.types import WSGIApplication

from emulators.control import Control, refused
from emulators.faults import STATUSES
from emulators.routing import Answer, Call, Router
from emulators.server import announce, application, serve
from emulators.slack.bodies import sent
from emulators.slack.checks import error
from emulators.slack.pages import Pages

PREFIX = "/api"
SETTINGS: dict[str, object] = {"require_token": "", "channels": "", "archived": ""}
"""`channels` are the names that there are, apart by blanks; empty means any. `archived` are some that take nothing."""


class World:
    """Messages by channel. Answers are 200 with `ok: false` where Slack has a word for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.posted: list[dict[str, object]] = []

    def reset(self) -> None:
        """Nothing was ever posted."""
        with self.lock:
            self.posted = []

    def post(self, message: dict[str, object]) -> str:
        """The moment by which Slack names it."""
        with self.lock:
            moment = f"{1_800_000_000 + len(self.posted)}.000100"
            self.posted.append({**message, "ts": moment, "moment": time.time()})
        return moment


class Api:
    """The methods."""

    def __init__(self, world: World, control: Control) -> None:
        self._world = world
        self._settings = control.settings

    def add_routes(self, router: Router) -> None:
        """Slack takes every method by POST, and those that only tell something by GET as well."""
        for method in ("GET", "POST"):
            router.add(method, "/auth.test", lambda call: self._authorized(call) or _ok(user="gitops", team="local"))
        router.add("POST", "/chat.postMessage", self._post)

    def _post(self, call: Call) -> Answer:
        turned_away = self._authorized(call)
        if turned_away is not None:
            return turned_away
        message = sent(call)
        if isinstance(message, str):
            return _not_ok(message)
        wrong = self._channel(str(message.get("channel", ""))) or error(message)
        if wrong:
            return _not_ok(wrong)
        return _ok(channel="C0LOCAL", ts=self._world.post(message), message={"text": message.get("text", "")})

    def _authorized(self, call: Call) -> Answer | None:
        given = call.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        wanted = self._settings.text("require_token")
        if not given:
            return _not_ok("not_authed")
        return _not_ok("invalid_auth") if wanted and given != wanted else None

    def _channel(self, name: str) -> str:
        known, archived = self._settings.text("channels").split(), self._settings.text("archived").split()
        if not name or (known and name not in known):
            return "channel_not_found"
        return "is_archived" if name in archived else ""


def build() -> WSGIApplication:
    """A Slack of its own."""
    world = World()
    control = Control(
        settings=SETTINGS, reset=world.reset, seed=_no_seed, dump=lambda _: Answer(body={"posted": world.posted}),
        fault_answer=fault_answer,
    )  # fmt: skip
    router = Router(words=words)
    Api(world, control).add_routes(router)
    return application(router, control, PREFIX, elsewhere=Pages(world).answer)


def words(status: int, _why: str) -> Answer:
    """What it doesn't know it answers 200 as well."""
    return _not_ok("invalid_json" if status == 400 else "unknown_method")


def fault_answer(kind: str) -> Answer:
    """Slack's own shape; 401 and 403 never come from it."""
    if kind == "429":
        return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "30"})
    if kind in STATUSES:
        return Answer(int(kind), {"ok": False, "error": "internal_error"})
    return Answer(200, b'{"ok": tr' if kind == "malformed" else None)


def run(arguments: argparse.Namespace) -> int:
    """Serves until a signal ends the process."""
    with serve(build(), port=arguments.port) as running:
        announce(port=running.port)
        threading.Event().wait()
    return 0


def _no_seed(_call: Call) -> Answer:
    raise refused("there is nothing to seed")


def _ok(**more: object) -> Answer:
    return Answer(body={"ok": True, **more})


def _not_ok(word: str) -> Answer:
    return Answer(body={"ok": False, "error": word})
