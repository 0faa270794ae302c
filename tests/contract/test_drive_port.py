"""What every `ports.Drive` promises to the flows: the fake of the tests, and the adapters against the stand-ins."""

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from typing import Protocol

import httpx
import pytest

from emulators.aic.process import PREFIX, build
from emulators.server import serve
from emulators.storage.process import build as build_storage
from shared.adapters.aic.connection import AicConnection
from shared.adapters.aic.drive import AicDrive
from shared.adapters.aic.place import AicPlace
from shared.adapters.storage.connection import StorageConnection, anonymous
from shared.adapters.storage.drive import StorageDrive
from shared.deadline import Deadline
from shared.domain.errors import Permanent
from shared.ports.aic import Drive
from tests import plain
from tests.contract.failing import reason_of
from tests.fake_drive import FakeDrive
from tests.fakes import FakeClock

FOLDER = "20261128/233200-0a1b2c3d"
NAMES = ["manifest.json", 'ford rdd - v2%2FTest & "Q" ä.json', "顧客 100%.json", "a+b#c?d.json"]


class Bench(Protocol):
    """An empty drive."""

    @property
    def drive(self) -> Drive: ...

    readable: bool

    def stored(self) -> dict[str, bytes]:
        """What is on it, by path."""


class FakeBench:
    """Upon the fake."""

    readable = True

    def __init__(self) -> None:
        self._fake = FakeDrive()
        self.drive: Drive = self._fake

    def stored(self) -> dict[str, bytes]:
        return dict(self._fake.files)


class AicBench:
    """Upon the stand-in of AIC."""

    readable = False

    def __init__(self, http: httpx.Client, connection: AicConnection) -> None:
        self._http = http
        seed = {"project": "fusion", "workspaces": [{"name": "QA"}], "drives": ["backups", "Config"]}
        http.post("/__admin__/seed", json=seed).raise_for_status()
        deadline = Deadline.within(FakeClock(), seconds=300)
        self.drive: Drive = AicDrive(
            AicPlace(connection, project="fusion", workspace="QA", deadline=deadline), "Backups"
        )

    def stored(self) -> dict[str, bytes]:
        shown = self._http.get("/__admin__/dump").json()["workspaces"]["fusion/QA"]["drives"]
        assert shown["Config"] == {"folders": [], "files": []}
        files = shown["backups"]["files"]
        return {f"{each['path']}/{each['name']}".lstrip("/"): each["text"].encode() for each in files}


class StorageBench:
    """Upon the stand-in of Cloud Storage, in a folder of a bucket that others use as well."""

    readable = True

    def __init__(self, http: httpx.Client, connection: StorageConnection) -> None:
        self._http = http
        seed = {"buckets": ["team-backups"], "objects": {"team-backups": {"aic/other": "x", "top": "y"}}}
        http.post("/__admin__/seed", json=seed).raise_for_status()
        deadline = Deadline.within(FakeClock(), seconds=300)
        self.drive: Drive = StorageDrive(connection, bucket="team-backups", prefix="aic/qa", deadline=deadline)

    def stored(self) -> dict[str, bytes]:
        shown = self._http.get("/__admin__/dump").json()["buckets"]["team-backups"]["objects"]
        found = {
            each["name"]: base64.b64decode(each["base64"]) if "base64" in each else each["text"].encode()
            for each in shown
        }
        assert (found.pop("aic/other"), found.pop("top")) == (b"x", b"y")
        return {name.removeprefix("aic/qa/"): data for name, data in found.items()}


def raw(shown: Mapping[str, str]) -> bytes:
    """The bytes of an object as the control plane shows it."""
    return base64.b64decode(shown["base64"]) if "base64" in shown else shown["text"].encode()


@contextmanager
def faked() -> Iterator[Bench]:
    yield FakeBench()


@contextmanager
def in_aic() -> Iterator[Bench]:
    with serve(build()) as running, plain.client(running.url) as http:
        connection = AicConnection(running.url + PREFIX, "key-1")
        yield AicBench(http, connection)
        connection.close()


