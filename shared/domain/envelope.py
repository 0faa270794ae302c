"""What Pub/Sub posts to a function → one delivery of one message."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from .delivery import Delivery
from .errors import Refused

MAX_BODY = 16 * 1024 * 1024
"""Pub/Sub takes 10 MB a message; base64 adds a third."""


def read(body: bytes) -> Delivery:
    """Raises Refused `envelope-invalid` for what Pub/Sub doesn't send.

    `data`, `attributes` and `deliveryAttempt` are left out by Pub/Sub when there is nothing in them. A time that is
    missing or odd is none: nothing hangs on it but the names of backups.
    """
    try:
        tree = json.loads(body)
        message: dict[str, Any] = tree["message"]
        data = base64.b64decode(message.get("data") or "", validate=True)
        attributes = {str(name): str(value) for name, value in (message.get("attributes") or {}).items()}
        message_id = str(message.get("messageId") or message.get("message_id") or "")
        attempt = int(tree.get("deliveryAttempt") or 0)
        published = moment(message.get("publishTime") or message.get("publish_time"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise Refused("envelope-invalid", "this is no message pushed by Pub/Sub") from None
    return Delivery(message_id, data, attributes, attempt, published)


def moment(value: object) -> datetime | None:
    """In UTC, None for what is no time of Pub/Sub's; it says nanoseconds and `Z`."""
    try:
        said = datetime.fromisoformat(value) if isinstance(value, str) else None
        return said.astimezone(UTC) if said and said.tzinfo else None
    except (ValueError, OverflowError):
        return None
