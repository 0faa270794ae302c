"""Sends web hooks: later, from threads of its own, one request for each event and hook, never tried again."""

import queue
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from emulators.gitlab import disorder, envelope, hooks, news, post
from emulators.gitlab.events import Event
from emulators.gitlab.project import Project, Record
from emulators.gitlab.world import World

GATHER_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Letter:
    project: Project
    hook: Record
    envelope: envelope.Envelope


class Sender:
    """Follows the events of a world. Each hook has a lane (queue and thread): a slow receiver holds up only itself."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lanes: dict[int, queue.SimpleQueue[_Letter | None]] = {}
        self._lock = threading.Lock()
        self._dice = disorder.Dice()
        world.listeners.append(self._hear)

    def close(self) -> None:
        """No more is sent, but what is under way ends by itself."""
        self._world.listeners.remove(self._hear)
        with self._lock:
            for lane in self._lanes.values():
                lane.put(None)
            self._lanes.clear()

    def send(self, project: Project, hook: Record, *, letter: envelope.Envelope) -> post.Delivery:
        """Sends one envelope at once, whatever the state of the hook, and records how it went."""
        delivery = post.post(letter, hook, instance=self._world.base_url, number=self._world.next_id("delivery"))
        now = self._world.clock()
        with project.lock:
            hook["_deliveries"].append(delivery.document(letter, hook, at=now))
            if disorder.read(self._world.settings.shown()).auto_disable:
                hooks.score(hook, success=delivery.success, now=now)
        return delivery

    def _queue(self, project: Project, hook: Record, *, letter: envelope.Envelope) -> None:
        """Puts one envelope into the hook's lane."""
        with self._lock:
            if hook["id"] not in self._lanes:
                lane: queue.SimpleQueue[_Letter | None] = queue.SimpleQueue()
                self._lanes[hook["id"]] = lane
                threading.Thread(target=partial(self._work, lane), name=f"hook-{hook['id']}", daemon=True).start()
            self._lanes[hook["id"]].put(_Letter(project, hook, letter))

    def _hear(self, event: Event) -> None:
        if news.silent(event):
            return
        kind, now = news.kind_of(event), self._world.clock()
        told = [hook for hook in event.project.hooks if hooks.hears(hook, kind.flag, now=now, branch=kind.branch)]
        if not told:
            return
        body, number = envelope.encode(news.body_of(event, self._world.base_url)), str(uuid.uuid4())
        fate = disorder.read(self._world.settings.shown())
        for hook in told:
            if self._too_many(event.project):
                return
            wrapped = envelope.wrap(kind.trigger, name=kind.header, body=body, event=number)
            for _ in range(self._dice.copies(fate)):
                self._queue(event.project, hook, letter=wrapped)

    def _too_many(self, project: Project) -> bool:
        """Whether the group at the top has had its deliveries of this minute; further ones are lost without a trace."""
        most = self._world.settings.number("hooks_per_minute")
        top = project.namespace.partition("/")[0]
        return most > 0 and self._world.windows.count("web hooks", top).number > most

    def _work(self, lane: "queue.SimpleQueue[_Letter | None]") -> None:
        while (letter := lane.get()) is not None:
            fate = disorder.read(self._world.settings.shown())
            batch = [letter, *(_gathered(lane) if fate.shuffled else ())]
            for chosen in self._dice.order(batch, fate):
                self._deliver(chosen)

    def _deliver(self, letter: _Letter) -> None:
        project, hook = letter.project, letter.hook
        if self._world.projects.get(project.id) is not project or not any(kept is hook for kept in project.hooks):
            return
        if hooks.executable(hook, now=self._world.clock()):
            self.send(project, hook, letter=letter.envelope)


def _gathered(lane: "queue.SimpleQueue[_Letter | None]") -> Iterator[_Letter]:
    """What else comes within a moment, so that there is something to shuffle."""
    deadline = time.monotonic() + GATHER_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        try:
            letter = lane.get(timeout=left)
        except queue.Empty:
            return
        if letter is None:
            lane.put(None)
            return
        yield letter
