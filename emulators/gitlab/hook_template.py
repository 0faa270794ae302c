"""The template that the owner of a web hook may put in the place of its body."""

import json
import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{\{(.+?)\}\}")


class BadTemplate(Exception):
    """What the template makes of this event is no JSON."""


def rendered(template: str, body: bytes) -> str:
    """The JSON text that is sent: `{{project.name}}` stands for that field of the event. Raises `BadTemplate`.

    Fields of lists can't be named, as in GitLab; what isn't there is empty.
    """
    document = json.loads(body)
    text = _FIELD.sub(lambda found: _told(document, found[1].strip().split(".")), template)
    try:
        parsed: object = json.loads(text)
    except ValueError as error:
        raise BadTemplate(f"Error while parsing rendered custom webhook template: {error}") from error
    return json.dumps(parsed, ensure_ascii=False, separators=(",", ":"))


def _told(document: object, names: list[str]) -> str:
    """The value fit to stand between the quotes of a JSON text, or beside any when it is no text."""
    for name in names:
        document = document.get(name) if isinstance(document, Mapping) else None
    if document is None:
        return ""
    text = json.dumps(document, ensure_ascii=False)
    return text[1:-1] if isinstance(document, str) else text