@contextmanager
def in_storage() -> Iterator[Bench]:
    with serve(build_storage()) as running, plain.client(running.url) as http:
        connection = StorageConnection(running.url, credentials=anonymous)
        yield StorageBench(http, connection)
        connection.close()


KINDS: Mapping[type[Drive], Callable[[], AbstractContextManager[Bench]]] = {
    FakeDrive: faked,
    AicDrive: in_aic,
    StorageDrive: in_storage,
}


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with KINDS[request.param]() as bench:
        assert type(bench.drive) is request.param
        yield bench


def put(bench: Bench, path: str, data: bytes) -> None:
    bench.drive.put(path, BytesIO(data), size=len(data))


def test_what_was_put_is_there_byte_for_byte(bench: Bench) -> None:
    """In folders that are made on the way, under any name, at the top too; nothing at all is a file as well."""
    wanted = {f"{FOLDER}/{name}": f"{name}\r\n".encode() for name in NAMES} | {"top.json": b"1", "a/empty": b""}
    for path, data in wanted.items():
        put(bench, path, data)

    assert bench.stored() == wanted


def test_a_file_is_sent_from_its_beginning(bench: Bench) -> None:
    """Wherever somebody stopped reading it; so that it can be sent once more."""
    data = BytesIO(b"all of it")
    data.read(4)
    for path in ("a/one", "b/two"):
        bench.drive.put(path, data, size=9)

    assert bench.stored() == {"a/one": b"all of it", "b/two": b"all of it"}


def test_a_file_of_the_same_path_is_replaced(bench: Bench) -> None:
    """It is listed once, and its namesake elsewhere stays."""
    put(bench, "a/one", b"old")
    put(bench, "a/b/one", b"other")
    put(bench, "a/one", b"new")

    assert bench.drive.names("a") == ("one",)
    assert bench.stored() == {"a/one": b"new", "a/b/one": b"other"}


def test_names_are_those_of_the_folder_itself(bench: Bench) -> None:
    """Neither of those below nor of those whose names begin alike; a folder that isn't there has none."""
    for path in (*(f"a/{name}" for name in NAMES), "a/b/deeper", "ab/other", "top"):
        put(bench, path, b"x")

    assert sorted(bench.drive.names("a")) == sorted(NAMES)
    assert bench.drive.names("a/b") == ("deeper",)
    assert bench.drive.names("") == ("top",)
    assert bench.drive.names("nowhere") == ()
    assert bench.drive.names("a/nowhere") == ()


def test_what_is_read_is_what_was_put_or_nothing_can_be_read(bench: Bench) -> None:
    """Piece by piece; an absent file is None. A drive that gives nothing back says so instead."""
    data = bytes(range(256)) * 64 if bench.readable else b"x"
    put(bench, f"{FOLDER}/{NAMES[1]}", data)
    if not bench.readable:
        assert reason_of(lambda: bench.drive.read(f"{FOLDER}/{NAMES[1]}"), Permanent) == "drive-unreadable"
        return
    found = bench.drive.read(f"{FOLDER}/{NAMES[1]}")

    assert found is not None
    assert b"".join(found) == data
    assert bench.drive.read(f"{FOLDER}/absent") is None
    assert bench.drive.read("absent/absent") is None


def test_files_are_deleted_and_all_others_stay(bench: Bench) -> None:
    """From several folders at once; those that are gone already are fine, and so is nothing at all."""
    for path in ("a/one", "a/two", "b/one", "top"):
        put(bench, path, b"x")
    bench.drive.delete(["a/one", "b/one", "a/absent", "nowhere/absent", "top"])
    bench.drive.delete(["a/one"])
    bench.drive.delete([])

    assert set(bench.stored()) == {"a/two"}


def test_what_was_deleted_can_be_put_again(bench: Bench) -> None:
    """Its folder may be gone with it."""
    put(bench, "a/one", b"old")
    bench.drive.delete(["a/one"])
    put(bench, "a/one", b"new")

    assert bench.stored() == {"a/one": b"new"}
