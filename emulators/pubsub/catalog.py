"""The topics and subscriptions there are; the service's own topics exist in every project that is ever named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from google.pubsub_v1.types import PushConfig, Subscription, Topic

from emulators.pubsub import names, policy
from emulators.pubsub.backlog import Backlog
from emulators.pubsub.message import Message
from emulators.pubsub.policy import Policy
from emulators.pubsub.problem import already_exists, not_found
from emulators.pubsub.updates import SUBSCRIPTION_FIELDS, TOPIC_FIELDS, updated

DELETED_TOPIC = "_deleted-topic_"


@dataclass(slots=True, eq=False)
class Subscribed:
    """A subscription as Google's API shows it, how it delivers, what it still has to deliver; equal to itself only.

    `seen` is what came while it was to retain what was acknowledged.
    """

    shown: Subscription
    policy: Policy
    backlog: Backlog
    seen: list[Message] = field(default_factory=list)

    @property
    def name(self) -> str:
        """`projects/P/subscriptions/S`."""
        return str(self.shown.name)

    @property
    def endpoint(self) -> str:
        """Where to push; empty means that the messages wait."""
        return "" if self.shown.detached else str(self.shown.push_config.push_endpoint)


@dataclass(slots=True)
class _Project:
    topics: dict[str, Topic]
    subscriptions: dict[str, Subscribed] = field(default_factory=dict)


class Catalog:
    """Not thread-safe by itself: the exchange that owns it holds the lock."""

    def __init__(self) -> None:
        self._projects: dict[str, _Project] = {}

    def clear(self) -> None:
        self._projects.clear()

    def topic(self, name: str) -> Topic:
        topics = self._of(names.topic(name)).topics
        if name not in topics:
            raise not_found(name)
        return topics[name]

    def topics(self, project: str) -> list[Topic]:
        return list(self._project(names.project(project)).topics.values())

    def add_topic(self, topic: Topic) -> Topic:
        topics = self._of(names.topic(topic.name)).topics
        if topic.name in topics:
            raise already_exists(topic.name)
        topics[topic.name] = Topic(topic)
        return topics[topic.name]

    def change_topic(self, wanted: Topic, paths: Sequence[str]) -> Topic:
        topic = updated(self.topic(wanted.name), wanted, paths, changeable=TOPIC_FIELDS)
        self._of(wanted.name).topics[wanted.name] = topic
        return topic

    def drop_topic(self, name: str) -> None:
        """Subscriptions outlive their topic and go on delivering what they have."""
        self.topic(name)
        for subscribed in self.of_topic(name):
            subscribed.shown.topic = DELETED_TOPIC
        del self._of(name).topics[name]

    def subscription(self, name: str) -> Subscribed:
        subscriptions = self._of(names.subscription(name)).subscriptions
        if name not in subscriptions:
            raise not_found(name)
        return subscriptions[name]

    def subscriptions(self, project: str) -> list[Subscribed]:
        return list(self._project(names.project(project)).subscriptions.values())

    def add_subscription(self, wanted: Subscription) -> Subscribed:
        shown = policy.completed(wanted)
        self.topic(shown.topic)
        rules = self._rules(shown)
        subscriptions = self._of(shown.name).subscriptions
        if shown.name in subscriptions:
            raise already_exists(shown.name)
        subscriptions[shown.name] = Subscribed(shown, rules, Backlog(ordered=rules.ordered))
        return subscriptions[shown.name]

    def change_subscription(self, wanted: Subscription, paths: Sequence[str]) -> Subscribed:
        """What waits in it goes on under the new rules."""
        subscribed = self.subscription(wanted.name)
        shown = policy.completed(updated(subscribed.shown, wanted, paths, changeable=SUBSCRIPTION_FIELDS))
        subscribed.policy = self._rules(shown)
        subscribed.shown = shown
        return subscribed

    def drop_subscription(self, name: str) -> None:
        self.subscription(name)
        del self._of(name).subscriptions[name]

    def set_push(self, name: str, push: PushConfig) -> None:
        """An empty configuration stops the pushing; messages wait until there is an endpoint again."""
        subscribed = self.subscription(name)
        policy.check_endpoint(push)
        subscribed.shown.push_config = PushConfig(push)

    def of_topic(self, name: str) -> list[Subscribed]:
        """A topic's subscriptions, of whichever project they are."""
        return [each for each in self.all() if each.shown.topic == name and not each.shown.detached]

    def all(self) -> Iterator[Subscribed]:
        for project in self._projects.values():
            yield from project.subscriptions.values()

    def _rules(self, shown: Subscription) -> Policy:
        rules = Policy.of(shown)
        if rules.dead_letter:
            self.topic(rules.dead_letter)
        return rules

    def _of(self, name: str) -> _Project:
        return self._project(names.owner(name))

    def _project(self, project: str) -> _Project:
        if project not in self._projects:
            full = [f"projects/{project}/topics/{topic}" for topic in names.TOPICS]
            self._projects[project] = _Project({name: Topic(name=name) for name in full})
        return self._projects[project]
