"""The stand-in of Cloud Storage as Google's own client sees it, and by plain requests where that one never goes."""

import base64
import gzip
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import google_crc32c
import httpx
import pytest
from google.api_core.exceptions import (
    Conflict,
    GoogleAPICallError,
    MethodNotImplemented,
    NotFound,
    PreconditionFailed,
    TooManyRequests,
)
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.cloud.storage.exceptions import DataCorruption

from emulators.pubsub.gcloud import quiet
from emulators.server import serve
from emulators.storage.process import build
from tests import plain
from tests.contract.optional import needed

PLACE = "/storage/v1/b/one"
UPLOAD = "/upload/storage/v1/b/one/o"
KIB = 1024


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """A Cloud Storage with an empty bucket `one`, by plain requests."""
    with serve(build()) as running, plain.client(running.url, timeout=60) as client:
        client.post("/__admin__/seed", json={"buckets": ["one"]}).raise_for_status()
        yield client


@pytest.fixture
def client(http: httpx.Client) -> Iterator[storage.Client]:
    """The same by Google's client, as it comes."""
    anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
    made = storage.Client(
        project="demo", credentials=anonymous, client_options={"api_endpoint": str(http.base_url).rstrip("/")}
    )
    made._bucket_metadata_cache = None  # its thread would outlive the test
    yield made
    made.close()


@pytest.fixture
def bucket(client: storage.Client) -> storage.Bucket:
    return client.bucket("one")


def shown(http: httpx.Client) -> dict[str, dict[str, object]]:
    """The objects of the bucket by name."""
    found = http.get("/__admin__/dump").raise_for_status().json()["buckets"]["one"]["objects"]
    return {each["name"]: each for each in found}


def test_buckets_are_made_found_listed_and_deleted(client: storage.Client) -> None:
    """One that is there isn't made twice, one that is full isn't deleted."""
    made = client.create_bucket("two-2")
    assert client.lookup_bucket("two-2") is not None
    assert client.lookup_bucket("absent") is None
    assert sorted(each.name for each in client.list_buckets()) == ["one", "two-2"]
    assert [each.name for each in client.list_buckets(prefix="tw")] == ["two-2"]
    with pytest.raises(Conflict):
        client.create_bucket("two-2")

    made.blob("x").upload_from_string("x")
    with pytest.raises(Conflict):
        made.delete()
    made.blob("x").delete()
    made.delete()
    with pytest.raises(NotFound):
        made.delete()


@pytest.mark.parametrize("name", ["", "A", "a/b", "-a-", "a", 7, None])
def test_a_bucket_needs_a_proper_name(http: httpx.Client, name: object) -> None:
    """400 in Google's shape."""
    answer = http.post("/storage/v1/b", json={"name": name})

    assert answer.status_code == 400
    assert answer.json()["error"]["errors"][0]["reason"] == "invalid"


@pytest.mark.parametrize("size", [0, 1, 8 * KIB * KIB, 8 * KIB * KIB + 1, 20 * KIB * KIB])
def test_objects_of_any_size_come_back_as_they_were(bucket: storage.Bucket, size: int) -> None:
    """Small ones are sent with their metadata, large ones in pieces; the client checks both checksums."""
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    for checksum in ("crc32c", "md5"):
        blob = bucket.blob(f"a/{checksum}", chunk_size=8 * KIB * KIB)
        blob.upload_from_file(io.BytesIO(data), size=size, checksum=checksum, content_type="text/x-odd")
        fresh = bucket.get_blob(f"a/{checksum}")
        assert fresh is not None
        assert (fresh.size, fresh.content_type) == (size, "text/x-odd")
        assert bucket.blob(f"a/{checksum}").download_as_bytes(checksum=checksum) == data


