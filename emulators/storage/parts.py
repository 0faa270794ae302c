"""The body of an upload in one request: `multipart/related` of metadata and bytes."""

import json
import re
from typing import Any

from emulators.routing import Call
from emulators.storage.shapes import refusal

_BOUNDARY = re.compile(r"""(?i:;\s*boundary=)(["']?)([^"';\s]+)\1""")


def read(call: Call) -> tuple[dict[str, Any], bytes, str]:
    """Metadata, bytes and the type of the bytes. Nothing in the bytes is decoded.

    Lines end as the first one does, and a boundary may be quoted by apostrophes: gcloud's are.
    """
    said = _BOUNDARY.search(call.headers.get("Content-Type", ""))
    boundary = said[2] if said else ""
    end = b"\r\n" if call.body.partition(b"\n")[0].endswith(b"\r") else b"\n"
    parts = (end + call.body).split(end + b"--" + boundary.encode())
    if not boundary or len(parts) != 4 or not parts[3].startswith(b"--"):
        raise refusal(400, "The body must have two parts")
    _, described = _opened(parts[1], end)
    head, data = _opened(parts[2], end)
    try:
        metadata = json.loads(described)
    except ValueError:
        raise refusal(400, "The metadata is no JSON") from None
    return (metadata if isinstance(metadata, dict) else {}), data, _content_type(head)


def _opened(part: bytes, end: bytes) -> tuple[bytes, bytes]:
    head, _, payload = part.partition(end + end)
    return head, payload


def _content_type(head: bytes) -> str:
    for line in head.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-type":
            return value.strip()
    return ""
