"""Publishing and delivering: messages go from topics into the backlogs of their subscriptions, and out by attempts."""

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from emulators.pubsub import limits, names
from emulators.pubsub.backlog import Delivery
from emulators.pubsub.catalog import Catalog, Subscribed
from emulators.pubsub.leases import Leases
from emulators.pubsub.message import Draft, Message
from emulators.pubsub.problem import Problem
from emulators.pubsub.tuning import SHUFFLE_SECONDS, Tuning


@dataclass(frozen=True, slots=True)
class Attempt:
    """One push request to be made; it counts as refused when it takes longer than `deadline` seconds."""

    to: Subscribed
    endpoint: str
    body: Mapping[str, object]
    deadline: float
    delivery: Delivery


class Exchange:
    """All state of the stand-in, behind one lock; `ready` is told whenever there may be something to push."""

    def __init__(
        self,
        *,
        tuning: Callable[[], Tuning] = Tuning,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        dice: random.Random | None = None,
    ) -> None:
        self.ready = threading.Condition()
        self._catalog = Catalog()
        self._tuning = tuning
        self._clock = clock
        self._now = now
        self._dice = dice or random.Random(0)  # noqa: S311  repeatable, no secret
        self._ids = itertools.count(10_000_000_000_000_001)
        self._published: list[tuple[str, Message]] = []
        self._leases = Leases()

    @contextmanager
    def catalog(self) -> Iterator[Catalog]:
        """The topics and subscriptions, to be read or changed under the lock."""
        with self.ready:
            yield self._catalog
            self.ready.notify_all()

    def reset(self) -> None:
        with self.ready:
            self._catalog.clear()
            self._published.clear()
            self._leases.clear()

    def publish(self, topic: str, drafts: Sequence[Draft]) -> list[str]:
        """The ids of the stored messages: all of the drafts, or none of them."""
        with self.ready:
            self._catalog.topic(topic)
            limits.check(drafts)
            ids = [self._store(topic, draft) for draft in drafts]
            self.ready.notify_all()
        return ids

    def published(self, topic: str = "") -> list[dict[str, object]]:
        """What was published, oldest first; by the full name of a topic or by its last part, or everything."""
        with self.ready:
            chosen = [entry for entry in self._published if topic in ("", entry[0], names.identifier(entry[0]))]
        return [message.listing(topic=name) for name, message in chosen]

    def pull(self, subscription: str, *, most: int) -> list[tuple[str, Delivery]]:
        """Acknowledgement ids and messages, none when there are none: here nobody waits for some."""
        with self.ready:
            return self._leases.pull(self._pulled(subscription), most=most, now=self._clock())

    def acknowledge(self, subscription: str, handles: Sequence[str]) -> None:
        """These were worked on."""
        with self.ready:
            self._leases.acknowledge(self._pulled(subscription), list(handles), now=self._clock())

    def modify_deadline(self, subscription: str, handles: Sequence[str], *, seconds: float) -> None:
        """From now on they may be worked on so long; 0 gives them back."""
        with self.ready:
            to = self._pulled(subscription)
            self._leases.modify(to, list(handles), seconds=seconds, now=self._clock())

    def due(self) -> list[Attempt]:
        """What must be pushed now. Each attempt is to be settled."""
        with self.ready:
            now = self._clock()
            pushing = [subscribed for subscribed in self._catalog.all() if subscribed.endpoint]
            return [self._attempt(to, delivery) for to in pushing for delivery in to.backlog.take(now)]

    def wait(self) -> float | None:
        """Seconds until `due` has something again, None when nobody knows."""
        times = [to.backlog.next_due() for to in self._catalog.all() if to.endpoint]
        known = [at for at in times if at is not None]
        return max(0.0, min(known) - self._clock()) if known else None

    def settle(self, attempt: Attempt, *, acknowledged: bool) -> bool:
        """Takes in how an attempt went; a message that failed for the last time goes to the dead-letter topic.

        False, and nothing else, when the subscription is gone by now.
        """
        with self.ready:
            if attempt.to not in self._catalog.all():
                return False
            backlog, now = attempt.to.backlog, self._clock()
            if acknowledged or self._buried(attempt):
                backlog.done(attempt.delivery, now=now)
            else:
                wait = attempt.to.policy.wait(attempt.delivery.attempt, minimum=self._tuning().min_backoff)
                backlog.again(attempt.delivery, due=now + wait)
            self.ready.notify_all()
            return True

    def outstanding(self) -> dict[str, int]:
        """How many messages each subscription has not got rid of, without the subscriptions that are done."""
        with self.ready:
            return {to.name: len(to.backlog) for to in self._catalog.all() if len(to.backlog)}

    def _pulled(self, name: str) -> Subscribed:
        to = self._catalog.subscription(name)
        if to.endpoint:
            raise Problem("FAILED_PRECONDITION", "This method is not supported for push subscriptions.")
        return to

    def _store(self, topic: str, draft: Draft) -> str:
        message = Message(
            str(next(self._ids)), draft.data, dict(draft.attributes), draft.ordering_key, published=self._now()
        )
        self._published.append((topic, message))
        tuning = self._tuning()
        for subscribed in self._catalog.of_topic(topic):
            late = tuning.delay + (self._dice.uniform(0, SHUFFLE_SECONDS) if tuning.shuffle else 0)
            copies = int(tuning.duplicates) + (self._dice.random() < tuning.duplicates % 1)
            replay = self._dice.random() < tuning.replay
            subscribed.backlog.put(message, due=self._clock() + late, copies=copies, replay=replay)
        return message.id

    def _attempt(self, to: Subscribed, delivery: Delivery) -> Attempt:
        counted = delivery.attempt if to.policy.dead_letter else None
        shortened = self._tuning().ack_deadline
        return Attempt(
            to,
            to.endpoint,
            body=delivery.message.envelope(subscription=to.name, attempt=counted),
            deadline=to.policy.deadline if shortened is None else shortened,
            delivery=delivery,
        )

    def _buried(self, attempt: Attempt) -> bool:
        """Whether the message is in its dead-letter topic now; while that is missing it stays where it is."""
        policy, delivery = attempt.to.policy, attempt.delivery
        if not policy.dead_letter or delivery.attempt < policy.max_attempts:
            return False
        try:
            self._catalog.topic(policy.dead_letter)
        except Problem:
            return False
        self._store(policy.dead_letter, delivery.message.dead(subscription=attempt.to.name, attempts=delivery.attempt))
        return True
