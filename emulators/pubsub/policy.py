"""How a subscription delivers, read from the message of Google's API and checked as the real service does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from google.pubsub_v1.types import ExpirationPolicy, PushConfig, Subscription

from emulators.pubsub import filters, names
from emulators.pubsub.problem import Problem, invalid

# Without a retry policy a push endpoint is backed off from all the same, 100 ms to 60 s.
PUSH_BACKOFF = (0.1, 60.0)
RETRY_DEFAULTS = (timedelta(seconds=10), timedelta(seconds=600))
UNSUPPORTED = ("bigquery_config", "cloud_storage_config", "enable_exactly_once_delivery")


@dataclass(frozen=True, slots=True)
class Policy:
    """Seconds throughout; `dead_letter` is the full name of a topic or empty."""

    ordered: bool
    deadline: float
    backoff: tuple[float, float]
    dead_letter: str
    max_attempts: int
    retries: bool = False
    wants: Callable[[Mapping[str, str]], bool] = filters.everything

    @classmethod
    def of(cls, subscription: Subscription) -> "Policy":
        """The policy of a completed subscription."""
        retry = subscription.retry_policy if "retry_policy" in subscription else None
        dead = subscription.dead_letter_policy
        return cls(
            ordered=subscription.enable_message_ordering,
            deadline=float(subscription.ack_deadline_seconds),
            backoff=(retry.minimum_backoff.total_seconds(), retry.maximum_backoff.total_seconds())
            if retry
            else PUSH_BACKOFF,
            dead_letter=dead.dead_letter_topic,
            max_attempts=dead.max_delivery_attempts,
            retries=retry is not None,
            wants=filters.parsed(subscription.filter),
        )

    def counted(self, attempt: int) -> int | None:
        """What is told of the attempt: only who has a dead-letter policy hears of it."""
        return attempt if self.dead_letter else None

    def wait(self, attempt: int, *, minimum: float | None = None) -> float:
        """Seconds until the attempt after this failed one; `minimum` takes the place of the policy's own."""
        first = self.backoff[0] if minimum is None else minimum
        return float(min(first * 2.0 ** min(attempt - 1, 30), max(self.backoff[1], first)))


def completed(wanted: Subscription) -> Subscription:
    """A copy of the subscription with the real service's defaults filled in.

    Raises INVALID_ARGUMENT for what that refuses, and UNIMPLEMENTED for what this stand-in would only pretend to do.
    """
    names.subscription(wanted.name)
    subscription = Subscription(wanted)
    for field in UNSUPPORTED:
        if getattr(subscription, field):
            raise Problem("UNIMPLEMENTED", f"This stand-in knows no `{field}`.")
    check_endpoint(subscription.push_config)
    _complete_deadline(subscription)
    _complete_retry(subscription)
    _complete_dead_letter(subscription)
    _complete_times(subscription)
    subscription.state = Subscription.State(Subscription.State.ACTIVE)
    return subscription


def check_endpoint(push: PushConfig) -> None:
    """Only whole http(s) addresses; an empty one makes a pull subscription, whose messages just wait."""
    if "no_wrapper" in push:
        raise Problem("UNIMPLEMENTED", "This stand-in knows no `no_wrapper`.")
    if push.push_endpoint and not _is_address(push.push_endpoint):
        raise invalid(f"Invalid push endpoint given (endpoint={push.push_endpoint}).")


def _is_address(text: str) -> bool:
    try:
        address = urlsplit(text)
        return address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        return False


def _complete_deadline(subscription: Subscription) -> None:
    subscription.ack_deadline_seconds = subscription.ack_deadline_seconds or 10
    if not 10 <= subscription.ack_deadline_seconds <= 600:
        raise invalid(f"Invalid ack deadline given (ack_deadline={subscription.ack_deadline_seconds}).")


def _complete_times(subscription: Subscription) -> None:
    kept = subscription.message_retention_duration or timedelta(days=7)
    if not timedelta(minutes=10) <= kept <= timedelta(days=31):
        raise invalid("Messages are retained for 10 minutes to 31 days.")
    subscription.message_retention_duration = kept
    if "expiration_policy" not in subscription:
        subscription.expiration_policy = ExpirationPolicy(ttl=timedelta(days=31))
    ttl = subscription.expiration_policy.ttl
    if ttl and ttl < timedelta(days=1):
        raise invalid("A subscription expires after a day at the earliest.")


def _complete_retry(subscription: Subscription) -> None:
    if "retry_policy" not in subscription:
        return
    retry = subscription.retry_policy
    if "minimum_backoff" not in retry:
        retry.minimum_backoff = RETRY_DEFAULTS[0]
    if "maximum_backoff" not in retry:
        retry.maximum_backoff = RETRY_DEFAULTS[1]
    if not timedelta() <= retry.minimum_backoff <= retry.maximum_backoff <= RETRY_DEFAULTS[1]:
        raise invalid("A retry policy needs 0 s <= minimum backoff <= maximum backoff <= 600 s.")


def _complete_dead_letter(subscription: Subscription) -> None:
    if "dead_letter_policy" not in subscription:
        return
    dead = subscription.dead_letter_policy
    names.topic(dead.dead_letter_topic)
    dead.max_delivery_attempts = dead.max_delivery_attempts or 5
    if not 5 <= dead.max_delivery_attempts <= 100:
        raise invalid("Max delivery attempts must be between 5 and 100.")
