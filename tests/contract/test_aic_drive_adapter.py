"""The adapter of AIC's drives against the stand-in while it misbehaves, and against what no stand-in would say."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from emulators.aic.process import PREFIX, build
from emulators.server import serve
from shared.adapters.aic.connection import AicConnection
from shared.adapters.aic.drive import AicDrive
from shared.adapters.aic.place import AicPlace
from shared.adapters.clock import SystemClock
from shared.deadline import Deadline
from shared.domain.errors import Transient
from tests import plain
from tests.contract.failing import reason_of
from tests.fakes import FakeClock
from tests.scripted import Told, scripted

UPLOAD, CREATE, FILES, DELETE = "/upload-file$", "/create-folder$", "/files$", "/delete-files$"
FOLDER = "20261128/233200-0a1b2c3d"


@dataclass
class Aic:
    """The served stand-in with the drives of one workspace."""

    http: httpx.Client
    connection: AicConnection
    clock: FakeClock = field(default_factory=FakeClock)
    troubles: int = 0

    def drive(self, name: str = "backups") -> AicDrive:
        deadline = Deadline.within(self.clock, seconds=300)
        place = AicPlace(
            self.connection, project="fusion", workspace="QA", deadline=deadline, on_trouble=self._troubled
        )
        return AicDrive(place, name)

    def _troubled(self) -> None:
        self.troubles += 1

    def admin(self, method: str, call: str, body: object = None) -> Any:
        return self.http.request(method, f"/__admin__/{call}", json=body).raise_for_status().json()

    def fault(self, kind: str, **rule: object) -> None:
        self.admin("PUT", "faults", [{"kind": kind, "times": 1, **rule}])

    def asked(self) -> list[str]:
        """The calls to the drive so far, by their last names."""
        return [each["route"].rsplit("/", 1)[-1] for each in self.admin("GET", "log") if "/drives" in each["route"]]

    def files(self) -> dict[str, str]:
        shown = self.admin("GET", "dump")["workspaces"]["fusion/QA"]["drives"]["backups"]
        return {f"{each['path']}/{each['name']}": each["text"] for each in shown["files"]}


@pytest.fixture
def aic() -> Iterator[Aic]:
    with serve(build()) as running, plain.client(running.url) as http:
        connection = AicConnection(running.url + PREFIX, "key-1")
        found = Aic(http, connection)
        drives = ["backups", "Twin", "twin", "OTHER", "other", "Other"]
        found.admin("POST", "seed", {"project": "fusion", "workspaces": [{"name": "QA"}], "drives": drives})
        yield found
        connection.close()


def put(drive: AicDrive, path: str = f"{FOLDER}/a", data: bytes = b"data") -> None:
    drive.put(path, BytesIO(data), size=len(data))


def test_a_folder_is_made_once_a_run_and_the_drive_is_found_once(aic: Aic) -> None:
    """Three files of one folder and one of the folder above: six requests."""
    drive = aic.drive()
    for name in ("a", "b", "c"):
        put(drive, f"{FOLDER}/{name}")
    put(drive, f"{FOLDER.split('/', maxsplit=1)[0]}/d")

    assert aic.asked() == ["drives", "create-folder", *["upload-file"] * 4]


@pytest.mark.parametrize("duplicate", ["ok", "409"])
def test_a_folder_that_is_there_is_as_good_as_a_new_one(aic: Aic, duplicate: str) -> None:
    """Whether AIC refuses it isn't known."""
    aic.admin("PUT", "settings", {"duplicate_folder": duplicate})
    for data in (b"old", b"new"):
        put(aic.drive(), data=data)

    assert aic.files() == {f"{FOLDER}/a": "new"}


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("kind", ["500", "502", "503", "429", "drop"])
@pytest.mark.parametrize("path", [UPLOAD, CREATE])
def test_f34_a_lost_upload_is_sent_again(aic: Aic, path: str, kind: str, phase: str) -> None:
    """Whatever became of the first one there is one file afterwards; the trouble is told."""
    aic.fault(kind, path=path, phase=phase)
    put(aic.drive())

    assert aic.files() == {f"{FOLDER}/a": "data"}
    assert aic.troubles == 1


@pytest.mark.parametrize("phase", ["before", "after"])
def test_f34_an_empty_answer_is_no_proof_of_an_upload(aic: Aic, phase: str) -> None:
    """AIC under load answers 200 with nothing, whether it stored the file or not; the folder is looked into."""
    aic.fault("empty", path=UPLOAD, phase=phase)
    put(aic.drive())

    assert aic.files() == {f"{FOLDER}/a": "data"}
    assert aic.asked().count("files") == 1


