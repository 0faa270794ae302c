"""Calls for buckets."""

import re
from dataclasses import dataclass

from emulators.routing import Answer, Call, Router
from emulators.storage.access import Access, number, query
from emulators.storage.listing import MOST, after
from emulators.storage.shapes import bucket_json, refusal

BUCKETS = "/storage/v1/b"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")


def add_routes(router: Router, access: Access) -> None:
    buckets = _Buckets(access)
    router.add("GET", BUCKETS, buckets.listed)
    router.add("POST", BUCKETS, buckets.create)
    router.add("GET", f"{BUCKETS}/:bucket", buckets.read)
    router.add("DELETE", f"{BUCKETS}/:bucket", buckets.delete)
    router.add("GET", f"{BUCKETS}/:bucket/storageLayout", buckets.layout)
    router.add("GET", f"{BUCKETS}/:bucket/iam/testPermissions", buckets.test_rights)


def name_checked(name: object) -> str:
    """https://cloud.google.com/storage/docs/buckets#naming, near enough."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise refusal(400, "Invalid bucket name")
    return name


@dataclass(frozen=True, slots=True)
class _Buckets:
    access: Access

    def listed(self, call: Call) -> Answer:
        with self.access.world.lock:
            there = self.access.world.buckets
            found = [name for name in there if name.startswith(query(call, "prefix"))]
            most = number(query(call, "maxResults") or str(MOST), "maxResults")
            names, token = after(found, token=query(call, "pageToken"), most=max(1, most))
            items = [bucket_json(there[name], call) for name in names]
        next_page = {"nextPageToken": token} if token else {}
        return Answer(body={"kind": "storage#buckets", "items": items, **next_page})

    def create(self, call: Call) -> Answer:
        sent = call.json()
        name = name_checked(sent.get("name") if isinstance(sent, dict) else None)
        with self.access.world.lock:
            if name in self.access.world.buckets:
                raise refusal(409, "Your previous request to create the named bucket succeeded and you already own it.")
            return Answer(body=bucket_json(self.access.world.bucket(name), call))

    def read(self, call: Call) -> Answer:
        with self.access.world.lock:
            return Answer(body=bucket_json(self.access.bucket(call), call))

    def delete(self, call: Call) -> Answer:
        with self.access.world.lock:
            bucket = self.access.bucket(call)
            if bucket.objects:
                raise refusal(409, "The bucket you tried to delete is not empty.")
            del self.access.world.buckets[bucket.name]
        return Answer(204)

    def test_rights(self, call: Call) -> Answer:
        """Here everybody may everything that there is."""
        with self.access.world.lock:
            self.access.bucket(call)
        asked = call.query.get("permissions", [])
        return Answer(body={"kind": "storage#testIamPermissionsResponse", "permissions": asked})

    def layout(self, call: Call) -> Answer:
        """Folders are nothing but parts of names here; gcloud asks for it before it lists."""
        with self.access.world.lock:
            name = self.access.bucket(call).name
        flat = {"hierarchicalNamespace": {"enabled": False}, "location": "EU", "locationType": "multi-region"}
        return Answer(body={"kind": "storage#storageLayout", "bucket": name, **flat})
