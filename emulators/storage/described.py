"""What a client says of an object beside its bytes: headers for whoever reads it, and `metadata` of its own."""

from collections.abc import Mapping
from typing import Any

from emulators.storage.shapes import refusal

HEADERS = {
    "cacheControl": "Cache-Control",
    "contentDisposition": "Content-Disposition",
    "contentEncoding": "Content-Encoding",
    "contentLanguage": "Content-Language",
}


def kept(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of it. Raises `Rejected` for what is no text."""
    found = {name: sent[name] for name in (*HEADERS, "metadata") if sent.get(name) is not None}
    own = found.get("metadata", {})
    texts = [text for name, text in found.items() if name != "metadata"]
    if not isinstance(own, dict) or not all(map(_is_header, [*texts, *own, *own.values()])):
        raise refusal(400, "Invalid argument.")
    return found


def patched(before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was not sent stays, key by key in `metadata`; null takes away."""
    own = sent.get("metadata", {})
    if isinstance(own, dict):
        merged = {**before.get("metadata", {}), **own}
        sent = {**sent, "metadata": {key: value for key, value in merged.items() if value is not None} or None}
    return kept({**before, **sent})


def headers(described: Mapping[str, Any]) -> dict[str, str]:
    """Of an answer that brings the bytes."""
    own = described.get("metadata", {})
    named = {header: described[name] for name, header in HEADERS.items() if name in described}
    return {name: on_the_wire(text) for name, text in named.items()} | {
        f"X-Goog-Meta-{on_the_wire(key)}": on_the_wire(value) for key, value in own.items()
    }


def content_type(sent: object) -> str:
    """Raises `Rejected` for what can't be one."""
    if sent is not None and not _is_header(sent):
        raise refusal(400, "Invalid argument.")
    return str(sent or "")


def on_the_wire(text: str) -> str:
    """Headers are bytes, which Python writes as Latin-1: these are those of UTF-8."""
    return text.encode("utf-8", "replace").decode("latin-1")


def _is_header(value: object) -> bool:
    return isinstance(value, str) and not any(ord(character) < 32 for character in value)
