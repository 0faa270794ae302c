"""A list of objects: by prefix, folded at a delimiter, page by page."""

import base64
import binascii
from dataclasses import dataclass

from emulators.storage.shapes import refusal
from emulators.storage.world import Bucket, Stored

MOST = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """`token` leads to the next page, empty on the last one. Folded names count as one entry each."""

    objects: tuple[Stored, ...]
    prefixes: tuple[str, ...]
    token: str


def page(bucket: Bucket, *, prefix: str, delimiter: str, token: str, most: int) -> Page:
    """The entries after those of the page that gave the token."""
    entries = _entries(bucket, prefix=prefix, delimiter=delimiter)
    after = _opened(token) if token else ""
    names = sorted((name for name in entries if name.encode() > after.encode()), key=str.encode)
    shown = names[: min(most, MOST)]
    found = [(name, entries[name]) for name in shown]
    return Page(
        tuple(stored for _, stored in found if stored is not None),
        tuple(name for name, stored in found if stored is None),
        base64.urlsafe_b64encode(shown[-1].encode()).decode() if len(shown) < len(names) else "",
    )


def _entries(bucket: Bucket, *, prefix: str, delimiter: str) -> dict[str, Stored | None]:
    """Names to objects, folded ones to None."""
    entries: dict[str, Stored | None] = {}
    for stored in bucket.objects.values():
        if not stored.name.startswith(prefix):
            continue
        rest = stored.name[len(prefix) :]
        if delimiter and delimiter in rest:
            entries[prefix + rest.partition(delimiter)[0] + delimiter] = None
        else:
            entries[stored.name] = stored
    return entries


def _opened(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise refusal(400, "Invalid pageToken") from None
