"""What goes around the body of a web hook: escaped JSON, headers, and the signature over the very bytes sent."""

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass

from emulators.gitlab.project import Record
from emulators.gitlab.router import VERSION

SIGNING_PREFIX = "whsec_"
KEY_BYTES = 32
_ESCAPES = str.maketrans({"&": r"\u0026", "<": r"\u003c", ">": r"\u003e", "\u2028": r"\u2028", "\u2029": r"\u2029"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event for one hook. `key` stays the same however often it is sent."""

    trigger: str
    name: str
    body: bytes
    key: str
    event: str


def encode(body: Record) -> bytes:
    """JSON that is safe inside HTML, as GitLab writes it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES).encode()


def wrap(trigger: str, *, name: str, body: bytes, event: str) -> Envelope:
    """An envelope with an idempotency key of its own; `event` is shared by all hooks that hear of the same event."""
    return Envelope(trigger, name, body, str(uuid.uuid4()), event)


def headers(envelope: Envelope, hook: Record, *, instance: str, timestamp: int) -> dict[str, str]:
    """The headers of one attempt: the webhook's uuid is new each time, the idempotency key is not."""
    sent = {
        "Content-Type": "application/json",
        "User-Agent": f"GitLab/{VERSION}",
        "Idempotency-Key": envelope.key,
        "X-Gitlab-Event": envelope.name,
        "X-Gitlab-Webhook-UUID": str(uuid.uuid4()),
        "X-Gitlab-Instance": instance,
        "X-Gitlab-Event-UUID": envelope.event,
    }
    if token := hook["_token"]:
        sent["X-Gitlab-Token"] = "".join(token.splitlines())
    if secret := hook["_signing_token"]:
        sent["webhook-id"] = envelope.key
        sent["webhook-timestamp"] = str(timestamp)
        sent["webhook-signature"] = signature(secret, key=envelope.key, timestamp=timestamp, body=envelope.body)
    return sent


def signature(secret: str, *, key: str, timestamp: int, body: bytes) -> str:
    """Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, with the bytes that `whsec_…` encodes."""
    signed = b".".join((key.encode(), str(timestamp).encode(), body))
    digest = hmac.new(_secret_bytes(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def is_signing_token(secret: str) -> bool:
    """Whether it is `whsec_` and the base64 of 32 bytes."""
    try:
        return secret.startswith(SIGNING_PREFIX) and len(_secret_bytes(secret)) == KEY_BYTES
    except ValueError:
        return False


def _secret_bytes(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(SIGNING_PREFIX), validate=True)