def test_an_upload_of_unknown_length_ends_with_its_last_piece(bucket: storage.Bucket) -> None:
    """Also one whose length is a whole number of pieces."""
    for size in (3 * 256 * KIB, 3 * 256 * KIB + 7):
        blob = bucket.blob("stream", chunk_size=256 * KIB)
        blob.upload_from_file(io.BytesIO(bytes(size)))
        assert blob.download_as_bytes() == bytes(size)


def test_bytes_are_never_taken_for_text(http: httpx.Client, bucket: storage.Bucket) -> None:
    """Line ends, boundaries and what is no UTF-8 stay what they are; so do the names."""
    data = b"\r\n--\r\n\r\n\xff\x00\n--x--\r"
    for name in ("a b/ä&=?#%2F+", "\u9867\u5ba2"):
        bucket.blob(name).upload_from_string(data)
        assert bucket.blob(name).download_as_bytes() == data

    assert list(shown(http)) == ["a b/ä&=?#%2F+", "\u9867\u5ba2"]
    assert {each["base64"] for each in shown(http).values()} == {base64.b64encode(data).decode()}


def test_a_part_of_an_object_can_be_read(bucket: storage.Bucket, http: httpx.Client) -> None:
    """Both ends are included; the checksums told are those of the whole."""
    blob = bucket.blob("x")
    blob.upload_from_string(b"0123456789")

    assert blob.download_as_bytes(start=2, end=4) == b"234"
    assert blob.download_as_bytes(start=8) == b"89"
    answer = http.get(f"/download{PLACE}/o/x?alt=media", headers={"Range": "bytes=8-99"})
    assert (answer.status_code, answer.content) == (206, b"89")
    assert answer.headers["Content-Range"] == "bytes 8-9/10"
    crc = base64.b64encode(google_crc32c.value(b"0123456789").to_bytes(4, "big")).decode()
    assert f"crc32c={crc}" in answer.headers["X-Goog-Hash"]
    assert http.get(f"{PLACE}/o/x?alt=media").content == b"0123456789"
    assert http.get(f"{PLACE}/o/x?alt=media", headers={"Range": "bytes=10-"}).status_code == 416
    assert http.get(f"{PLACE}/o/x?alt=media", headers={"Range": "chars"}).status_code == 200


def test_lists_are_folded_and_come_page_by_page(client: storage.Client, bucket: storage.Bucket) -> None:
    """By name; a folder counts as one entry."""
    for name in ("a/1", "a/2", "a/b/3", "a/c/4", "ab", "b"):
        bucket.blob(name).upload_from_string("x")

    assert [each.name for each in client.list_blobs("one")] == ["a/1", "a/2", "a/b/3", "a/c/4", "ab", "b"]
    assert [each.name for each in client.list_blobs("one", prefix="a/b")] == ["a/b/3"]
    for size in (1, 2, 3, 1000):
        folded = client.list_blobs("one", prefix="a/", delimiter="/", page_size=size)
        assert [each.name for each in folded] == ["a/1", "a/2"]
        assert folded.prefixes == {"a/b/", "a/c/"}
        assert [each.name for each in client.list_blobs("one", page_size=size)][-1] == "b"
    with pytest.raises(NotFound):
        list(client.list_blobs("absent"))


@pytest.mark.parametrize("query", ["maxResults=x", "maxResults=0", "pageToken=!", "pageToken=/w=="])
def test_a_list_is_asked_for_properly_or_not_at_all(http: httpx.Client, query: str) -> None:
    """400 instead of a guess."""
    assert http.get(f"{PLACE}/o?{query}").status_code == 400


