"""The queue of the Pub/Sub stand-in, with a clock that only the test moves."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from google.pubsub_v1.types import PushConfig, Subscription
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.pubsub.backlog import Backlog, Delivery
from emulators.pubsub.exchange import Attempt, Exchange
from emulators.pubsub.message import Draft, Message
from emulators.pubsub.policy import Policy
from emulators.pubsub.tuning import Tuning

TOPIC = "projects/demo/topics/aic-deploy"
DEAD = "projects/demo/topics/aic-deploy-dead-letter"
NAME = "projects/demo/subscriptions/deploy-push"


def message(number: int, *, key: str = "") -> Message:
    return Message(str(number), b"x", {}, key, datetime(2026, 1, 1, tzinfo=UTC))


def ids(deliveries: list[Delivery]) -> list[str]:
    return [delivery.message.id for delivery in deliveries]


def test_a_key_has_one_message_outstanding_and_the_others_go_on() -> None:
    """Head-of-line blocking is per ordering key."""
    backlog = Backlog(ordered=True)
    for number, key in enumerate(["a", "a", "b", "", ""]):
        backlog.put(message(number, key=key), due=0)

    assert ids(backlog.take(0)) == ["0", "2", "3", "4"]
    assert backlog.take(0) == []


def test_a_failed_head_holds_back_its_key_until_it_is_acknowledged() -> None:
    """The next message of the key waits as long as the first one fails."""
    backlog = Backlog(ordered=True)
    backlog.put(message(1, key="a"), due=0)
    backlog.put(message(2, key="a"), due=0)
    (first,) = backlog.take(0)
    backlog.again(first, due=5)

    assert backlog.take(4.9) == []
    (second,) = backlog.take(5)
    assert (second.message.id, second.attempt) == ("1", 2)
    backlog.done(second, now=6)
    assert ids(backlog.take(6)) == ["2"]


def test_keys_mean_nothing_to_a_subscription_without_ordering() -> None:
    """Ordering is the subscription's choice."""
    backlog = Backlog(ordered=False)
    backlog.put(message(1, key="a"), due=0)
    backlog.put(message(2, key="a"), due=0)

    assert ids(backlog.take(0)) == ["1", "2"]


def test_a_copy_comes_after_the_acknowledgement_and_before_the_next_of_its_key() -> None:
    """Duplicates don't break the order of a key."""
    backlog = Backlog(ordered=True)
    backlog.put(message(1, key="a"), due=0, copies=1)
    backlog.put(message(2, key="a"), due=0)
    seen = []
    while taken := backlog.take(0):
        seen += ids(taken)
        backlog.done(taken[0], now=0)

    assert seen == ["1", "1", "2"]
    assert len(backlog) == 0


def test_no_more_than_the_width_is_outstanding() -> None:
    """A subscription doesn't flood its endpoint."""
    backlog = Backlog(ordered=False, width=2)
    for number in range(3):
        backlog.put(message(number), due=0)
    taken = backlog.take(0)

    assert ids(taken) == ["0", "1"]
    assert backlog.next_due() is None
    backlog.done(taken[0], now=0)
    assert ids(backlog.take(0)) == ["2"]


@settings(deadline=None)
@given(keys=st.lists(st.sampled_from("abc"), max_size=12), dice=st.randoms(use_true_random=False))
def test_every_key_is_delivered_in_order_whatever_fails(keys: list[str], dice: random.Random) -> None:
    """First acknowledgements of a key come in the order of publishing, and every message gets one."""
    backlog = Backlog(ordered=True)
    for number, key in enumerate(keys):
        backlog.put(message(number, key=key), due=0, copies=dice.randrange(2))
    done: dict[str, list[int]] = {}
    now, flying = 0.0, backlog.take(0)
    while flying:
        delivery = flying.pop(dice.randrange(len(flying)))
        if delivery.attempt < dice.randint(1, 4):
            backlog.again(delivery, due=now)
        else:
            backlog.done(delivery, now=now)
            done.setdefault(delivery.message.ordering_key, []).append(int(delivery.message.id))
        flying += backlog.take(now)

    for key, numbers in done.items():
        assert list(dict.fromkeys(numbers)) == [number for number, own in enumerate(keys) if own == key]
        assert numbers == sorted(numbers)
    assert len(backlog) == 0


@dataclass(slots=True)
class World:
    """An exchange with one ordered push subscription, and its clock."""

    tuning: Tuning = field(default_factory=Tuning)
    now: float = 0.0

    def exchange(self, **options: object) -> Exchange:
        exchange = Exchange(tuning=lambda: self.tuning, clock=lambda: self.now)
        push = PushConfig(push_endpoint="http://127.0.0.1:1/")
        wanted = Subscription(name=NAME, topic=TOPIC, push_config=push, enable_message_ordering=True, **options)
        with exchange.catalog() as catalog:
            catalog.add_subscription(wanted)
        return exchange


def failing_times(world: World, exchange: Exchange, *, attempts: int) -> list[float]:
    """When the attempts happen, if each of them fails at once."""
    times = []
    for _ in range(attempts):
        (attempt,) = exchange.due()
        times.append(world.now)
        exchange.settle(attempt, acknowledged=False)
        wait = exchange.wait()
        world.now += wait or 0.0
    return times


def test_failures_are_backed_off_from_by_the_retry_policy() -> None:
    """The wait doubles from the minimum to the maximum."""
    world = World()
    exchange = world.exchange(retry_policy={"minimum_backoff": "10s", "maximum_backoff": "30s"})
    exchange.publish(TOPIC, [Draft(b"x", {})])

    assert failing_times(world, exchange, attempts=5) == [0, 10, 30, 60, 90]


