"""The three ways of an upload: its bytes alone, with their metadata in one request, and in pieces."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from emulators.routing import Answer, Call, Router
from emulators.storage import parts
from emulators.storage.access import Access, check_conditions, query
from emulators.storage.described import content_type, kept
from emulators.storage.objects import OBJECTS
from emulators.storage.shapes import object_json, refusal
from emulators.storage.world import Upload, crc32c, md5

_PIECE = 256 * 1024
_TOO_LONG = 1025
_NO_NAMES = (".", "..")
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
_HASH = re.compile(r"(crc32c|md5)=([A-Za-z0-9+/=]+)")


def add_routes(router: Router, access: Access) -> None:
    uploads = _Uploads(access)
    router.add("POST", f"/upload{OBJECTS}", uploads.begin)
    router.add("PUT", f"/upload{OBJECTS}", uploads.go_on)
    router.add("DELETE", f"/upload{OBJECTS}", uploads.cancel)


@dataclass(frozen=True, slots=True)
class _Uploads:
    access: Access

    def begin(self, call: Call) -> Answer:
        match query(call, "uploadType"):
            case "media":
                upload = Upload(call, {}, call.headers.get("Content-Type", ""), bytearray(call.body))
            case "multipart":
                metadata, data, kind = parts.read(call)
                upload = Upload(call, metadata, kind, bytearray(data))
            case "resumable":
                return self._begin_pieces(call)
            case _:
                raise refusal(400, "Invalid uploadType")
        with self.access.world.lock:
            return self._store(upload, call)

    def go_on(self, call: Call) -> Answer:
        """One piece, or the question how much has arrived: 308 until all of it is there."""
        with self.access.world.lock:
            upload = self._upload(call)
            if _take(upload, call):
                done = self._store(upload, call)
                del self.access.world.uploads[query(call, "upload_id")]
                return done
            got = {"Range": f"bytes=0-{len(upload.data) - 1}"} if upload.data else {}
        return Answer(308, None, got)

    def cancel(self, call: Call) -> Answer:
        with self.access.world.lock:
            self._upload(call)
            del self.access.world.uploads[query(call, "upload_id")]
        return Answer(204)

    def _begin_pieces(self, call: Call) -> Answer:
        sent = call.json()
        upload = Upload(call, sent if isinstance(sent, dict) else {}, call.headers.get("X-Upload-Content-Type", ""))
        with self.access.world.lock:
            bucket = self.access.bucket(call)
            check_conditions(call, bucket.objects.get(_name(upload)))
            known = self.access.world.begin(upload)
        place = f"/upload/storage/v1/b/{quote(bucket.name)}/o?uploadType=resumable&upload_id={known}"
        return Answer(200, None, {"Location": f"http://{call.headers.get('Host', '')}{place}"})

    def _upload(self, call: Call) -> Upload:
        found = self.access.world.uploads.get(query(call, "upload_id"))
        if found is None:
            raise refusal(404, "No such upload")
        return found

    def _store(self, upload: Upload, last: Call) -> Answer:
        """`last` is the call that brought the end of the data. Whoever calls holds the lock."""
        bucket, name, data = self.access.bucket(upload.call), _name(upload), bytes(upload.data)
        _check_sums(upload.metadata, last, data)
        check_conditions(upload.call, bucket.objects.get(name))
        kind = content_type(upload.metadata.get("contentType") or upload.content_type)
        made = self.access.world.write(bucket, name, data, content_type=kind, described=kept(upload.metadata))
        return Answer(body=object_json(bucket, made, last))


def _take(upload: Upload, call: Call) -> bool:
    """Takes in a piece; whether that was all. Bytes that came before are not taken twice."""
    said = call.headers.get("Content-Range", "")
    if not said:
        upload.data[:] = call.body
        return True
    match = _RANGE.fullmatch(said)
    if match is None:
        raise refusal(400, "Invalid Content-Range")
    total = None if match[3] == "*" else int(match[3])
    if match[1] is not None:
        _take_range(upload, call.body, int(match[1]), int(match[2]), total)
    return total == len(upload.data)


def _take_range(upload: Upload, piece: bytes, start: int, end: int, total: int | None) -> None:
    if end - start + 1 != len(piece) or start > len(upload.data):
        raise refusal(400, "Invalid Content-Range")
    if total != end + 1 and len(piece) % _PIECE:
        raise refusal(400, "A piece must be a multiple of 256 KiB")
    upload.data[start:] = piece


def _name(upload: Upload) -> str:
    return name_checked(upload.metadata.get("name") or query(upload.call, "name"))


def name_checked(name: object) -> str:
    """https://cloud.google.com/storage/docs/objects#naming"""
    if (
        not isinstance(name, str)
        or not name
        or _bytes(name) > 1024
        or name in _NO_NAMES
        or "\r" in name
        or "\n" in name
    ):
        raise refusal(400, "Invalid object name")
    return name


def _bytes(name: str) -> int:
    """Half of a surrogate pair is no character: more than there may be."""
    try:
        return len(name.encode())
    except UnicodeEncodeError:
        return _TOO_LONG


def _check_sums(metadata: dict[str, Any], last: Call, data: bytes) -> None:
    said = dict(_HASH.findall(last.headers.get("X-Goog-Hash", "")))
    for name, key, compute in (("crc32c", "crc32c", crc32c), ("md5", "md5Hash", md5)):
        wanted = metadata.get(key) or said.get(name)
        if wanted and wanted != compute(data):
            raise refusal(400, f"Provided {name} doesn't match the calculated one.")
