"""The files in an archive of GitLab's, and whether all of it came: a part would look as if files were gone."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from typing import IO

from ...domain.errors import Refused
from .. import limits
from . import shapes

_MAGIC = b"\x1f\x8b"
_BLOCK = 512
_END = bytes(2 * _BLOCK)
"""What a tar archive ends with, at least."""
_CHUNK = 64 * 1024
_BROKEN = (EOFError, OSError, zlib.error, tarfile.TarError)


def demand(packed: IO[bytes]) -> None:
    """Raises Failed `gitlab-odd-answer` for what isn't even compressed, such as a page that asks for a password."""
    packed.seek(0)
    if packed.read(len(_MAGIC)) != _MAGIC:
        raise shapes.odd("archive")


def files(packed: IO[bytes], folder: str) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every plain file; the folder on top, which GitLab adds, is no part of the paths.

    Raises Failed `gitlab-odd-answer`, at the latest at the end, where any part is missing or broken.
    """
    packed.seek(0)
    try:
        with gzip.GzipFile(fileobj=packed, mode="rb") as stream:
            yield from _read(stream, folder)
    except _BROKEN:
        raise shapes.odd("archive") from None


def _read(stream: gzip.GzipFile, folder: str) -> Iterator[tuple[str, bytes]]:
    end, hollow = 0, ""
    with tarfile.open(fileobj=stream, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
        for member in archive:
            end = member.offset_data + (-(-member.size // _BLOCK) * _BLOCK if member.isreg() else 0)
            path = member.name.partition("/")[2]
            hollow = _demand_filled(hollow, path)
            if member.isdir():
                hollow = path
            elif _is_plain(member, path, folder):
                yield path, _content(archive, member)
    _demand_filled(hollow, "")
    _demand_end(stream, end)


def _is_plain(member: tarfile.TarInfo, path: str, folder: str) -> bool:
    if path == folder:
        return False
    if folder and not path.startswith(f"{folder}/"):
        raise shapes.odd("archive")
    if member.isreg() and path.encode("utf-8", "replace").decode() == path:
        return True
    if path.endswith(".json"):
        raise _unusual(path)
    return False


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if member.size > limits.MAX_BYTES:
        raise Refused("config-too-big", f"`{member.name.partition('/')[2]}` has {member.size} bytes")
    held = archive.extractfile(member)
    return held.read() if held else b""


def _demand_filled(hollow: str, path: str) -> str:
    """A folder comes right ahead of what is in it; a submodule is one with nothing in it."""
    if hollow.endswith(".json") and not path.startswith(f"{hollow}/"):
        raise _unusual(hollow)
    return ""


def _demand_end(stream: gzip.GzipFile, end: int) -> None:
    """After the last file there are blocks of zeros, and nothing else: `tarfile` itself would let that pass."""
    stream.seek(end)
    length = 0
    while rest := stream.read(_CHUNK):
        length += len(rest)
        if rest.strip(b"\0"):
            raise shapes.odd("archive")
    if not end or length < len(_END):
        raise shapes.odd("archive")


def _unusual(path: str) -> Refused:
    return Refused("tree-unusual", f"`{path}` is no plain file but a link or submodule")