def test_each_write_is_a_generation_and_a_write_can_ask_for_one(bucket: storage.Bucket) -> None:
    """0 is that nothing is there; an upload in pieces asks when it begins."""
    blob = bucket.blob("x")
    blob.upload_from_string("one", if_generation_match=0)
    first = blob.generation
    large = partial(io.BytesIO, bytes(9 * KIB * KIB))
    for conditions in ({"if_generation_match": 0}, {"if_generation_match": first + 9}, {"if_metageneration_match": 7}):
        with pytest.raises(PreconditionFailed):
            bucket.blob("x").upload_from_string("two", **conditions)
        with pytest.raises(PreconditionFailed):
            bucket.blob("x").upload_from_file(large(), size=9 * KIB * KIB, **conditions)
    assert bucket.blob("x").download_as_bytes() == b"one"
    bucket.blob("x").upload_from_string("two", if_generation_match=first)

    assert bucket.get_blob("x").generation > first


def test_reading_and_deleting_can_ask_for_a_generation(bucket: storage.Bucket) -> None:
    """An older one is gone; one that is as it was asked not to be is 304."""
    for text in ("one", "two"):
        bucket.blob("x").upload_from_string(text)
    now = bucket.get_blob("x").generation
    with pytest.raises(PreconditionFailed):
        bucket.blob("x").delete(if_generation_match=now - 1)
    with pytest.raises(NotFound):
        bucket.blob("x", generation=now - 1).download_as_bytes()
    with pytest.raises(PreconditionFailed):
        bucket.blob("x").download_as_bytes(if_generation_match=now - 1)
    with pytest.raises(GoogleAPICallError) as caught:
        bucket.get_blob("x", if_generation_not_match=now)
    assert caught.value.code == 304
    assert bucket.get_blob("x", if_generation_not_match=now - 1, if_metageneration_not_match=7) is not None
    bucket.blob("x").delete(if_generation_match=now)

    assert bucket.get_blob("x") is None
    with pytest.raises(NotFound):
        bucket.blob("x").delete()


def test_a_condition_must_be_a_number(http: httpx.Client) -> None:
    """400."""
    assert http.post(f"{UPLOAD}?uploadType=media&name=x&ifGenerationMatch=a", content=b"x").status_code == 400


def test_what_does_not_fit_its_checksum_is_not_stored(http: httpx.Client) -> None:
    """In metadata or headers."""
    for headers in ({"X-Goog-Hash": "crc32c=AAAAAA=="}, {"X-Goog-Hash": "md5=AAAAAAAAAAAAAAAAAAAAAA=="}):
        assert http.post(f"{UPLOAD}?uploadType=media&name=x", content=b"x", headers=headers).status_code == 400
    assert shown(http) == {}
    assert http.post(f"{UPLOAD}?uploadType=media&name=x", content=b"x").json()["size"] == "1"
    assert shown(http)["x"]["text"] == "x"


def begun(http: httpx.Client, name: str = "x") -> str:
    """The path of an upload in pieces."""
    answer = http.post(f"{UPLOAD}?uploadType=resumable", json={"name": name})
    found = re.fullmatch(r"http://127\.0\.0\.1:\d+(/.*)", answer.headers["Location"])
    assert found
    return found[1]


def piece(http: httpx.Client, path: str, said: str, data: bytes = b"") -> httpx.Response:
    return http.put(path, content=data, headers={"Content-Range": said} if said else {})


def test_an_upload_in_pieces_can_be_asked_about_and_taken_up(http: httpx.Client) -> None:
    """A piece that comes twice counts once; at the end the object is there, and the upload is gone."""
    path, half = begun(http), 256 * KIB
    assert piece(http, path, "bytes */*").status_code == 308
    for _ in range(2):
        answer = piece(http, path, f"bytes 0-{half - 1}/*", bytes(half))
        assert (answer.status_code, answer.headers["Range"]) == (308, f"bytes=0-{half - 1}")
        assert "location" not in answer.headers
    assert piece(http, path, f"bytes */{half + 1}").headers["Range"] == f"bytes=0-{half - 1}"
    assert shown(http) == {}
    assert piece(http, path, f"bytes {half}-{half}/{half + 1}", b"x").json()["size"] == str(half + 1)

    assert list(shown(http)) == ["x"]
    assert piece(http, path, "bytes */*").status_code == 404
    assert http.put(begun(http, "whole"), content=b"all at once").status_code == 200
    assert shown(http)["whole"]["text"] == "all at once"


