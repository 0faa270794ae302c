"""What the real service refuses to store. https://cloud.google.com/pubsub/quotas#resource_limits"""

from collections.abc import Mapping, Sequence

from emulators.pubsub.message import Draft
from emulators.pubsub.problem import invalid

MESSAGES = 1_000
REQUEST_BYTES = 10_000_000
ATTRIBUTES = 100
KEY_BYTES = 256
VALUE_BYTES = 1_024
ORDERING_KEY_BYTES = 1_024


def check(messages: Sequence[Draft]) -> None:
    """Raises INVALID_ARGUMENT for a publish request that the real service refuses."""
    if not 1 <= len(messages) <= MESSAGES:
        raise invalid(f"A publish request holds 1 to {MESSAGES} messages; this one holds {len(messages)}.")
    if len({message.ordering_key for message in messages}) > 1:
        raise invalid("In a single publish request, all messages must have the same ordering key.")
    for message in messages:
        _check(message)
    if sum(message.size for message in messages) > REQUEST_BYTES:
        raise invalid(f"A publish request holds at most {REQUEST_BYTES} bytes.")


def _check(message: Draft) -> None:
    if not message.data and not message.attributes:
        raise invalid("A message must contain either non-empty data, or at least one attribute.")
    if len(message.ordering_key.encode()) > ORDERING_KEY_BYTES:
        raise invalid(f"An ordering key is at most {ORDERING_KEY_BYTES} bytes long.")
    _check_attributes(message.attributes)


def _check_attributes(attributes: Mapping[str, str]) -> None:
    if len(attributes) > ATTRIBUTES:
        raise invalid(f"A message has at most {ATTRIBUTES} attributes.")
    for key, value in attributes.items():
        if not 1 <= len(key.encode()) <= KEY_BYTES:
            raise invalid(f"An attribute key is 1 to {KEY_BYTES} bytes long.")
        if key.startswith("goog"):
            raise invalid("An attribute key must not begin with `goog`.")
        if len(value.encode()) > VALUE_BYTES:
            raise invalid(f"An attribute value is at most {VALUE_BYTES} bytes long.")
