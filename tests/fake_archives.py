"""Archives in memory, as `ports.Archives`: lines of names and contents instead of zip files."""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO

from shared.domain.packed import Damaged, NoRoom, Packed

_HEAD = b"archive\n"


@dataclass
class FakeArchives:
    """`full`: there is no room for any."""

    full: bool = False
    open_now: int = 0

    @contextmanager
    def pack(self, files: Iterable[tuple[str, bytes]], *, moment: datetime) -> Iterator[Packed]:
        """A line for each file, with a checksum; the moment makes a difference."""
        lines = [_HEAD, moment.isoformat().encode() + b"\n"]
        for name, data in files:
            if self.full:
                raise NoRoom("archive-failed", "no room")
            lines.append(_line(name, data))
        with self._opened(b"".join(lines)) as packed:
            yield packed

    @contextmanager
    def unpack(self, pieces: Iterable[bytes]) -> Iterator[Packed]:
        """The same lines."""
        data = b"".join(pieces)
        if self.full:
            raise NoRoom("archive-failed", "no room")
        if not data.startswith(_HEAD):
            raise Damaged("archive-damaged", "this is no archive")
        with self._opened(data) as packed:
            yield packed

    @contextmanager
    def _opened(self, data: bytes) -> Iterator[Packed]:
        lines = data.split(b"\n")[2:-1]
        names = tuple(_name(line) for line in lines)
        self.open_now += 1
        try:
            yield Packed(
                len(data),
                hashlib.sha256(data).hexdigest(),
                names,
                partial(BytesIO, data),
                partial(_read, dict(zip(names, lines, strict=True))),
            )
        finally:
            self.open_now -= 1


def _line(name: str, data: bytes) -> bytes:
    parts = (name.encode(), hashlib.sha256(data).hexdigest().encode(), b64encode(data))
    return b"\t".join(parts) + b"\n"


def _name(line: bytes) -> str:
    """A name that was damaged is another one."""
    return line.split(b"\t")[0].decode(errors="replace")


def _read(lines: dict[str, bytes], name: str, most: int) -> bytes:
    try:
        _, digest, coded = lines[name].split(b"\t")
        data = b64decode(coded, validate=True)
    except (KeyError, ValueError):
        raise Damaged("archive-damaged", name) from None
    if hashlib.sha256(data).hexdigest().encode() != digest:
        raise Damaged("archive-damaged", name)
    return data[: most + 1]
