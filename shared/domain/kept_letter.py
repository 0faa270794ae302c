"""A dead letter that is kept, and the message that it becomes when it is sent once more."""

from collections.abc import Mapping
from dataclasses import dataclass

from . import posting
from .dead_letter import Letter
from .dead_letter_request import Asked
from .delivery import Delivery
from .posting import Posting

_OF_LETTERS = "CloudPubSubDeadLetterSource"


@dataclass(frozen=True, slots=True)
class Kept:
    """`handle` is good for a while, and says which one is acknowledged."""

    handle: str
    delivery: Delivery
    ordering_key: str = ""


def again(kept: Kept, *, topic: str, asked: Asked | None) -> Posting:
    """The message as it was, without what Pub/Sub has written onto it.

    Where Pub/Sub has not kept its ordering key, it gets the one of what it is about.
    """
    attributes = {name: text for name, text in kept.delivery.attributes.items() if not name.startswith(_OF_LETTERS)}
    return Posting(topic, kept.delivery.data, kept.ordering_key or _key(topic, asked), attributes)


def fields(kept: Kept, letter: Letter | None, asked: Asked | None) -> Mapping[str, object]:
    """What the log says of it, without what is empty."""
    told: dict[str, object] = {"message_id": kept.delivery.message_id}
    if letter is not None:
        told |= {"asked": f"{letter.asked:%Y-%m-%dT%H:%M:%SZ}", "request_id": kept.delivery.request_id}
    if asked is not None:
        told |= {
            "what": asked.what,
            "project": asked.project,
            "branch": asked.branch,
            "workspace": asked.workspace,
            "merge_request": asked.merge_request,
            "by": asked.by,
        }
    return {name: value for name, value in told.items() if value not in ("", None)}


def _key(topic: str, asked: Asked | None) -> str:
    place = "" if asked is None else {posting.DEPLOY: asked.branch, posting.SNAPSHOT: asked.workspace}.get(topic, "")
    return posting.ordering_key(asked.project, place) if asked and asked.project and place else ""
