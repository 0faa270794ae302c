"""A folder of a bucket in Cloud Storage, as a drive."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import BinaryIO, TypeVar

from google.cloud.storage import Blob

from ...deadline import Deadline
from ...domain.packed import Damaged
from .. import attempts
from ..attempts import Failed
from .connection import StorageConnection
from .failures import Absent, Conflict, translated

Result = TypeVar("Result")
PIECE = 8 * 1024 * 1024
"""As much of an object is read by one request, and held."""
CHUNK = 32 * 1024 * 1024
"""As much of a large object is sent by one request, and held; smaller ones go out in a single request of 8 MiB."""

_KINDS = {"html": "text/html; charset=utf-8", "json": "application/json"}
"""So that a browser shows a page rather than to save it."""


class StorageDrive:
    """Implements `ports.Drive` for one run; may be shared by threads.

    Beside the errors of the port: Permanent `drive-missing`, `drive-unauthorized`, `drive-refused`, `url-refused`;
    Transient `drive-unavailable`, `drive-odd-answer`, `deadline`.
    """

    def __init__(self, connection: StorageConnection, *, bucket: str, prefix: str, deadline: Deadline) -> None:
        """Objects are below `prefix`, a folder's path or nothing."""
        self._bucket = connection.client(deadline).bucket(bucket)
        self._prefix = f"{prefix}/" if prefix else ""
        self._deadline = deadline

    def put(self, path: str, data: BinaryIO, *, size: int) -> None:
        """Never over what somebody else wrote meanwhile: only where nothing is, else over what was looked at."""
        self._repeated("put", lambda: self._put(self._prefix + path, data, size))

    def names(self, folder: str) -> tuple[str, ...]:
        """Cloud Storage knows no folders: these are the objects whose names begin so and go on without a slash."""
        start = f"{self._prefix}{folder}/" if folder else self._prefix
        found = self._repeated("list", lambda: [blob.name for blob in self._listed(start)])
        names = (str(name).removeprefix(start) for name in found)
        return tuple(name for name in names if name)

    def read(self, path: str) -> Iterator[bytes] | None:
        """All pieces are of the one generation that was there at the start, and fit its checksum."""
        blob = self._repeated("look", lambda: self._bucket.get_blob(self._prefix + path, retry=None))
        return None if blob is None else self._pieces(blob)

    def delete(self, paths: Sequence[str]) -> None:
        """One request each."""
        for path in paths:
            self._repeated("delete", partial(self._delete, self._prefix + path))

    def _put(self, name: str, data: BinaryIO, size: int) -> None:
        try:
            self._upload(name, data, size, generation=0)
        except Conflict:
            there = self._bucket.get_blob(name, retry=None)
            if there is None:
                raise
            if there.size != size or there.md5_hash != _md5(data):
                self._upload(name, data, size, generation=there.generation)

    def _upload(self, name: str, data: BinaryIO, size: int, *, generation: int) -> None:
        blob = self._bucket.blob(name, chunk_size=CHUNK)
        upload = partial(
            blob.upload_from_file,
            data,
            rewind=True,
            size=size,
            content_type=_KINDS.get(name.rpartition(".")[2], "application/octet-stream"),
            if_generation_match=generation,
            checksum="crc32c",
            retry=None,
        )
        translated(upload, asked="upload")

    def _listed(self, prefix: str) -> Iterator[Blob]:
        fields = "items(name),nextPageToken"
        found: Iterator[Blob] = self._bucket.list_blobs(prefix=prefix, delimiter="/", fields=fields, retry=None)
        return found

    def _delete(self, name: str) -> None:
        try:
            translated(lambda: self._bucket.delete_blob(name, retry=None), asked="delete")
        except Absent:
            return

    def _pieces(self, blob: Blob) -> Iterator[bytes]:
        digest = hashlib.md5(usedforsecurity=False)
        for start in range(0, blob.size, PIECE):
            piece = self._repeated("read", partial(_piece, blob, start))
            digest.update(piece)
            yield piece
        if blob.md5_hash not in (None, _base64(digest.digest())):
            raise Damaged("drive-damaged", f"`{blob.name}` doesn't fit the checksum that it was stored with")

    def _repeated(self, asked: str, call: Callable[[], Result]) -> Result:
        return attempts.read(lambda: translated(call, asked=asked), deadline=self._deadline)


def _piece(blob: Blob, start: int) -> bytes:
    end = min(start + PIECE, blob.size) - 1
    try:
        data: bytes = translated(
            lambda: blob.download_as_bytes(start=start, end=end, checksum=None, retry=None), asked="read"
        )
    except Absent:
        raise Failed("drive-unavailable", "an object was replaced or deleted while it was being read") from None
    if len(data) != end - start + 1:
        raise Failed("drive-odd-answer", "Cloud Storage gave another part of an object than was asked for")
    return data


def _md5(data: BinaryIO) -> str:
    data.seek(0)
    digest = hashlib.md5(usedforsecurity=False)
    while piece := data.read(PIECE):
        digest.update(piece)
    return _base64(digest.digest())


def _base64(digest: bytes) -> str:
    """As Google writes checksums."""
    return base64.b64encode(digest).decode()