def test_an_upload_can_be_given_up(http: httpx.Client) -> None:
    """Nothing of it stays."""
    path = begun(http)
    assert http.delete(path).status_code == 204
    assert http.delete(path).status_code == 404
    assert shown(http) == {}


@pytest.mark.parametrize(
    ("said", "data"),
    [
        ("bytes 0-9/*", b"x"),
        ("bytes 1-1/2", b"x"),
        ("bytes 0-0/*", b"x"),
        ("chars 0-0/1", b"x"),
    ],
)
def test_a_piece_that_does_not_fit_is_refused(http: httpx.Client, said: str, data: bytes) -> None:
    """Wrong length, a gap, too small for one in the middle, nonsense."""
    assert piece(http, begun(http), said, data).status_code == 400


@pytest.mark.parametrize(
    ("query", "body", "kind"),
    [
        ("uploadType=odd&name=x", b"x", "text/plain"),
        ("uploadType=media", b"x", "text/plain"),
        ("uploadType=media&name=%0A", b"x", "text/plain"),
        (f"uploadType=media&name={'x' * 1025}", b"x", "text/plain"),
        ("uploadType=multipart", b"x", "text/plain"),
        ("uploadType=multipart", b"x", "multipart/related; boundary=b"),
        ("uploadType=multipart", b"--b\r\n\r\nno json\r\n--b\r\n\r\nx\r\n--b--", "multipart/related; boundary=b"),
        ("uploadType=multipart", b"--b\r\n\r\n[]\r\n--b\r\n\r\nx\r\n--b--", "multipart/related; boundary=b"),
        ("uploadType=resumable", b"[]", "application/json"),
    ],
)
def test_an_upload_without_its_parts_is_refused(http: httpx.Client, query: str, body: bytes, kind: str) -> None:
    """In Google's shape, and nothing is stored."""
    answer = http.post(f"{UPLOAD}?{query}", content=body, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400)
    assert shown(http) == {}


def test_a_part_may_come_without_a_type(http: httpx.Client) -> None:
    """It is then bytes."""
    body = b'--b\r\n\r\n{"name": "x"}\r\n--b\r\n\r\nx\r\n--b--'
    http.post(f"{UPLOAD}?uploadType=multipart", content=body, headers={"Content-Type": "multipart/related; boundary=b"})

    assert shown(http)["x"]["content_type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/storage/v1/b/two"),
        ("GET", "/storage/v1/b/two/o"),
        ("GET", f"{PLACE}/o/x"),
        ("GET", f"/download{PLACE}/o/x"),
        ("DELETE", f"{PLACE}/o/x"),
        ("POST", "/upload/storage/v1/b/two/o?uploadType=media&name=x"),
        ("POST", "/upload/storage/v1/b/two/o?uploadType=resumable&name=x"),
        ("PUT", f"{UPLOAD}?upload_id=1"),
    ],
)
def test_what_is_not_there_is_404_with_a_reason(http: httpx.Client, method: str, path: str) -> None:
    """The client tells a missing object from a wrong address by this shape."""
    error = http.request(method, path).json()["error"]

    assert (error["code"], error["errors"][0]["reason"]) == (404, "notFound")


# The control plane.


def test_faults_come_in_googles_shape_and_are_counted(http: httpx.Client, bucket: storage.Bucket) -> None:
    """429 as Google words it; the client's own retries see them too."""
    http.put("/__admin__/faults", json=[{"kind": "429", "times": 1, "route": "/o/:object$"}])
    with pytest.raises(TooManyRequests):
        bucket.get_blob("x", retry=None)
    rules = [{"kind": kind, "times": 1, "route": "/o$"} for kind in ("empty", "malformed")]
    http.put("/__admin__/faults", json=rules)
    assert http.get(f"{PLACE}/o").content == b""
    assert http.get(f"{PLACE}/o").content.startswith(b'{"kind"')

    counted = http.get("/__admin__/counters").json()
    assert counted["by_route"]["GET /storage/v1/b/:bucket/o/:object"] == 1
    assert counted["faults_fired"] == 3
    assert f"{PLACE}/o/x" in [each["path"] for each in http.get("/__admin__/log").json()]
    assert http.get("/__admin__/health").json() == {"ok": True}