def test_f34_an_upload_that_stays_without_proof_is_no_success(aic: Aic) -> None:
    """The incumbent would return as if complete."""
    aic.fault("empty", path=UPLOAD, times=-1)

    assert reason_of(lambda: put(aic.drive()), Transient) == "aic-odd-answer"
    assert aic.files() == {}


def test_f34_a_drive_that_stays_broken_is_no_success(aic: Aic) -> None:
    """Three attempts, and then the error."""
    aic.fault("503", path=UPLOAD, times=-1)

    assert reason_of(lambda: put(aic.drive()), Transient) == "aic-unavailable"
    assert aic.asked().count("upload-file") == 3


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_folder_whose_making_was_answered_with_nothing_is_made(aic: Aic, phase: str) -> None:
    """If it isn't there the upload says so."""
    aic.fault("empty", path=CREATE, phase=phase)
    put(aic.drive())

    assert aic.files() == {f"{FOLDER}/a": "data"}


def test_a_drive_is_found_in_any_case_and_an_exact_name_first(aic: Aic) -> None:
    """As AIC does; one that is there twice isn't guessed."""
    put(aic.drive("BACKUPS"))
    assert aic.files() == {f"{FOLDER}/a": "data"}
    put(aic.drive("twin"))

    assert reason_of(lambda: put(aic.drive("TWIN"))) == "drive-missing"
    assert reason_of(lambda: aic.drive("backup").names("")) == "drive-missing"


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("kind", ["503", "empty", "malformed", "drop"])
@pytest.mark.parametrize("path", [FILES, DELETE])
def test_a_deletion_whose_answer_was_lost_is_settled_by_looking(aic: Aic, path: str, kind: str, phase: str) -> None:
    """AIC deletes all of the ids or none, and refuses those that are gone."""
    drive = aic.drive()
    for name in ("a", "b", "c"):
        put(drive, f"{FOLDER}/{name}")
    aic.fault(kind, path=path, phase=phase)
    drive.delete([f"{FOLDER}/a", f"{FOLDER}/b"])
    drive.delete([f"{FOLDER}/a", f"{FOLDER}/b"])

    assert set(aic.files()) == {f"{FOLDER}/c"}


@pytest.mark.parametrize(("status", "reason"), [("401", "aic-unauthorized"), ("403", "aic-unauthorized")])
@pytest.mark.parametrize("path", [UPLOAD, CREATE, FILES, DELETE, "/drives$"])
def test_a_key_that_is_not_accepted_is_said_at_once(aic: Aic, path: str, status: str, reason: str) -> None:
    """It is a matter of the secret, not of the drive."""
    drive = aic.drive()
    if path in (FILES, DELETE):
        put(drive)
    aic.fault(status, path=path, times=-1)

    assert reason_of(lambda: drive.delete([f"{FOLDER}/a"]) if path in (FILES, DELETE) else put(drive)) == reason


# What the stand-in doesn't do, but AIC may.


@dataclass
class Odd:
    """An AIC that answers about its drive as it is told; `asked` are the calls with their folders."""

    answers: Callable[[str, str], httpx.Response]
    asked: list[tuple[str, str]] = field(default_factory=list)

    def drive(self) -> AicDrive:
        connection = AicConnection("https://aic.example", "k", transport=httpx.MockTransport(self._answer))
        deadline = Deadline.within(FakeClock(), seconds=300)
        return AicDrive(AicPlace(connection, project="P", workspace="P", deadline=deadline), "backups")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        last = request.url.path.rsplit("/", 1)[-1]
        if last in ("projects", "workspaces", "drives"):
            return httpx.Response(200, json=[{"$id": last, "name": "backups" if last == "drives" else "P"}])
        folder = request.url.params.get("path") or json.loads(request.read())["path"]
        self.asked.append((last, folder))
        return self.answers(last, folder)


def test_folders_are_made_from_the_top_where_aic_does_not_make_those_above() -> None:
    """Once it has refused the lowest one."""
    there: set[str] = set()

    def answers(call: str, folder: str) -> httpx.Response:
        if call == "upload-file":
            return httpx.Response(201 if folder in there else 404, text="ok")
        above = folder.rpartition("/")[0]
        if above != "." and above not in there:
            return httpx.Response(400)
        there.add(folder)
        return httpx.Response(201)

    odd = Odd(answers)
    drive = odd.drive()
    put(drive, "a/b/c/one")
    put(drive, "a/b/two")

    made = ["./a/b/c", "./a", "./a/b", "./a/b/c"]
    assert odd.asked == [
        *(("create-folder", folder) for folder in made),
        ("upload-file", "./a/b/c"),
        ("upload-file", "./a/b"),
    ]


