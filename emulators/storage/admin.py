"""Cloud Storage's own calls of the control plane: seed, dump, damage."""

import base64
import hashlib
from dataclasses import dataclass

from emulators.control import refused
from emulators.routing import Answer, Call, Rejected
from emulators.storage.buckets import name_checked
from emulators.storage.world import Bucket, Stored, World


@dataclass(frozen=True, slots=True)
class Admin:
    """The handlers over one world."""

    world: World

    def seed(self, call: Call) -> Answer:
        """`{"buckets": [name], "objects"?: {bucket: {name: text}}}`; a bucket that is there starts over."""
        body = _shaped(call)
        names, objects = body.get("buckets", []), body.get("objects", {})
        if not isinstance(names, list) or not isinstance(objects, dict) or not all(map(_are_texts, objects.values())):
            raise refused("buckets are a list, objects are an object of objects of text")
        with self.world.lock:
            for name in map(name_checked, [*names, *objects]):
                self.world.buckets.pop(name, None)
                self.world.bucket(name)
            for name, texts in objects.items():
                for path, text in texts.items():
                    self.world.write(self.world.bucket(name), path, text.encode())
        return Answer(body={"buckets": sorted({*names, *objects})})

    def dump(self, call: Call) -> Answer:
        """`{"buckets": {name: {"state_sha256", "objects_count", "bytes", "objects": [...]}}}`, less with `hashes=1`."""
        whole = call.query.get("hashes") != ["1"]
        with self.world.lock:
            shown = {
                name: _summary(bucket) | _objects(bucket, whole=whole) for name, bucket in self.world.buckets.items()
            }
        return Answer(body={"buckets": shown})

    def damage(self, call: Call) -> Answer:
        """`{"bucket", "name", "at"?: n, "rot"?: false}`: one byte becomes another, the one in the middle by default.

        As if somebody had stored it so; with `rot` the bytes change under an object that stays as it is, and
        checksums no longer fit.
        """
        body = _shaped(call)
        with self.world.lock:
            bucket, stored = self._stored(body)
            data = bytearray(stored.data)
            at = body.get("at", len(data) // 2)
            if not isinstance(at, int) or not 0 <= at < len(data):
                raise refused("at is the number of a byte")
            data[at] ^= 0xFF
            change = self.world.rot if body.get("rot") is True else self.world.write
            changed = change(bucket, stored.name, bytes(data))
        return Answer(body={"generation": changed.generation, "at": at})

    def _stored(self, body: dict[str, object]) -> tuple[Bucket, Stored]:
        bucket = self.world.buckets.get(str(body.get("bucket")))
        stored = bucket.objects.get(str(body.get("name"))) if bucket else None
        if bucket is None or stored is None:
            raise Rejected(Answer(404, {"error": "no such object"}))
        return bucket, stored


def _shaped(call: Call) -> dict[str, object]:
    body = call.json()
    if not isinstance(body, dict):
        raise refused("the body is an object")
    return body


def _are_texts(texts: object) -> bool:
    return isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())


def _summary(bucket: Bucket) -> dict[str, object]:
    state = hashlib.sha256()
    for each in bucket.sorted():
        state.update(f"{each.name}\0{hashlib.sha256(each.data).hexdigest()}\0".encode())
    return {
        "state_sha256": state.hexdigest(),
        "objects_count": len(bucket.objects),
        "bytes": sum(len(each.data) for each in bucket.objects.values()),
    }


def _objects(bucket: Bucket, *, whole: bool) -> dict[str, object]:
    return {"objects": [_object(each) for each in bucket.sorted()]} if whole else {}


def _object(stored: Stored) -> dict[str, object]:
    """Bytes that are no UTF-8 text are given as `base64` instead of `text`."""
    place = {"name": stored.name, "generation": stored.generation, "content_type": stored.content_type}
    try:
        return place | {"text": stored.data.decode()}
    except UnicodeDecodeError:
        return place | {"base64": base64.b64encode(stored.data).decode()}