def test_a_token_is_needed_only_when_a_setting_says_so(http: httpx.Client) -> None:
    """Without one anonymous credentials will do."""
    http.put("/__admin__/settings", json={"require_token": "t"})

    assert http.get(PLACE).json()["error"]["errors"][0]["reason"] == "authError"
    assert http.get(PLACE, headers={"Authorization": "Bearer u"}).status_code == 401
    assert http.get(PLACE, headers={"Authorization": "Bearer t"}).status_code == 200


def test_seeded_buckets_start_over_and_reset_drops_all(http: httpx.Client) -> None:
    """With the objects that the seed says."""
    seed = {"buckets": ["one"], "objects": {"two-2": {"a/b": "text"}}}
    for _ in range(2):
        assert http.post("/__admin__/seed", json=seed).json() == {"buckets": ["one", "two-2"]}
    counted = http.get("/__admin__/dump?hashes=1").json()["buckets"]
    assert {name: set(each) for name, each in counted.items()} == {
        name: {"state_sha256", "objects_count", "bytes"} for name in ("one", "two-2")
    }
    assert (counted["two-2"]["objects_count"], counted["two-2"]["bytes"]) == (1, 4)
    assert counted["one"]["state_sha256"] != counted["two-2"]["state_sha256"]

    path = begun(http)
    http.post("/__admin__/reset")
    assert http.get("/__admin__/dump").json() == {"buckets": {}}
    assert http.put(path, content=b"x").status_code == 404
    wrongs: list[object] = [[], {"buckets": "one"}, {"objects": []}, {"buckets": ["A"]}]
    for wrong in wrongs:
        assert http.post("/__admin__/seed", json=wrong).status_code == 400


def test_one_byte_of_an_object_can_be_damaged(http: httpx.Client, bucket: storage.Bucket) -> None:
    """As if somebody had stored it so: the client is content with it."""
    bucket.blob("x").upload_from_string(b"abcde")
    before = bucket.get_blob("x").generation
    answer = http.post("/__admin__/damage", json={"bucket": "one", "name": "x"}).json()

    assert bucket.blob("x").download_as_bytes() == b"ab\x9cde"
    assert (answer["at"], answer["generation"] > before) == (2, True)
    http.post("/__admin__/damage", json={"bucket": "one", "name": "x", "at": 2})
    assert bucket.blob("x").download_as_bytes() == b"abcde"


def test_an_object_can_rot_under_its_checksums(http: httpx.Client, bucket: storage.Bucket) -> None:
    """The generation stays, and the client notices when it reads."""
    bucket.blob("x").upload_from_string(b"abcde")
    before = bucket.get_blob("x").generation
    http.post("/__admin__/damage", json={"bucket": "one", "name": "x", "at": 0, "rot": True})

    assert bucket.get_blob("x").generation == before
    with pytest.raises(DataCorruption):
        bucket.blob("x").download_as_bytes()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"bucket": "one", "name": "y"}, 404),
        ({"bucket": "two", "name": "x"}, 404),
        ({"bucket": "one", "name": "x", "at": 1}, 400),
        ({"bucket": "one", "name": "x", "at": "0"}, 400),
        ([], 400),
    ],
)
def test_only_a_byte_that_is_there_can_be_damaged(http: httpx.Client, body: object, status: int) -> None:
    """A driver's typing error is told."""
    http.post(f"{UPLOAD}?uploadType=media&name=x", content=b"x")

    assert http.post("/__admin__/damage", json=body).status_code == status