def test_a_folder_that_is_gone_when_something_is_put_into_it_is_made_again() -> None:
    """Somebody tidied up, or AIC makes a folder without those above it."""
    there: set[str] = set()

    def answers(call: str, folder: str) -> httpx.Response:
        if call == "create-folder":
            there.add(folder)
        return httpx.Response(201 if folder in there else 404, text="ok")

    odd = Odd(answers)
    drive = odd.drive()
    put(drive, "a/b/one")
    there.clear()
    put(drive, "a/b/two")
    put(drive, "a/three")

    assert [folder for call, folder in odd.asked if call == "create-folder"] == ["./a/b", "./a", "./a/b"]
    assert there == {"./a", "./a/b"}


@pytest.mark.parametrize("refused", ["create-folder", "upload-file"])
def test_what_aic_refuses_is_permanent(refused: str) -> None:
    """After the folders were tried from the top."""

    def answers(call: str, _folder: str) -> httpx.Response:
        return httpx.Response(422 if call == refused else 201, text="ok")

    assert reason_of(lambda: put(Odd(answers).drive())) == "drive-refused"


def test_a_drive_that_is_gone_is_permanent() -> None:
    """Everything is 404."""
    assert reason_of(lambda: put(Odd(lambda *_: httpx.Response(404)).drive())) == "drive-refused"


def listing(*items: object) -> Odd:
    return Odd(lambda call, _folder: httpx.Response(200, json={"items": items} if call == "files" else {"ok": True}))


def test_a_listed_file_may_lack_its_name() -> None:
    """Only `gsPath` is certain; a path that ends in a slash is a folder."""
    found = listing({"gsPath": "gs://x/y/one.json"}, {"gsPath": "gs://x/y/"}, {"name": "two.json", "$id": "2"})

    assert found.drive().names("y") == ("one.json", "two.json")


def test_a_file_without_an_id_cannot_be_deleted() -> None:
    """That is said; a file that isn't meant doesn't matter."""
    found = listing({"gsPath": "gs://x/y/one.json"}, {"name": "two.json", "$id": "2"})

    assert reason_of(lambda: found.drive().delete(["y/one.json", "y/two.json"])) == "drive-refused"
    assert [call for call, _ in found.asked] == ["files"]


@pytest.mark.parametrize("answer", [None, [], {}, {"items": {}}, {"items": [1]}, {"items": [{}]}])
def test_a_list_of_files_of_any_other_shape_is_an_odd_answer(answer: object) -> None:
    """Never an empty folder."""
    odd = Odd(lambda *_: httpx.Response(200, json=answer))

    assert reason_of(lambda: odd.drive().names("a"), Transient) == "aic-odd-answer"


def test_a_file_goes_out_as_it_is_read_and_without_a_type() -> None:
    """Of 64 MiB no more than a piece is held at a time."""

    class Counted(BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            Counted.largest = max(Counted.largest, len(data))
            return data

    size = 64 * 1024 * 1024
    lists = {name: Told(body=json.dumps([{"$id": name, "name": "P"}]).encode()) for name in ("projects", "workspaces")}
    lists["drives"] = Told(body=b'[{"$id": "d", "name": "backups"}]')
    with scripted(lambda asked: lists.get(asked.target.rsplit("/", 1)[-1], Told(201, b"ok"))) as server:
        connection = AicConnection(server.url, "k")
        place = AicPlace(connection, project="P", workspace="P", deadline=Deadline.within(SystemClock(), seconds=300))
        AicDrive(place, "backups").put("big", Counted(bytes(size)), size=size)
        connection.close()

    sent = server.asked[-1]
    assert len(sent.body) == size
    assert "content-type" not in sent.headers
    assert Counted.largest <= 1024 * 1024


@pytest.mark.parametrize("call", ["put", "names", "delete"])
def test_sec_30_every_call_ends_with_its_run_when_nobody_answers(call: str) -> None:
    """A server that begins an answer and never ends it."""
    raised: list[Transient] = []

    def ask(url: str) -> None:
        connection = AicConnection(url, "k")
        deadline = Deadline.within(SystemClock(), seconds=0.3)
        drive = AicDrive(AicPlace(connection, project="P", workspace="P", deadline=deadline), "backups")
        calls: dict[str, Callable[[], object]] = {
            "put": lambda: put(drive),
            "names": lambda: drive.names("a"),
            "delete": lambda: drive.delete(["a/b"]),
        }
        try:
            calls[call]()
        except Transient as error:
            raised.append(error)

    over = Event()
    with scripted(lambda _: Told(promised=10, hold=over)) as server:
        asking = Thread(target=ask, args=(server.url,), daemon=True)
        asking.start()
        asking.join(30)
        over.set()

        assert not asking.is_alive(), f"{call} hangs"
    assert len(raised) == 1
