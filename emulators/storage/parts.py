"""The body of an upload in one request: `multipart/related` of metadata and bytes."""

import json
from typing import Any

from werkzeug.http import parse_options_header

from emulators.routing import Call
from emulators.storage.shapes import refusal


def read(call: Call) -> tuple[dict[str, Any], bytes, str]:
    """Metadata, bytes and the type of the bytes. Nothing in the bytes is decoded."""
    _kind, options = parse_options_header(call.headers.get("Content-Type", ""))
    boundary = options.get("boundary", "")
    parts = (b"\r\n" + call.body).split(b"\r\n--" + boundary.encode())
    if not boundary or len(parts) != 4 or not parts[3].startswith(b"--"):
        raise refusal(400, "The body must have two parts")
    _, described = _opened(parts[1])
    head, data = _opened(parts[2])
    try:
        metadata = json.loads(described)
    except ValueError:
        raise refusal(400, "The metadata is no JSON") from None
    return (metadata if isinstance(metadata, dict) else {}), data, _content_type(head)


def _opened(part: bytes) -> tuple[bytes, bytes]:
    head, _, payload = part.partition(b"\r\n\r\n")
    return head, payload


def _content_type(head: bytes) -> str:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-type":
            return value.strip()
    return ""