def test_what_is_said_of_an_object_is_kept_and_changed(bucket: storage.Bucket, http: httpx.Client) -> None:
    """Its own metadata key by key, headers as whole; the bytes and their generation stay."""
    blob = bucket.blob("a/ü ?#%2F")
    blob.metadata, blob.cache_control, blob.content_disposition = {"by": "ann", "of": "ü"}, "no-store", "attachment"
    blob.upload_from_string("x", content_type="text/ü")
    found = bucket.get_blob(blob.name)
    assert (found.metadata, found.cache_control, found.content_type) == (blob.metadata, "no-store", "text/ü")
    brought = http.get("/download/storage/v1/b/one/o/a%2F%C3%BC%20%3F%23%252F")
    assert (brought.headers["cache-control"], brought.headers["x-goog-meta-by"]) == ("no-store", "ann")

    found.metadata = {"by": None, "at": "noon"}
    found.patch(if_metageneration_match=1)
    again = bucket.get_blob(blob.name)
    assert (again.metadata, again.cache_control) == ({"of": "ü", "at": "noon"}, "no-store")
    assert (again.generation, again.metageneration) == (found.generation, 2)
    with pytest.raises(PreconditionFailed):
        found.patch(if_metageneration_match=1)
    http.put(f"{PLACE}/o/a%2F%C3%BC%20%3F%23%252F", json={"contentLanguage": "de"}).raise_for_status()
    anew = bucket.get_blob(blob.name)
    assert (anew.metadata, anew.cache_control, anew.content_language) == (None, None, "de")


def test_what_is_no_text_is_not_said_of_an_object(http: httpx.Client, bucket: storage.Bucket) -> None:
    """A line end would be a header more for whoever reads it."""
    bucket.blob("x").upload_from_string("x")
    bodies: list[object] = [
        {"cacheControl": "a\r\nb: c"},
        {"metadata": {"a": 1}},
        {"metadata": []},
        {"contentType": 1},
        [],
    ]
    for body in bodies:
        assert http.patch(f"{PLACE}/o/x", json=body).status_code == 400
        assert http.get(f"/download{PLACE}/o/x").status_code == 200


def test_a_compressed_object_is_told_as_one(bucket: storage.Bucket) -> None:
    """Google's client opens it, unless it is asked for what is stored."""
    blob = bucket.blob("x")
    blob.content_encoding = "gzip"
    blob.upload_from_string(gzip.compress(b"code"))
    assert blob.download_as_bytes() == b"code"
    assert gzip.decompress(blob.download_as_bytes(raw_download=True)) == b"code"


