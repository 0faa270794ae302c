"""The two forms in which Slack takes the arguments of a method: JSON, and a form whose structures are JSON texts."""

import json
from urllib.parse import parse_qs

from emulators.routing import Call

_STRUCTURES = ("blocks", "attachments", "metadata")


def sent(call: Call) -> dict[str, object] | str:
    """The arguments, or Slack's word for what is wrong with the body. https://docs.slack.dev/apis/web-api/"""
    kind = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _form(call.body)
    if kind != "application/json":
        return "invalid_post_type"
    message = call.json()
    return message if isinstance(message, dict) else "json_not_object"


def _form(body: bytes) -> dict[str, object] | str:
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    texts = {name: values[-1] for name, values in fields.items()}
    try:
        structures = {name: json.loads(texts[name]) for name in _STRUCTURES if texts.get(name)}
    except (ValueError, RecursionError):
        return "invalid_blocks_format"
    return {**texts, **structures}
