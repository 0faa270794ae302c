"""Calls that list, read and delete objects."""

import re
from dataclasses import dataclass

from emulators.routing import Answer, Call, Router
from emulators.storage.access import Access, check_conditions, query
from emulators.storage.buckets import BUCKETS
from emulators.storage.listing import MOST, page
from emulators.storage.shapes import object_json, refusal
from emulators.storage.world import Stored

OBJECTS = f"{BUCKETS}/:bucket/o"
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def add_routes(router: Router, access: Access) -> None:
    objects = _Objects(access)
    router.add("GET", OBJECTS, objects.listed)
    router.add("GET", f"{OBJECTS}/:object", objects.read)
    router.add("DELETE", f"{OBJECTS}/:object", objects.delete)
    router.add("GET", f"/download{OBJECTS}/:object", objects.download)


@dataclass(frozen=True, slots=True)
class _Objects:
    access: Access

    def listed(self, call: Call) -> Answer:
        most = query(call, "maxResults") or str(MOST)
        if not most.isdecimal() or not int(most):
            raise refusal(400, "Invalid maxResults")
        with self.access.world.lock:
            bucket = self.access.bucket(call)
            found = page(
                bucket,
                prefix=query(call, "prefix"),
                delimiter=query(call, "delimiter"),
                token=query(call, "pageToken"),
                most=int(most),
            )
            items = [object_json(bucket, each, call) for each in found.objects]
        body = {"kind": "storage#objects", "items": items, "prefixes": list(found.prefixes)}
        return Answer(body={key: value for key, value in body.items() if value} | _next(found.token))

    def read(self, call: Call) -> Answer:
        """Metadata, or the bytes with `alt=media`."""
        if query(call, "alt") == "media":
            return self.download(call)
        with self.access.world.lock:
            bucket, stored = self.access.stored(call)
            check_conditions(call, stored, reading=True)
            return Answer(body=object_json(bucket, stored, call))

    def download(self, call: Call) -> Answer:
        with self.access.world.lock:
            _, stored = self.access.stored(call)
            check_conditions(call, stored, reading=True)
        return _media(stored, call.headers.get("Range", ""))

    def delete(self, call: Call) -> Answer:
        with self.access.world.lock:
            bucket, stored = self.access.stored(call)
            check_conditions(call, stored)
            del bucket.objects[stored.name]
        return Answer(204)


def _next(token: str) -> dict[str, object]:
    return {"nextPageToken": token} if token else {}


def _media(stored: Stored, wanted: str) -> Answer:
    """The whole, or the range; the checksums are those of the whole."""
    headers = {
        "Content-Type": stored.content_type,
        "ETag": str(stored.generation),
        "X-Goog-Generation": str(stored.generation),
        "X-Goog-Metageneration": str(stored.metageneration),
        "X-Goog-Hash": f"crc32c={stored.crc32c},md5={stored.md5}",
        "X-Goog-Stored-Content-Encoding": "identity",
        "X-Goog-Stored-Content-Length": str(len(stored.data)),
        "Accept-Ranges": "bytes",
    }
    match = _RANGE.fullmatch(wanted)
    if match is None:
        return Answer(200, stored.data, headers)
    size = len(stored.data)
    start, end = int(match[1]), min(int(match[2] or size - 1), size - 1)
    if start >= size or end < start:
        raise refusal(416, "The requested range cannot be satisfied.")
    return Answer(206, stored.data[start : end + 1], headers | {"Content-Range": f"bytes {start}-{end}/{size}"})
