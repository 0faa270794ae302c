"""Hooks as GitLab sends them when a merge request is merged, signed, as bytes ready for the wire."""

import base64
import hmac
import json
import time
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

from emulators.stack import functions
from emulators.stack.gitlab import add_hook
from emulators.stack.stack import Stack
from emulators.stack.waiting import until
from emulators.stack.workplace import Workplace

_KEY = base64.b64decode(functions.SIGNING_TOKEN.removeprefix("whsec_"))


def body(stack: Stack, place: Workplace) -> bytes:
    """The body of a real one: the stand-in's, for a merge in this place."""
    url = f"{stack.gitlab_url}/nobody"
    hook = add_hook(place.person, url, token=functions.HOOK_TOKEN, signing_token=functions.SIGNING_TOKEN)
    number = place.propose_files({"note.txt": "changed"}, branch="feature/hook")
    place.person.merge(number)
    sent = until(lambda: hook.sent(number, action="merge"), what="the hook of the merge")
    text = sent[0]["request_data"]
    return (text if isinstance(text, str) else json.dumps(text)).encode()


def requests(url: str, data: bytes, *, count: int) -> Sequence[bytes]:
    """That many whole requests, each with an id and a signature of its own."""
    host = urlsplit(url).netloc
    return [_request(host, data, number=str(uuid.uuid4()), now=str(int(time.time()))) for _ in range(count)]


def _request(host: str, data: bytes, *, number: str, now: str) -> bytes:
    signature = hmac.digest(_KEY, f"{number}.{now}.".encode() + data, "sha256")
    head = (
        f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        f"X-Gitlab-Event: Merge Request Hook\r\nIdempotency-Key: {number}\r\nwebhook-id: {number}\r\n"
        f"webhook-timestamp: {now}\r\nwebhook-signature: v1,{base64.b64encode(signature).decode()}\r\n\r\n"
    )
    return head.encode() + data
