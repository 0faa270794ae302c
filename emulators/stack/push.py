"""One message, pushed to a function as Pub/Sub does it: its answer tells when the work is done."""

import base64
import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from emulators.stack import wire

_numbers = itertools.count(1)
_DONE = 204


def push(url: str, message: Mapping[str, object], **attributes: str) -> None:
    """Raises RuntimeError unless it is acknowledged. Who gave no `origin` is a person."""
    body = {
        "message": {
            "data": base64.b64encode(json.dumps(message).encode()).decode(),
            "messageId": f"pushed-{next(_numbers)}",
            "publishTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            "attributes": attributes,
        },
        "subscription": "projects/local/subscriptions/pushed",
        "deliveryAttempt": 1,
    }
    answer = wire.send("POST", url, json=body)
    if answer.status_code != _DONE:
        raise RuntimeError(f"the function answered {answer.status_code}")
