"""Calls that make an object of others: copies, renames, compositions."""

from dataclasses import dataclass
from typing import Any

from emulators.routing import Answer, Call, Router
from emulators.storage.access import Access, check_conditions
from emulators.storage.described import content_type, kept
from emulators.storage.objects import OBJECTS
from emulators.storage.shapes import object_json, refusal
from emulators.storage.uploads import name_checked
from emulators.storage.world import Bucket, Stored

MOST_PARTS = 32


def add_routes(router: Router, access: Access) -> None:
    copies = _Copies(access)
    router.add("POST", f"{OBJECTS}/:object/copyTo/b/:into/o/:name", copies.copy)
    router.add("POST", f"{OBJECTS}/:object/rewriteTo/b/:into/o/:name", copies.rewrite)
    router.add("POST", f"{OBJECTS}/:object/moveTo/o/:name", copies.move)
    router.add("POST", f"{OBJECTS}/:name/compose", copies.compose)


@dataclass(frozen=True, slots=True)
class _Copies:
    access: Access

    def copy(self, call: Call) -> Answer:
        with self.access.world.lock:
            into, made = self._copied(call, into=call.names["into"])
            return Answer(body=object_json(into, made, call))

    def rewrite(self, call: Call) -> Answer:
        """Here always done with the first call."""
        with self.access.world.lock:
            into, made = self._copied(call, into=call.names["into"])
            size = str(len(made.data))
            done = {"kind": "storage#rewriteResponse", "done": True, "objectSize": size, "totalBytesRewritten": size}
            return Answer(body={**done, "resource": object_json(into, made, call)})

    def move(self, call: Call) -> Answer:
        with self.access.world.lock:
            into, made = self._copied(call, into=call.names["bucket"])
            if call.names["object"] != made.name:
                del into.objects[call.names["object"]]
            return Answer(body=object_json(into, made, call))

    def compose(self, call: Call) -> Answer:
        """The bytes of up to 32 objects of the bucket, one after another."""
        sent = _sent(call)
        with self.access.world.lock:
            bucket = self.access.bucket(call)
            parts = [self._part(bucket, each) for each in _listed(sent)]
            described = sent.get("destination")
            described = described if isinstance(described, dict) else {}
            made = self._write(call, bucket, b"".join(part.data for part in parts), described=described)
            return Answer(body=object_json(bucket, made, call))

    def _copied(self, call: Call, *, into: str) -> tuple[Bucket, Stored]:
        """What is said of the original is said of the copy, unless something else is."""
        sent = _sent(call)
        _, stored = self.access.stored(call, generation="sourceGeneration")
        check_conditions(call, stored, prefix="ifSource")
        bucket = self.access.named(into)
        said = kept(sent) or "contentType" in sent
        described = sent if said else {**stored.described, "contentType": stored.content_type}
        return bucket, self._write(call, bucket, stored.data, described=described)

    def _write(self, call: Call, bucket: Bucket, data: bytes, *, described: dict[str, Any]) -> Stored:
        name = name_checked(call.names["name"])
        check_conditions(call, bucket.objects.get(name))
        kind = content_type(described.get("contentType"))
        return self.access.world.write(bucket, name, data, content_type=kind, described=kept(described))

    def _part(self, bucket: Bucket, wanted: dict[str, Any]) -> Stored:
        found = bucket.objects.get(str(wanted.get("name")))
        if found is None or str(wanted.get("generation", found.generation)) != str(found.generation):
            raise refusal(404, f"Object {wanted.get('name')} not found.")
        return found


def _sent(call: Call) -> dict[str, Any]:
    sent = call.json()
    if not isinstance(sent, dict):
        raise refusal(400, "Parse Error")
    return sent


def _listed(sent: dict[str, Any]) -> list[dict[str, Any]]:
    found = sent.get("sourceObjects")
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_PARTS:
        raise refusal(400, f"A composition has 1 to {MOST_PARTS} parts.")
    if not all(isinstance(each, dict) for each in found):
        raise refusal(400, "Parse Error")
    return found
