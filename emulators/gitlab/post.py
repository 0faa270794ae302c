"""One HTTP request of a web hook, and the record that GitLab keeps of it."""

import time
from dataclasses import dataclass, replace
from datetime import datetime

import httpx

from emulators.gitlab import envelope, hook_template
from emulators.gitlab.hook_headers import beside
from emulators.gitlab.project import Record
from emulators.gitlab.shapes import iso

TIMEOUT_SECONDS = 10.0
NO_ANSWER = "internal error"
LARGEST_BODY = 25 * 1024 * 1024
_KEPT_ANSWER, _KEPT_HEADERS, _KEPT_HEADER = 8 * 1024, 50, 1024
_SECRETS = frozenset({"X-Gitlab-Token", "webhook-signature"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one attempt went; `status` is `NO_ANSWER` where no HTTP answer came."""

    number: int
    status: str
    seconds: float
    sent: dict[str, str]
    headers: dict[str, str]
    text: str

    @property
    def success(self) -> bool:
        """2xx and 3xx alike; nothing else."""
        return self.status.startswith(("2", "3"))

    def document(self, wrapped: envelope.Envelope, hook: Record, *, at: datetime) -> Record:
        """As the list of recent events shows it; `_envelope` is kept for sending it again."""
        hidden = _SECRETS | {name for name in hook["_headers"] if name in self.sent}
        return {
            "id": self.number,
            "url": hook["url"],
            "trigger": wrapped.trigger,
            "request_headers": {name: "[REDACTED]" if name in hidden else value for name, value in self.sent.items()},
            "request_data": wrapped.body.decode(),
            "response_headers": self.headers,
            "response_body": self.text,
            "execution_duration": round(self.seconds, 3),
            "response_status": self.status,
            "created_at": iso(at),
            "_envelope": wrapped,
        }


def post(wrapped: envelope.Envelope, hook: Record, *, instance: str, number: int) -> Delivery:
    """Sends it once; a body beyond GitLab's limit, or that the hook's template makes no JSON of, fails unsent."""
    started = time.monotonic()
    try:
        wrapped = _templated(wrapped, hook)
    except hook_template.BadTemplate as error:
        return Delivery(number, NO_ANSWER, 0.0, {}, {}, str(error))
    own = envelope.headers(wrapped, hook, instance=instance, timestamp=int(time.time()))
    sent = beside(own, hook["_headers"])
    if len(wrapped.body) > LARGEST_BODY:
        return Delivery(number, NO_ANSWER, 0.0, sent, {}, "request payload size exceeded")
    try:
        answer = httpx.post(
            hook["url"],
            content=wrapped.body,
            headers=sent,
            timeout=TIMEOUT_SECONDS,
            verify=hook["enable_ssl_verification"] and hook["url"].startswith("https:"),
            trust_env=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Delivery(number, NO_ANSWER, time.monotonic() - started, sent, {}, str(error))
    kept = {name: value[:_KEPT_HEADER] for name, value in list(answer.headers.items())[:_KEPT_HEADERS]}
    seconds = time.monotonic() - started
    return Delivery(number, str(answer.status_code), seconds, sent, kept, answer.text[:_KEPT_ANSWER])


def _templated(wrapped: envelope.Envelope, hook: Record) -> envelope.Envelope:
    template = hook["custom_webhook_template"]
    if not template:
        return wrapped
    return replace(wrapped, body=hook_template.rendered(template, wrapped.body).encode())