def test_the_minimum_can_be_shortened_for_every_subscription() -> None:
    """Tests need not wait for the subscriptions of production."""
    world = World(tuning=Tuning(min_backoff=0.5))
    exchange = world.exchange(retry_policy={"minimum_backoff": "10s", "maximum_backoff": "30s"})
    exchange.publish(TOPIC, [Draft(b"x", {})])

    assert failing_times(world, exchange, attempts=4) == [0, 0.5, 1.5, 3.5]


def deliver(exchange: Exchange, *, acknowledged: bool) -> list[Attempt]:
    taken = exchange.due()
    for attempt in taken:
        exchange.settle(attempt, acknowledged=acknowledged)
    return taken


def test_the_last_attempt_buries_the_message_and_lets_its_key_go_on() -> None:
    """After max_delivery_attempts the dead-letter topic has it, with Google's attributes."""
    world = World(tuning=Tuning(min_backoff=0))
    exchange = world.exchange(dead_letter_policy={"dead_letter_topic": DEAD, "max_delivery_attempts": 5})
    exchange.publish(TOPIC, [Draft(b"poison", {"a": "b"}, "k"), Draft(b"next", {}, "k")])
    attempts = [deliver(exchange, acknowledged=False)[0].body["deliveryAttempt"] for _ in range(5)]

    assert attempts == [1, 2, 3, 4, 5]
    (dead,) = exchange.published("aic-deploy-dead-letter")
    assert dead["data"] == "poison"
    assert dead["ordering_key"] == "k"
    attributes = dead["attributes"]
    assert isinstance(attributes, dict)
    assert attributes.pop("CloudPubSubDeadLetterSourceTopicPublishTime")
    assert attributes == {
        "a": "b",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": "deploy-push",
        "CloudPubSubDeadLetterSourceSubscriptionProject": "demo",
    }
    assert [attempt.delivery.message.data for attempt in exchange.due()] == [b"next"]


def test_without_its_dead_letter_topic_a_message_goes_on_being_tried() -> None:
    """Nothing is dropped."""
    world = World(tuning=Tuning(min_backoff=0))
    exchange = world.exchange(dead_letter_policy={"dead_letter_topic": DEAD})
    with exchange.catalog() as catalog:
        catalog.drop_topic(DEAD)
    exchange.publish(TOPIC, [Draft(b"poison", {})])

    assert [len(deliver(exchange, acknowledged=False)) for _ in range(7)] == [1] * 7
    assert exchange.outstanding() == {NAME: 1}


def test_a_delivery_that_a_reset_has_overtaken_counts_for_nothing() -> None:
    """Not even a dead letter comes of it."""
    world = World()
    exchange = world.exchange(dead_letter_policy={"dead_letter_topic": DEAD})
    exchange.publish(TOPIC, [Draft(b"x", {})])
    (overtaken,) = exchange.due()
    exchange.reset()
    again = replace(overtaken, delivery=replace(overtaken.delivery, attempt=5))

    assert not exchange.settle(again, acknowledged=False)
    assert exchange.published() == []


def test_a_delay_holds_every_message_back() -> None:
    """The setting `delay`."""
    world = World(tuning=Tuning(delay=3))
    exchange = world.exchange()
    exchange.publish(TOPIC, [Draft(b"x", {})])

    assert exchange.due() == []
    assert exchange.wait() == 3
    world.now = 3
    assert len(exchange.due()) == 1


def test_duplicates_are_delivered_after_the_acknowledgement() -> None:
    """The setting `duplicates`: 1 is everything twice."""
    world = World(tuning=Tuning(duplicates=1))
    exchange = world.exchange()
    exchange.publish(TOPIC, [Draft(b"x", {})])

    assert [len(deliver(exchange, acknowledged=True)) for _ in range(3)] == [1, 1, 0]
    assert exchange.outstanding() == {}


def test_a_replay_brings_an_older_message_of_the_key_after_a_newer_one() -> None:
    """The setting `replay`, as after an acknowledgement that got lost: from the older one on everything comes again."""
    world = World(tuning=Tuning(replay=1))
    exchange = world.exchange()
    for number in range(3):
        exchange.publish(TOPIC, [Draft(b"%d" % number, {}, "k")])
    exchange.publish(TOPIC, [Draft(b"without", {})])
    seen: list[bytes] = []
    while exchange.outstanding():
        seen += [attempt.delivery.message.data for attempt in deliver(exchange, acknowledged=True)]

    assert seen.count(b"without") == 1
    assert [data for data in seen if data != b"without"] == [b"0", b"1", b"0", b"1", b"2", b"1", b"2"]


def test_shuffling_disorders_messages_without_a_key_only() -> None:
    """The setting `shuffle` leaves the order of a key alone."""
    world = World(tuning=Tuning(shuffle=True))
    exchange = world.exchange()
    for number in range(20):
        exchange.publish(TOPIC, [Draft(f"plain {number:02}".encode(), {})])
        exchange.publish(TOPIC, [Draft(f"keyed {number:02}".encode(), {}, "k")])
    seen: list[bytes] = []
    while exchange.outstanding():
        world.now += 0.01
        seen += [attempt.delivery.message.data for attempt in deliver(exchange, acknowledged=True)]

    keyed = [data for data in seen if data.startswith(b"keyed")]
    plain = [data for data in seen if data.startswith(b"plain")]
    assert keyed == sorted(keyed)
    assert plain != sorted(plain)
    assert len(seen) == 40


@pytest.mark.parametrize(("attempt", "expected"), [(1, 0.1), (2, 0.2), (11, 60.0), (5_000, 60.0)])
def test_without_a_retry_policy_the_push_back_off_holds(attempt: int, expected: float) -> None:
    """100 ms to 60 s, however often it failed."""
    policy = Policy.of(Subscription(name=NAME, topic=TOPIC))

    assert policy.wait(attempt) == expected
