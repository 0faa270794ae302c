"""Calls that list, read and delete objects."""

import re
from dataclasses import dataclass

from emulators.routing import Answer, Call, Router
from emulators.storage.access import Access, check_conditions, number, query
from emulators.storage.buckets import BUCKETS
from emulators.storage.described import content_type, headers, kept, on_the_wire, patched
from emulators.storage.listing import MOST, Asked, page
from emulators.storage.shapes import object_json, refusal
from emulators.storage.world import Stored

OBJECTS = f"{BUCKETS}/:bucket/o"
_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")
_UNKNOWN = ("matchGlob", "includeTrailingDelimiter", "softDeleted")


def add_routes(router: Router, access: Access) -> None:
    objects = _Objects(access)
    router.add("GET", OBJECTS, objects.listed)
    router.add("GET", f"{OBJECTS}/:object", objects.read)
    router.add("DELETE", f"{OBJECTS}/:object", objects.delete)
    router.add("PATCH", f"{OBJECTS}/:object", objects.patch)
    router.add("PUT", f"{OBJECTS}/:object", objects.put)
    router.add("GET", f"/download{OBJECTS}/:object", objects.download)


@dataclass(frozen=True, slots=True)
class _Objects:
    access: Access

    def listed(self, call: Call) -> Answer:
        """What would change the list and isn't known here is refused: the list would be another one."""
        unknown = [name for name in _UNKNOWN if query(call, name) not in ("", "false")]
        if unknown:
            raise refusal(501, f"This stand-in knows no {unknown[0]}.")
        asked = Asked(*(query(call, name) for name in ("prefix", "delimiter", "startOffset", "endOffset")))
        with self.access.world.lock:
            bucket = self.access.bucket(call)
            found = page(bucket, asked, token=query(call, "pageToken"), most=most_results(call))
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

    def patch(self, call: Call) -> Answer:
        """Changes what is said of the object; the rest stays as it is."""
        return self._describe(call, keep_rest=True)

    def put(self, call: Call) -> Answer:
        """Says all of it anew."""
        return self._describe(call, keep_rest=False)

    def _describe(self, call: Call, *, keep_rest: bool) -> Answer:
        sent = call.json()
        if not isinstance(sent, dict):
            raise refusal(400, "Parse Error")
        with self.access.world.lock:
            bucket, stored = self.access.stored(call)
            check_conditions(call, stored)
            kind = content_type(sent.get("contentType", stored.content_type if keep_rest else ""))
            described = patched(stored.described, sent) if keep_rest else kept(sent)
            changed = self.access.world.describe(bucket, stored.name, content_type=kind, described=described)
            return Answer(body=object_json(bucket, changed, call))

    def delete(self, call: Call) -> Answer:
        with self.access.world.lock:
            bucket, stored = self.access.stored(call)
            check_conditions(call, stored)
            del bucket.objects[stored.name]
        return Answer(204)


def most_results(call: Call) -> int:
    """How many entries a page may have."""
    most = number(query(call, "maxResults") or str(MOST), "maxResults")
    if not most:
        raise refusal(400, "Invalid maxResults")
    return most


def _next(token: str) -> dict[str, object]:
    return {"nextPageToken": token} if token else {}


def _media(stored: Stored, wanted: str) -> Answer:
    """The whole, or the range; the checksums are those of the whole."""
    named = headers(stored.described) | {
        "Content-Type": on_the_wire(stored.content_type),
        "ETag": str(stored.generation),
        "X-Goog-Generation": str(stored.generation),
        "X-Goog-Metageneration": str(stored.metageneration),
        "X-Goog-Hash": f"crc32c={stored.crc32c},md5={stored.md5}",
        "X-Goog-Stored-Content-Encoding": str(stored.described.get("contentEncoding", "identity")),
        "X-Goog-Stored-Content-Length": str(len(stored.data)),
        "Accept-Ranges": "bytes",
    }
    match = _RANGE.fullmatch(wanted)
    if match is None or match[0] == "bytes=-":
        return Answer(200, stored.data, named)
    size = len(stored.data)
    start, end = _bounds(match[1], match[2], size=size)
    if start >= size or end < start:
        raise refusal(416, "The requested range cannot be satisfied.")
    return Answer(206, stored.data[start : end + 1], named | {"Content-Range": f"bytes {start}-{end}/{size}"})


def _bounds(first: str, last: str, *, size: int) -> tuple[int, int]:
    """Of the bytes; without a first one so many of the end."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last or size - 1), size - 1)
