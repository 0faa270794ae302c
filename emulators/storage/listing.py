"""A list of objects: by prefix, folded at a delimiter, page by page."""

import base64
import binascii
from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Asked:
    """Names from `start` on and before `end`, where these are given."""

    prefix: str = ""
    delimiter: str = ""
    start: str = ""
    end: str = ""

    def fits(self, name: str) -> bool:
        before_end = not self.end or name.encode() < self.end.encode()
        return name.startswith(self.prefix) and name.encode() >= self.start.encode() and before_end


def page(bucket: Bucket, asked: Asked, *, token: str, most: int) -> Page:
    """The entries after those of the page that gave the token."""
    entries = _entries(bucket, asked)
    names, token = after(entries, token=token, most=most)
    found = [(name, entries[name]) for name in names]
    return Page(
        tuple(stored for _, stored in found if stored is not None),
        tuple(name for name, stored in found if stored is None),
        token,
    )


def after(names: Iterable[str], *, token: str, most: int) -> tuple[list[str], str]:
    """One page of the names, in the order of their bytes, and what leads to the next."""
    last = _opened(token).encode() if token else b""
    left = sorted((name for name in names if name.encode() > last), key=str.encode)
    shown = left[: min(most, MOST)]
    return shown, base64.urlsafe_b64encode(shown[-1].encode()).decode() if len(shown) < len(left) else ""


def _entries(bucket: Bucket, asked: Asked) -> dict[str, Stored | None]:
    """Names to objects, folded ones to None."""
    entries: dict[str, Stored | None] = {}
    for stored in bucket.objects.values():
        if not asked.fits(stored.name):
            continue
        rest = stored.name[len(asked.prefix) :]
        if asked.delimiter and asked.delimiter in rest:
            entries[asked.prefix + rest.partition(asked.delimiter)[0] + asked.delimiter] = None
        else:
            entries[stored.name] = stored
    return entries


def _opened(token: str) -> str:
    try:
        return base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise refusal(400, "Invalid pageToken") from None
