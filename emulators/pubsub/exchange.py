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


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that was pulled, and the id by which it is acknowledged; `attempt` as in a push request."""

    handle: str
    message: Message
    attempt: int | None


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
        self._leases = Leases(self._failed)

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

    def pull(self, subscription: str, *, most: int, deadline: float | None = None) -> list[Leased]:
        """None when there are none: here nobody waits for some. `deadline` takes the place of the subscription's."""
        with self.ready:
            to = self._pulled(subscription)
            pulled = self._leases.pull(to, most=most, now=self._clock(), deadline=deadline)
            return [Leased(handle, each.message, to.policy.counted(each.attempt)) for handle, each in pulled]

    def pull_wait(self, subscription: str) -> float | None:
        """Seconds until there may be something to pull, None when nobody knows; to be asked under the lock."""
        to = self._pulled(subscription)
        times = (to.backlog.next_due(), self._leases.next_end(to))
        known = [at for at in times if at is not None]
        return max(0.0, min(known) - self._clock()) if known else None

    def acknowledge(self, subscription: str, handles: Sequence[str]) -> None:
        """These were worked on."""
        with self.ready:
            self._leases.acknowledge(self._pulled(subscription), list(handles), now=self._clock())
            self.ready.notify_all()

    def modify_deadline(self, subscription: str, handles: Sequence[str], *, seconds: float) -> None:
        """From now on they may be worked on so long; 0 gives them back."""
        with self.ready:
            to = self._pulled(subscription)
            self._leases.modify(to, list(handles), seconds=seconds, now=self._clock())
            self.ready.notify_all()

    def seek(self, subscription: str, moment: datetime) -> None:
        """What was published before is done with; what was acknowledged since is to do again where it is retained."""
        with self.ready:
            to = self._catalog.subscription(subscription)
            there = {message.id: message for message in (*to.seen, *to.backlog.messages())}
            left = sorted((each for each in there.values() if each.published >= moment), key=lambda each: int(each.id))
            self._start_over(to, left)

    def detach(self, subscription: str) -> None:
        """It gets nothing more, and what it had is gone."""
        with self.ready:
            to = self._catalog.subscription(subscription)
            to.shown.detached = True
            self._start_over(to, [])

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
            if acknowledged:
                attempt.to.backlog.done(attempt.delivery, now=self._clock())
            else:
                self._failed(attempt.to, attempt.delivery)
            self.ready.notify_all()
            return True

    def outstanding(self) -> dict[str, int]:
        """How many messages each subscription has not got rid of, without the subscriptions that are done."""
        with self.ready:
            return {to.name: len(to.backlog) for to in self._catalog.all() if len(to.backlog)}

    def _start_over(self, to: Subscribed, messages: list[Message]) -> None:
        to.backlog.start_over(messages, due=self._clock())
        self.ready.notify_all()

    def _pulled(self, name: str) -> Subscribed:
        to = self._catalog.subscription(name)
        if to.shown.detached:
            raise Problem("FAILED_PRECONDITION", "The subscription is detached.")
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
            if not subscribed.policy.wants(message.attributes):
                continue
            late = tuning.delay + (self._dice.uniform(0, SHUFFLE_SECONDS) if tuning.shuffle else 0)
            copies = int(tuning.duplicates) + (self._dice.random() < tuning.duplicates % 1)
            replay = self._dice.random() < tuning.replay
            if subscribed.shown.retain_acked_messages:
                subscribed.seen.append(message)
            subscribed.backlog.put(message, due=self._clock() + late, copies=copies, replay=replay)
        return message.id

    def _attempt(self, to: Subscribed, delivery: Delivery) -> Attempt:
        shortened = self._tuning().ack_deadline
        return Attempt(
            to,
            to.endpoint,
            body=delivery.message.envelope(subscription=to.name, attempt=to.policy.counted(delivery.attempt)),
            deadline=to.policy.deadline if shortened is None else shortened,
            delivery=delivery,
        )

    def _failed(self, to: Subscribed, delivery: Delivery) -> None:
        """What nobody has a policy for is there to be pulled again at once; push endpoints are always spared."""
        now = self._clock()
        if self._buried(to, delivery):
            to.backlog.done(delivery, now=now)
            return
        spared = bool(to.endpoint) or to.policy.retries
        wait = to.policy.wait(delivery.attempt, minimum=self._tuning().min_backoff) if spared else 0.0
        to.backlog.again(delivery, due=now + wait)

    def _buried(self, to: Subscribed, delivery: Delivery) -> bool:
        """Whether the message is in its dead-letter topic now; while that is missing it stays where it is."""
        policy = to.policy
        last = delivery.attempt >= policy.max_attempts and to.backlog.is_under_way(delivery)
        if not policy.dead_letter or not last:
            return False
        try:
            self._catalog.topic(policy.dead_letter)
        except Problem:
            return False
        self._store(policy.dead_letter, delivery.message.dead(subscription=to.name, attempts=delivery.attempt))
        return True
