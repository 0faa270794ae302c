"""A hook from GitLab → one message in Pub/Sub, or the reason why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..domain import hook_shapes, posting, signature, webhook
from ..domain.errors import Refused, Unauthorized
from ..ports import Publisher

PUBLISH_SECONDS = 6.0
"""GitLab waits ten seconds for an answer; after these the hook is answered with 503."""


@dataclass(frozen=True, slots=True)
class Door:
    """One project of the settings: its path there, and the secrets that open it."""

    project: str
    secrets: signature.Secrets


@dataclass(frozen=True, slots=True)
class Knock:
    """A request as it came: header names in lower case; so many bytes of the body are only read when asked for."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Doors:
    """All doors, and which of them a hook's project stands for (None: no project of ours)."""

    all: tuple[Door, ...]
    find: Callable[[hook_shapes.Project], Door | None]


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a hook: `message` is the id in Pub/Sub, or `ignored` says why there is none."""

    request_id: str
    project: str = ""
    branch: str = ""
    message: str = ""
    ignored: str = ""


_Errand = webhook.MergeEvent | webhook.HoldEvent | webhook.ReviewEvent | webhook.GateEvent


def receive(knock: Knock, *, doors: Doors, publisher: Publisher, now: float) -> Received:
    """Returns only after Pub/Sub has the message; raises Refused, Unauthorized or Transient."""
    size = webhook.check(knock.method, knock.path, knock.headers)
    open_doors = _open_before_body(knock, doors)
    body = knock.body(size)
    open_doors += _open_by_signature(knock, doors, body, now)
    if not open_doors:
        raise _stranger()
    if len(body) != size:
        raise Refused("hook-malformed", f"the body ends after {len(body)} bytes of {size}")
    event = webhook.read(knock.headers, body)
    request_id = webhook.request_id(knock.headers, body)
    if event.project is None:
        return Received(request_id, ignored=event.reason)
    door = doors.find(event.project)
    if door is None or door not in open_doors:
        raise _stranger()
    return _publish(event, door, request_id, publisher)


def _publish(event: webhook.Event, door: Door, request_id: str, publisher: Publisher) -> Received:
    if isinstance(event, webhook.Ignored):
        return Received(request_id, door.project, ignored=event.reason)
    topic, said, place = _errand(event, door.project)
    attributes = {
        "request_id": request_id,
        "origin": posting.HOOK,
        "project": door.project,
        "branch": posting.attribute(event.branch),
        **_why(event),
    }
    stored = publisher.publish(
        topic,
        posting.encode({**said, "by": event.by[:200]}),
        ordering_key=posting.ordering_key(door.project, place),
        attributes=attributes,
        timeout=PUBLISH_SECONDS,
    )
    return Received(request_id, door.project, event.branch, message=stored)


def _errand(event: _Errand, project: str) -> tuple[str, Mapping[str, object], str]:
    """The topic, what the message says, and the place by which it is ordered.

    What a rollback has put live is behind its branch, though no commit since the last deploy says so: a deploy that is
    to go forward looks at everything.
    """
    match event:
        case webhook.ReviewEvent():
            said = {"project": project, "merge_request": event.merge_request}
            return posting.PLAN, said, f"!{event.merge_request}"
        case webhook.GateEvent():
            named = {"project": project, "branch": event.branch, "deployment": event.deployment}
            return posting.COMMAND, {"workflow": "after_deploy", "parameters": named}, event.branch
        case webhook.HoldEvent():
            return posting.DEPLOY, {"project": project, "branch": event.branch, "full": True}, event.branch
        case _:
            return posting.DEPLOY, {"project": project, "branch": event.branch}, event.branch


def _why(event: _Errand) -> Mapping[str, str]:
    """Only a merge request that was merged wants to hear of the deploy."""
    if isinstance(event, webhook.GateEvent):
        return {}
    name = "hold_ended" if isinstance(event, webhook.HoldEvent) else "merge_request"
    return {name: str(event.merge_request)}


def _open_before_body(knock: Knock, doors: Doors) -> tuple[Door, ...]:
    """Doors that the plain token opens. With no signature or no key to check, a wrong token is turned away unread."""
    token = knock.headers.get("x-gitlab-token", "")
    fitting = tuple(door for door in doors.all if signature.token_fits(token, door.secrets.tokens))
    if not fitting and not ("webhook-signature" in knock.headers and any(door.secrets.keys for door in doors.all)):
        raise _stranger()
    return fitting


def _open_by_signature(knock: Knock, doors: Doors, body: bytes, now: float) -> tuple[Door, ...]:
    signed = signature.Signed(
        knock.headers.get("webhook-id", ""),
        knock.headers.get("webhook-timestamp", ""),
        knock.headers.get("webhook-signature", ""),
    )
    keys = (key for door in doors.all for key in door.secrets.keys)
    fitting = signature.fitting_keys(signed, body, keys, now=now)
    return tuple(door for door in doors.all if not fitting.isdisjoint(door.secrets.keys))


def _stranger() -> Unauthorized:
    return Unauthorized("hook-unauthorized", "no accepted secret opens the project that the hook speaks of")