def test_objects_are_copied_moved_and_put_together(client: storage.Client, bucket: storage.Bucket) -> None:
    """What is said of one is said of its copy; conditions hold for either."""
    blob = bucket.blob("a/one")
    blob.metadata = {"by": "ann"}
    blob.upload_from_string("one ", content_type="text/plain")
    other = client.create_bucket("two")
    copied = bucket.copy_blob(blob, other, "copy")
    assert (copied.download_as_bytes(), copied.metadata, copied.content_type) == (b"one ", blob.metadata, "text/plain")
    with pytest.raises(PreconditionFailed):
        bucket.copy_blob(blob, other, "copy", if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        bucket.copy_blob(blob, other, "more", if_source_generation_match=1)
    with pytest.raises(NotFound):
        bucket.copy_blob(bucket.blob("absent"), other)

    moved = bucket.move_blob(blob, "b/two")
    renamed = bucket.rename_blob(moved, "c/three")
    joined = bucket.blob("joined")
    joined.compose([renamed, renamed])
    assert joined.download_as_bytes() == b"one one "
    assert [each.name for each in client.list_blobs("one")] == ["c/three", "joined"]
    with pytest.raises(NotFound):
        joined.compose([renamed, moved])


def test_a_list_begins_and_ends_where_it_was_asked_to(client: storage.Client, bucket: storage.Bucket) -> None:
    """A start is in the list, an end isn't; buckets come page by page as well."""
    for name in "abcd":
        bucket.blob(name).upload_from_string("")
    assert [each.name for each in client.list_blobs("one", start_offset="b", end_offset="d")] == ["b", "c"]
    client.create_bucket("two")
    assert [each.name for each in client.list_buckets(page_size=1)] == ["one", "two"]
    assert len(list(next(client.list_buckets(page_size=1).pages))) == 1


def test_the_end_of_an_object_can_be_read(bucket: storage.Bucket) -> None:
    """All of it where it is shorter."""
    bucket.blob("x").upload_from_string("0123456789")
    assert [bucket.blob("x").download_as_bytes(start=start) for start in (-3, -30)] == [b"789", b"0123456789"]


def test_what_is_not_known_here_is_said_so(http: httpx.Client, client: storage.Client, bucket: storage.Bucket) -> None:
    """In Google's shape, which its client can read; not as an object that is missing, nor as another list."""
    for call in (bucket.get_iam_policy, bucket.patch, lambda: list(client.list_blobs("one", match_glob="*"))):
        with pytest.raises(MethodNotImplemented):
            call()
    assert bucket.test_iam_permissions(["storage.objects.get"]) == ["storage.objects.get"]
    refused = http.post("/storage/v1/b", content=b'{"name": NaN}')
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, 400)


@pytest.mark.parametrize(
    "query", ["ifGenerationMatch=" + "9" * 5000, "pageToken=%FF", "pageToken=%C3%A9", "maxResults=" + "9" * 5000]
)
def test_numbers_and_tokens_without_sense_are_refused(http: httpx.Client, bucket: storage.Bucket, query: str) -> None:
    """With the 400 of a bad request."""
    bucket.blob("x").upload_from_string("")
    path = f"{PLACE}/o/x" if query.startswith("if") else f"{PLACE}/o"
    assert http.get(f"{path}?{query}").status_code == 400


def test_a_seed_holds_texts(http: httpx.Client) -> None:
    """Anything else is refused before a bucket starts over."""
    for objects in (1, {"one": 1}, {"one": {"a": 1}}):
        assert http.post("/__admin__/seed", json={"buckets": [], "objects": objects}).status_code == 400


@needed(shutil.which("gcloud") is not None, why="gcloud is not installed")
def test_gcloud_lays_down_shows_copies_and_takes_away(http: httpx.Client, tmp_path: Path) -> None:
    """Its uploads have lines of their own kind; bytes that look like them stay what they are."""
    data = b"hello\r\n\n--\r"
    (tmp_path / "one").write_bytes(data)
    settings = {
        "PATH": os.environ["PATH"],
        "NO_PROXY": "127.0.0.1",
        **quiet(tmp_path / "gcloud"),
        "CLOUDSDK_CORE_PROJECT": "demo",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": f"{str(http.base_url).rstrip('/')}/storage/v1/",
    }

    def gcloud(*words: str) -> bytes:
        command = ["gcloud", "storage", *words]
        said = subprocess.run(command, env=settings, capture_output=True, timeout=120, check=False)
        assert said.returncode == 0, said.stderr
        return said.stdout

    gcloud("cp", str(tmp_path / "one"), "gs://one/a/b.txt")
    assert gcloud("cat", "gs://one/a/b.txt") == data
    gcloud("cp", "gs://one/a/b.txt", "gs://one/c.txt")
    gcloud("objects", "update", "gs://one/c.txt", "--custom-metadata=by=ann")
    assert b"by: ann" in gcloud("objects", "describe", "gs://one/c.txt")
    gcloud("rm", "gs://one/a/b.txt")
    assert gcloud("ls", "gs://one").split() == [b"gs://one/c.txt"]
