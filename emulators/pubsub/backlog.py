"""One subscription's queue, without threads, sockets or a clock of its own: who may go now, and what became of it.

Messages stand in lanes: on an ordered subscription all messages of one ordering key share a lane, every other message
has its own. Only the head of a lane is ever outstanding, and the lane stays until its head is acknowledged or given up.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from emulators.pubsub.message import Message


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to bring one message; `attempt` counts from 1, `start` how often the backlog started over."""

    message: Message
    attempt: int
    lane: str
    start: int = 0


@dataclass(slots=True)
class _Waiting:
    message: Message
    due: float
    copies: int = 0
    replay: bool = False
    attempt: int = 1


class Backlog:
    """What a subscription has not got rid of yet; at most `width` messages are pushed at once."""

    def __init__(self, *, ordered: bool, width: int = 64) -> None:
        self._ordered = ordered
        self._width = width
        self._lanes: dict[str, deque[_Waiting]] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._last: dict[str, Message] = {}
        self._sequence = itertools.count()
        self._outstanding = 0
        self._start = 0

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def messages(self) -> list[Message]:
        """All that is left, in no order that means anything."""
        return [waiting.message for lane in self._lanes.values() for waiting in lane]

    def is_under_way(self, delivery: Delivery) -> bool:
        """Not, once the backlog started over."""
        return delivery.start == self._start

    def start_over(self, messages: Iterable[Message], *, due: float) -> None:
        """With these instead of what there was; what is under way is settled without effect."""
        self._lanes, self._ready, self._last = {}, [], {}
        self._outstanding = 0
        self._start += 1
        for message in messages:
            self.put(message, due=due)

    def put(self, message: Message, *, due: float, copies: int = 0, replay: bool = False) -> None:
        """Adds a message that may go from `due` on, and after its acknowledgement `copies` times more.

        With `replay` the message of its key that was acknowledged before it comes once more as well, ahead of it.
        """
        key = message.ordering_key if self._ordered else ""
        name = f"key {key}" if key else f"message {message.id}"
        lane = self._lanes.setdefault(name, deque())
        lane.append(_Waiting(message, due, copies, replay))
        if len(lane) == 1:
            self._offer(name)

    def take(self, now: float, *, most: int | None = None) -> list[Delivery]:
        """What may go now; each of these must be settled. The width holds for those who don't say how many."""
        taken: list[Delivery] = []
        left = max(0, self._width - self._outstanding) if most is None else most
        while len(taken) < left and self._ready and self._ready[0][0] <= now:
            lane = heapq.heappop(self._ready)[2]
            head = self._lanes[lane][0]
            taken.append(Delivery(head.message, head.attempt, lane, self._start))
            self._outstanding += 1
        return taken

    def next_due(self) -> float | None:
        """When `take` has something again, as far as can be known before anything else is settled."""
        return self._ready[0][0] if self._ready and self._outstanding < self._width else None

    def done(self, delivery: Delivery, *, now: float) -> None:
        """Acknowledged, or given up: the next of the lane may go, or once more what was brought already."""
        if not self.is_under_way(delivery):
            return
        lane = self._lanes[delivery.lane]
        head, before = lane[0], self._last.get(delivery.lane)
        if head.copies:
            head.copies -= 1
            head.due = now
        else:
            lane.popleft()
            if head.replay and before:
                lane.extendleft([_Waiting(head.message, now), _Waiting(before, now)])
            if self._ordered and head.message.ordering_key:
                self._last[delivery.lane] = head.message
        self._settled(delivery.lane)

    def again(self, delivery: Delivery, *, due: float) -> None:
        """Not acknowledged: the same message is the next of its lane, at `due`."""
        if not self.is_under_way(delivery):
            return
        head = self._lanes[delivery.lane][0]
        head.attempt += 1
        head.due = due
        self._settled(delivery.lane)

    def _settled(self, name: str) -> None:
        self._outstanding -= 1
        if self._lanes[name]:
            self._offer(name)
        else:
            del self._lanes[name]

    def _offer(self, name: str) -> None:
        heapq.heappush(self._ready, (self._lanes[name][0].due, next(self._sequence), name))
