"""Whether a hook was sent by somebody who knows one of our secrets. Nothing here raises on hostile input."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .errors import Permanent

TOLERANCE = 300
"""Seconds that a signed hook may be older or newer than our clock (Standard Webhooks' usual five minutes)."""
_USUAL = 32 * 1024
_PIECE = 2047
"""The most bytes that hashlib takes without giving up the interpreter's lock (its documentation)."""
_PREFIX = "whsec_"
_TIMESTAMP = re.compile(r"\d{10}", re.ASCII)
_ID = re.compile(r"[\x21-\x7e]{1,256}")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The accepted secrets of one project: plain `X-Gitlab-Token` values and signing keys, each any number."""

    tokens: tuple[bytes, ...] = field(default=(), repr=False)
    keys: tuple[bytes, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.tokens or self.keys)


@dataclass(frozen=True, slots=True)
class Signed:
    """The three headers of a signed hook (https://www.standardwebhooks.com), as they came."""

    id: str
    timestamp: str
    signatures: str


def secrets(tokens: Iterable[str], signing: Iterable[str]) -> Secrets:
    """The configured texts as bytes; raises Permanent `signing-secret-invalid` for one that is no `whsec_…` key."""
    return Secrets(
        tuple(token.encode() for token in tokens if token.strip()),
        tuple(_key(text.strip()) for text in signing if text.strip()),
    )


def token_fits(token: str, accepted: Iterable[bytes]) -> bool:
    """Compares digests, so that neither length nor content shows in the time it takes."""
    if not token:
        return False
    given = hashlib.sha256(_raw(token)).digest()
    fits = False
    for secret in accepted:
        fits |= hmac.compare_digest(given, hashlib.sha256(secret).digest())
    return fits


def fitting_keys(signed: Signed, body: bytes, keys: Iterable[bytes], *, now: float) -> frozenset[bytes]:
    """Those keys with which one of the signatures was made, within the tolerance around `now`.

    The body goes through one digest for each different key, however often that is given.
    """
    if not _TIMESTAMP.fullmatch(signed.timestamp) or not _ID.fullmatch(signed.id):
        return frozenset()
    if abs(now - int(signed.timestamp)) > TOLERANCE:
        return frozenset()
    given = [found for part in signed.signatures.split(" ")[:16] if (found := _signature(part)) is not None]
    message = b".".join((signed.id.encode(), signed.timestamp.encode(), body))
    return frozenset(key for key in frozenset(keys) if _made_with(key, message, given))


def _made_with(key: bytes, message: bytes, given: Iterable[bytes]) -> bool:
    wanted = _digest(key, message)
    fits = False
    for signature in given:
        fits |= hmac.compare_digest(signature, wanted)
    return fits


def _digest(key: bytes, message: bytes) -> bytes:
    """Of a usual hook in pieces for which Python keeps its lock: to wait for it again takes longer than the digest."""
    if len(message) > _USUAL:
        return hmac.digest(key, message, "sha256")
    made = hmac.new(key, digestmod="sha256")
    for start in range(0, len(message), _PIECE):
        made.update(message[start : start + _PIECE])
    return made.digest()


def _signature(part: str) -> bytes | None:
    version, comma, text = part.partition(",")
    if version != "v1" or not comma:
        return None
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX).encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(_PREFIX) or len(key) != 32:
        raise Permanent("signing-secret-invalid", "a signing token is `whsec_` and the base64 of 32 bytes")
    return key


def _raw(header: str) -> bytes:
    """The bytes on the wire: servers hand header values over as Latin-1 text."""
    return header.encode("latin-1", "backslashreplace")
