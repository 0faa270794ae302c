"""Buckets and the objects in them; every write makes a new object with a generation of its own."""

import base64
import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import google_crc32c

from emulators.routing import Call

FIRST_GENERATION = 1_700_000_000_000_000
"""Google's own are microseconds since 1970; these count on from here, the same after each start or reset."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One object. The checksums are those of what was uploaded, in base64: rotten bytes keep them."""

    name: str
    data: bytes = field(repr=False)
    generation: int
    content_type: str
    crc32c: str
    md5: str
    metageneration: int = 1
    described: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Upload:
    """An upload in pieces; `call` is the one that began it, with its conditions."""

    call: Call
    metadata: dict[str, Any]
    content_type: str
    data: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class Bucket:
    """Objects by name."""

    name: str
    objects: dict[str, Stored] = field(default_factory=dict)

    def sorted(self) -> Iterator[Stored]:
        """By name, in the order of its bytes."""
        yield from sorted(self.objects.values(), key=lambda each: each.name.encode())


class World:
    """All buckets by name. Whoever reads or changes them holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.buckets: dict[str, Bucket] = {}
        self.uploads: dict[str, Upload] = {}
        self._given = 0

    def reset(self) -> None:
        """Uploads under way are gone as well."""
        with self.lock:
            self.buckets = {}
            self.uploads = {}
            self._given = 0

    def bucket(self, name: str) -> Bucket:
        """The bucket, made if there is none."""
        return self.buckets.setdefault(name, Bucket(name))

    def write(
        self,
        bucket: Bucket,
        name: str,
        data: bytes,
        *,
        content_type: str = "",
        described: Mapping[str, Any] | None = None,
    ) -> Stored:
        """Replaces whatever had that name."""
        kind = content_type or "application/octet-stream"
        bucket.objects[name] = Stored(
            name, data, self._next(), kind, crc32c(data), md5(data), described=described or {}
        )
        return bucket.objects[name]

    def describe(self, bucket: Bucket, name: str, *, content_type: str, described: Mapping[str, Any]) -> Stored:
        """Other words about the same bytes: the generation stays, the metageneration counts on."""
        old = bucket.objects[name]
        bucket.objects[name] = replace(
            old, content_type=content_type, described=described, metageneration=old.metageneration + 1
        )
        return bucket.objects[name]

    def begin(self, upload: Upload) -> str:
        """The id under which its pieces come."""
        known = hashlib.sha256(str(self._next()).encode()).hexdigest()[:24]
        self.uploads[known] = upload
        return known

    def rot(self, bucket: Bucket, name: str, data: bytes) -> Stored:
        """Changes the bytes under the object: generation and checksums stay what they were."""
        bucket.objects[name] = replace(bucket.objects[name], data=data)
        return bucket.objects[name]

    def _next(self) -> int:
        self._given += 1
        return FIRST_GENERATION + self._given


def crc32c(data: bytes) -> str:
    """Big-endian, in base64, as Google gives it."""
    return base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()


def md5(data: bytes) -> str:
    """The same with MD5."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
