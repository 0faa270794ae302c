"""What is published: the topics, and messages as Pub/Sub takes them. The webhook's cold start needs it: stdlib only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

DEPLOY, PLAN, SNAPSHOT, COMMAND = "aic-deploy", "aic-plan", "aic-snapshot", "aic-command"
HOOK, SCHEDULE, SWEEP, CAPTURE, NEWS, BURIAL = "webhook", "scheduler", "sweep", "snapshot", "news", "dead_letter"
PROOF = "deploy"
OWN_ORIGINS = frozenset({HOOK, SCHEDULE, SWEEP, CAPTURE, NEWS, BURIAL, PROOF})
"""Values of the attribute `origin` that say that no person published the message."""
COMMANDED = "command"
"""The origin of what a person asked for through a command: a person all the same."""
_LONGEST = 1024
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Posting:
    """One message on its way. Messages with one ordering key are delivered one after the other."""

    topic: str
    data: bytes
    ordering_key: str
    attributes: Mapping[str, str]


def encode(parts: Mapping[str, object]) -> bytes:
    """The body of a message that says these things; None says nothing."""
    said = {name: value for name, value in parts.items() if value is not None}
    return _JSON.encode(said).encode()


def ordering_key(project: str, place: str) -> str:
    """The place is the branch of a deploy, the workspace of a snapshot, or `!` and the number of a merge request.

    Pub/Sub takes at most 1,024 bytes.
    """
    return attribute(f"{project}:{place}")


def attribute(text: str) -> str:
    """The text as long as Pub/Sub takes it."""
    return text.encode()[:_LONGEST].decode(errors="ignore")
