"""Google's JSON of buckets, objects and errors."""

from datetime import UTC, datetime
from urllib.parse import quote

from emulators.routing import Answer, Call, Rejected
from emulators.storage.world import FIRST_GENERATION, Bucket, Stored

_REASONS = {
    400: "invalid",
    401: "authError",
    403: "forbidden",
    404: "notFound",
    409: "conflict",
    412: "conditionNotMet",
    416: "requestedRangeNotSatisfiable",
    429: "rateLimitExceeded",
    500: "backendError",
    501: "notImplemented",
    502: "backendError",
    503: "backendError",
}


def error(status: int, message: str) -> Answer:
    """https://cloud.google.com/storage/docs/json_api/v1/status-codes"""
    reason = _REASONS.get(status, "invalid")
    detail = {"message": message, "domain": "global", "reason": reason}
    return Answer(status, {"error": {"code": status, "message": message, "errors": [detail]}})


def refusal(status: int, message: str) -> Rejected:
    """The same, raised instead of returned."""
    return Rejected(error(status, message))


def bucket_json(bucket: Bucket, call: Call) -> dict[str, object]:
    moment = _moment(FIRST_GENERATION)
    return {
        "kind": "storage#bucket",
        "id": bucket.name,
        "name": bucket.name,
        "selfLink": f"{_host(call)}/storage/v1/b/{bucket.name}",
        "projectNumber": "1",
        "metageneration": "1",
        "location": "EU",
        "storageClass": "STANDARD",
        "timeCreated": moment,
        "updated": moment,
        "etag": "CAE=",
    }


def object_json(bucket: Bucket, stored: Stored, call: Call) -> dict[str, object]:
    place = f"storage/v1/b/{bucket.name}/o/{quote(stored.name, safe='')}"
    moment = _moment(stored.generation)
    return {
        "kind": "storage#object",
        "id": f"{bucket.name}/{stored.name}/{stored.generation}",
        "selfLink": f"{_host(call)}/{place}",
        "mediaLink": f"{_host(call)}/download/{place}?generation={stored.generation}&alt=media",
        "name": stored.name,
        "bucket": bucket.name,
        "generation": str(stored.generation),
        "metageneration": str(stored.metageneration),
        "contentType": stored.content_type,
        **stored.described,
        "storageClass": "STANDARD",
        "size": str(len(stored.data)),
        "md5Hash": stored.md5,
        "crc32c": stored.crc32c,
        "etag": f"{stored.generation}",
        "timeCreated": moment,
        "updated": moment,
    }


def _host(call: Call) -> str:
    return f"http://{call.headers.get('Host', '127.0.0.1')}"


def _moment(generation: int) -> str:
    return datetime.fromtimestamp(generation / 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
