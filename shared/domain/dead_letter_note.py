"""What people read where a message was given up that is no deploy: what it asked for, and how it is asked again."""

import json
import shlex

from . import posting
from .dead_letter import Letter
from .dead_letter_request import Asked
from .markdown import code


def render(letter: Letter, asked: Asked, *, first_line: str) -> str:
    """The same message makes the same note, however often it is given up and by whichever letter that is told."""
    order = json.dumps({"workflow": "redrive", "parameters": {"subscription": letter.again}})
    line = f"gcloud pubsub topics publish {posting.COMMAND} --message {shlex.quote(order)}"
    at = code(f"{letter.asked:%Y-%m-%d %H:%M:%S} UTC")
    parts = [
        first_line,
        f"### 🚨 A {asked.what} was given up",
        f"Its message of {at} was delivered again and again, and no delivery came to its end. "
        "What it had begun may be unfinished; asking again finishes it, or makes it good.",
        f"Asked for by {code(asked.by)}." if asked.by else "",
        f"The message is kept in {code(letter.again)} for 31 days. To have it sent once more, when what kept it from "
        f"its end is mended: {code(line, limit=500)}",
    ]
    return "\n\n".join(part for part in parts if part)
