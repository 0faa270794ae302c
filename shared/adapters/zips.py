"""Zip files in temporary files, which are gone when they are closed."""

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from io import BufferedReader, RawIOBase
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, cast

from ..domain.packed import Damaged, NoRoom, Packed

LEVEL = 1
"""Configs become some eight times smaller; more would take three times as long for a tenth less."""
_BLOCK = 1024 * 1024
_MODE = 0o644 << 16
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    struct.error,
)
"""What the library raises for archives that are not whole, encrypted, or made by nobody that we know."""


class ZipArchives:
    """Implements `ports.Archives`."""

    @contextmanager
    def pack(self, files: Iterable[tuple[str, bytes]], *, moment: datetime) -> Iterator[Packed]:
        """One file is held at a time."""
        with _temporary() as file:
            with _room(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
                for name, data in files:
                    archive.writestr(_entry(name, moment), data)
            with zipfile.ZipFile(file) as archive:
                yield _packed(file, archive)

    @contextmanager
    def unpack(self, pieces: Iterable[bytes]) -> Iterator[Packed]:
        """The pieces are written down first."""
        with _temporary() as file:
            with _room():
                file.writelines(pieces)
                file.flush()
            try:
                archive = zipfile.ZipFile(file)
            except _BROKEN:
                raise Damaged("archive-damaged", "the archive is no zip file any more") from None
            with archive:
                yield _packed(file, archive)


@contextmanager
def _temporary() -> Iterator[IO[bytes]]:
    with _room():
        file = TemporaryFile()  # noqa: SIM115 - closing it must not tell once more what could not be written
    try:
        yield file
    finally:
        with suppress(OSError):
            file.close()


@contextmanager
def _room() -> Iterator[None]:
    """Writing a file may fail at any time, and not for a reason that another delivery would mend."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise NoRoom("archive-failed", f"no archive could be written to the temporary disk: {why}") from None


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
    entry.external_attr = _MODE
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _packed(file: IO[bytes], archive: zipfile.ZipFile) -> Packed:
    file.flush()
    opened = partial(_opened, file.fileno())
    digest, size = hashlib.sha256(), 0
    with opened() as data:
        while block := data.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Packed(size, digest.hexdigest(), tuple(archive.namelist()), opened, partial(_read, archive))


def _opened(number: int) -> BinaryIO:
    return cast(BinaryIO, BufferedReader(_Beside(number), _BLOCK))


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as file:
            return file.read(most + 1)
    except _BROKEN:
        raise Damaged("archive-damaged", f"`{name}` can't be unpacked") from None


class _Beside(RawIOBase):
    """Reads an open file without moving the place at which others read it."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = os.pread(self._number, len(buffer), self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: os.fstat(self._number).st_size}[whence]
        self._at = start + offset
        return self._at
