"""A message that Pub/Sub has given up: which topic it was of, how often it was tried, and when that ended."""

from dataclasses import dataclass
from datetime import UTC, datetime

from . import posting
from .delivery import Delivery
from .envelope import moment
from .errors import Permanent, Refused

_SOURCE, _KEPT = "CloudPubSubDeadLetterSource", "-dead-letter-kept"
TOPICS = (posting.DEPLOY, posting.PLAN, posting.SNAPSHOT, posting.COMMAND)


@dataclass(frozen=True, slots=True)
class Letter:
    """`delivery` is what the dead-letter topic delivers: the message with attributes that say where it comes from.

    `subscription` is the one that it was of, `deliveries` how often it was tried there, `died` (UTC) when Pub/Sub gave
    it up, `asked` when it had taken it at first.
    """

    topic: str
    subscription: str
    deliveries: int
    died: datetime
    asked: datetime
    delivery: Delivery

    @property
    def again(self) -> str:
        """The kept subscription, from which a person can have it sent once more."""
        return kept(self.topic)

    @property
    def error(self) -> Permanent:
        """What became of the message, as whoever waits for it is told."""
        often = f"delivered {self.deliveries} times" if self.deliveries else "delivered again and again"
        return Permanent("dead-letter", f"its message was {often}, and no delivery came to its end")


def read(delivery: Delivery, *, now: float) -> Letter:
    """`now` (seconds since 1970) stands in where Pub/Sub doesn't say when; raises Refused `letter-unknown`."""
    subscription = delivery.attributes.get(f"{_SOURCE}Subscription", "").rpartition("/")[2]
    topic = topic_of(subscription)
    if topic is None:
        raise Refused("letter-unknown", f"no subscription of the service is called `{subscription}`")
    counted = delivery.attributes.get(f"{_SOURCE}DeliveryCount", "")
    died = delivery.published or datetime.fromtimestamp(now, UTC)
    return Letter(
        topic,
        subscription,
        int(counted) if counted.isascii() and counted.isdigit() and len(counted) < 10 else 0,
        died,
        moment(delivery.attributes.get(f"{_SOURCE}TopicPublishTime")) or died,
        delivery,
    )


def topic_of(subscription: str) -> str | None:
    """Subscriptions begin with the names of their topics."""
    return next((each for each in TOPICS if subscription == each or subscription.startswith(f"{each}-")), None)


def kept(topic: str) -> str:
    """The subscription that keeps what the topic gave up."""
    return f"{topic}{_KEPT}"


def topic_kept_in(subscription: str) -> str:
    """The topic whose dead letters it keeps."""
    return subscription.removesuffix(_KEPT)
