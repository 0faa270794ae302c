"""What a message that was given up had asked for, as far as people have to know it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from . import posting
from .dead_letter import Letter
from .errors import Refused

_WORD = re.compile(r"[a-z][a-z_]{0,39}")
_LONGEST = 1024
_NAMES = {posting.DEPLOY: "deploy", posting.PLAN: "plan", posting.SNAPSHOT: "snapshot", posting.COMMAND: "command"}


@dataclass(frozen=True, slots=True)
class Asked:
    """In one word, and of what; what it doesn't name is empty. `by` is who asked."""

    what: str
    project: str = ""
    branch: str = ""
    workspace: str = ""
    merge_request: int | None = None
    by: str = ""


def read(letter: Letter) -> Asked:
    """Of any message and of any age: newer and older ones may say more than is known here.

    Raises Refused `message-invalid` for what is no message of ours.
    """
    try:
        tree = json.loads(letter.delivery.data)
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, Mapping):
        raise Refused("message-invalid", "the message is no JSON object")
    what, parts = _NAMES[letter.topic], tree
    if letter.topic == posting.COMMAND:
        workflow, parameters = tree.get("workflow"), tree.get("parameters")
        what = workflow if isinstance(workflow, str) and _WORD.fullmatch(workflow) else what
        parts = parameters if isinstance(parameters, Mapping) else {}
    number = parts.get("merge_request")
    return Asked(
        what,
        _text(parts, "project"),
        _text(parts, "branch"),
        _text(parts, "workspace"),
        number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None,
        _text(tree, "by"),
    )


def _text(tree: Mapping[str, object], name: str) -> str:
    found = tree.get(name)
    return found if isinstance(found, str) and len(found) <= _LONGEST else ""
