"""The adapter of Cloud Storage against the stand-in while it misbehaves, and against what no stand-in would say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from socket import create_server
from threading import Event, Thread
from typing import Any

import google.oauth2.credentials
import httpx
import pytest
from google.auth.credentials import Credentials
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import Request

from emulators.server import serve
from emulators.storage.process import build
from shared.adapters.clock import SystemClock
from shared.adapters.storage.connection import StorageConnection, anonymous, of_platform
from shared.adapters.storage.drive import CHUNK, PIECE, StorageDrive
from shared.deadline import Deadline
from shared.domain.errors import Permanent, ServiceError, Transient
from tests import plain
from tests.contract.failing import reason_of
from tests.fakes import FakeClock
from tests.scripted import Told, json_answer, scripted

OBJECT, OBJECTS, UPLOADS = "/b/:bucket/o/:object$", "^/storage/v1/b/:bucket/o$", "^/upload/"
KINDS = ("500", "502", "503", "429", "drop", "empty", "malformed")


@dataclass
class Google:
    """The served stand-in with one bucket, and the adapter upon it."""

    http: httpx.Client
    connection: StorageConnection
    clock: FakeClock = field(default_factory=FakeClock)

    def drive(self, bucket: str = "one", connection: StorageConnection | None = None) -> StorageDrive:
        deadline = Deadline.within(self.clock, seconds=300)
        return StorageDrive(connection or self.connection, bucket=bucket, prefix="aic", deadline=deadline)

    def admin(self, method: str, call: str, body: object = None) -> Any:
        return self.http.request(method, f"/__admin__/{call}", json=body).raise_for_status().json()

    def fault(self, kind: str, **rule: object) -> None:
        self.admin("PUT", "faults", [{"kind": kind, "times": 1, **rule}])

    def asked(self) -> list[str]:
        """The requests so far: methods and the last parts of routes."""
        return [f"{each['method']} {each['route'].rsplit('/', 1)[-1]}" for each in self.admin("GET", "log")]

    def texts(self) -> dict[str, str]:
        shown = self.admin("GET", "dump")["buckets"]["one"]["objects"]
        return {each["name"]: each["text"] for each in shown}

    def write(self, name: str, text: str) -> None:
        """By somebody else."""
        path = f"/upload/storage/v1/b/one/o?uploadType=media&name={name}"
        self.http.post(path, content=text).raise_for_status()


@pytest.fixture
def google_storage() -> Iterator[Google]:
    with serve(build()) as running, plain.client(running.url, timeout=60) as http:
        http.post("/__admin__/seed", json={"buckets": ["one"]}).raise_for_status()
        connection = StorageConnection(running.url, credentials=anonymous)
        yield Google(http, connection)
        connection.close()


def put(drive: StorageDrive, path: str = "a/x", data: bytes = b"data") -> None:
    drive.put(path, BytesIO(data), size=len(data))


def read(drive: StorageDrive, path: str = "a/x") -> bytes | None:
    pieces = drive.read(path)
    return None if pieces is None else b"".join(pieces)


def test_nothing_is_asked_that_is_not_needed(google_storage: Google) -> None:
    """One request to store, one to list, two to read, one to delete; the library's own curiosity is stopped."""
    drive = google_storage.drive()
    put(drive)
    drive.names("a")
    read(drive)
    drive.delete(["a/x"])

    assert google_storage.asked() == ["POST o", "GET o", "GET :object", "GET :object", "DELETE :object"]


@pytest.mark.parametrize("size", [0, PIECE, PIECE + 1, CHUNK + 1])
def test_large_objects_go_out_and_come_back_in_pieces(google_storage: Google, size: int) -> None:
    """Each bounded by itself; an empty object has none."""
    data, drive = bytes(range(256)) * (size // 256) + bytes(size % 256), google_storage.drive()
    put(drive, data=data)
    assert read(drive) == data

    sent = 1 if size <= PIECE else 1 + -(-size // CHUNK)
    assert len(google_storage.asked()) == sent + 1 + -(-size // PIECE)


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "method"), [(4, "POST"), (PIECE + 4, "POST"), (PIECE + 4, "PUT")])
def test_f34_an_upload_whose_answer_was_lost_is_settled(
    google_storage: Google, size: int, method: str, kind: str, phase: str
) -> None:
    """It is sent again, and stored once at most: an object that is there already isn't written twice."""
    google_storage.fault(kind, route=UPLOADS, method=method, phase=phase)
    drive = google_storage.drive()
    put(drive, data=bytes(size))

    assert read(drive) == bytes(size)
    assert len(google_storage.http.get("/storage/v1/b/one/o").json()["items"]) == 1


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("route", "method"), [(OBJECT, "GET"), (OBJECTS, "GET"), (OBJECT, "DELETE")])
def test_what_can_be_asked_again_is(google_storage: Google, route: str, method: str, kind: str, phase: str) -> None:
    """Whatever became of the first request. An empty answer is never an absent object or an empty folder."""
    drive = google_storage.drive()
    put(drive)
    google_storage.fault(kind, route=route, method=method, phase=phase)
    assert drive.names("a") == ("x",)
    assert read(drive) == b"data"
    drive.delete(["a/x"])

    assert drive.names("a") == ()


def test_a_part_of_an_object_that_was_not_asked_for_is_asked_for_again(google_storage: Google) -> None:
    """The whole list of pieces would be shifted."""
    drive = google_storage.drive()
    put(drive)
    google_storage.fault("malformed", route=OBJECT, path="download", phase="after", times=-1)

    assert reason_of(lambda: read(drive), Transient) == "drive-odd-answer"


def test_f34_a_bucket_that_stays_broken_is_no_success(google_storage: Google) -> None:
    """Three attempts, as long a pause as the server asks for, and then the error."""
    google_storage.fault("503", times=-1, retry_after=5)

    assert reason_of(lambda: put(google_storage.drive()), Transient) == "drive-unavailable"
    assert len(google_storage.asked()) == 3
    assert min(google_storage.clock.slept) >= 5


def test_the_same_is_not_stored_twice_and_another_content_replaces_it(google_storage: Google) -> None:
    """A redelivery costs a look instead of an upload; what is written goes over the generation that was looked at."""
    drive = google_storage.drive()
    for data in (b"old", b"old", b"new"):
        put(drive, data=data)

    assert google_storage.texts() == {"aic/a/x": "new"}
    assert google_storage.asked() == ["POST o", *["POST o", "GET :object"] * 2, "POST o"]


def test_what_somebody_else_writes_at_the_same_time_is_not_overwritten_unseen(google_storage: Google) -> None:
    """Their version is looked at, and then replaced; while they go on this ends as a passing trouble."""
    google_storage.write("aic/a/x", "theirs")
    again = 0

    class Racing(BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            nonlocal again
            again += 1
            if again % 2 == 0 and again < 2 * rounds:  # about to be sent again: they have been looked at
                google_storage.write("aic/a/x", f"theirs {again}")
            return super().seek(offset, whence)

    rounds = 3
    google_storage.drive().put("a/x", Racing(b"mine"), size=4)
    assert google_storage.texts() == {"aic/a/x": "mine"}
    again, rounds = 0, 99
    google_storage.write("aic/a/x", "theirs")

    assert reason_of(lambda: google_storage.drive().put("a/x", Racing(b"mine"), size=4), Transient) == (
        "drive-unavailable"
    )
    assert google_storage.texts()["aic/a/x"].startswith("theirs")


def test_an_object_that_vanishes_while_it_is_in_the_way_is_stored_anew() -> None:
    """There was one, and then there is none to look at."""
    answers = iter([json_answer("{}", 412), json_answer("{}", 404), json_answer('{"name": "x"}')])
    with scripted(lambda _: next(answers)) as server:
        connection = StorageConnection(server.url, credentials=anonymous)
        deadline = Deadline.within(FakeClock(), seconds=300)
        put(StorageDrive(connection, bucket="one", prefix="", deadline=deadline))
        connection.close()

    assert [asked.method for asked in server.asked] == ["POST", "GET", "POST"]
    assert all("ifGenerationMatch=0" in asked.target for asked in server.asked if asked.method == "POST")


def test_an_object_that_is_replaced_while_it_is_read_is_never_mixed(google_storage: Google) -> None:
    """All pieces are of one generation, or there is an error."""
    drive = google_storage.drive()
    put(drive, data=bytes(PIECE + 1))
    pieces = drive.read("a/x")
    assert pieces is not None
    next(pieces)
    google_storage.write("aic/a/x", "another")

    assert reason_of(lambda: next(pieces), Transient) == "drive-unavailable"


def test_bytes_that_do_not_fit_their_checksum_are_damaged(google_storage: Google) -> None:
    """That is known with the last piece, and named."""
    drive = google_storage.drive()
    put(drive)
    google_storage.admin("POST", "damage", {"bucket": "one", "name": "aic/a/x", "rot": True})
    with pytest.raises(Permanent, match="a/x") as caught:
        read(drive)

    assert caught.value.reason == "drive-damaged"


def test_a_bucket_that_is_not_there_is_missing(google_storage: Google) -> None:
    """A typing error in the settings; nothing to delete is fine all the same."""
    drive = google_storage.drive("two")

    assert reason_of(lambda: put(drive)) == "drive-missing"
    assert reason_of(lambda: drive.names("a")) == "drive-missing"
    assert read(drive) is None
    drive.delete(["a/x"])


@pytest.mark.parametrize(
    ("kind", "reason"), [("401", "drive-unauthorized"), ("403", "drive-unauthorized"), ("400", "drive-refused")]
)
def test_what_is_refused_is_permanent_and_quotes_nothing(kind: str, reason: str) -> None:
    """Neither Google's words nor an address."""
    answer = Told(int(kind), b'{"error": {"message": "canary"}}', {"Content-Type": "application/json"})
    with scripted(lambda _: answer) as server:
        for call in (lambda drive: put(drive), lambda drive: drive.names("a"), lambda drive: drive.delete(["a/x"])):
            error = failure(server.url, call)
            assert (type(error), error.reason) == (Permanent, reason)
            assert "canary" not in str(error)
            assert "http" not in str(error)
        assert len(server.asked) == 3


def test_a_redirect_is_never_followed() -> None:
    """A token would travel along."""
    with scripted(lambda _: Told(302, headers={"Location": "https://evil.example/storage/v1/"})) as server:
        for call in (lambda drive: put(drive), lambda drive: drive.names("a"), read):
            assert failure(server.url, call).reason == "drive-refused"
        assert len(server.asked) == 3


def test_an_upload_is_never_sent_elsewhere() -> None:
    """Where the pieces go is said by the server; only its own API is believed."""
    with scripted(lambda _: Told(200, headers={"Location": "https://evil.example/upload"})) as server:
        error = failure(server.url, lambda drive: put(drive, data=bytes(PIECE + 1)))

    assert (type(error), error.reason) == (Permanent, "url-refused")


def failure(
    url: str, call: Callable[[StorageDrive], object], *, credentials: Callable[[Request], Credentials] = anonymous
) -> ServiceError:
    """How the call fails."""
    connection = StorageConnection(url, credentials=credentials)
    deadline = Deadline.within(FakeClock(), seconds=300)
    drive = StorageDrive(connection, bucket="one", prefix="", deadline=deadline)
    with pytest.raises(ServiceError) as caught:
        call(drive)
    connection.close()
    assert caught.value.__cause__ is None
    return caught.value


# Credentials.


def test_each_request_carries_the_token_of_the_account(google_storage: Google) -> None:
    """Obtained once, at the first request."""
    google_storage.admin("PUT", "settings", {"require_token": "t-1"})
    obtained: list[Request] = []

    def obtain(request: Request) -> Credentials:
        obtained.append(request)
        return google.oauth2.credentials.Credentials("t-1")  # type: ignore[no-untyped-call]

    connection = StorageConnection(str(google_storage.http.base_url), credentials=obtain)
    drive = google_storage.drive(connection=connection)
    assert not obtained
    put(drive)
    assert read(google_storage.drive(connection=connection)) == b"data"
    connection.close()

    assert len(obtained) == 1
    assert reason_of(lambda: put(google_storage.drive(), "a/y")) == "drive-unauthorized"


@pytest.mark.parametrize(
    ("error", "more", "reason", "kind"),
    [
        (TransportError, {}, "drive-unavailable", Transient),
        (RefreshError, {"retryable": True}, "drive-unavailable", Transient),
        (RefreshError, {}, "drive-unauthorized", Permanent),
    ],
)
def test_a_token_that_cannot_be_had_is_told_without_its_words(
    error: type[Exception], more: dict[str, bool], reason: str, kind: type[ServiceError]
) -> None:
    """A server that can't be reached may be reached later."""

    def obtain(_request: Request) -> Credentials:
        raise error("canary", **more)

    told = failure("http://127.0.0.1:9", put, credentials=obtain)

    assert isinstance(told, kind)
    assert told.reason == reason
    assert "canary" not in str(told)


def test_a_machine_without_credentials_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a file nor a metadata server."""
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", "/nowhere")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)

    assert failure("http://127.0.0.1:9", put, credentials=of_platform).reason == "drive-unauthorized"


# Time.

CALLS: dict[str, Callable[[StorageDrive], object]] = {
    "put": lambda drive: put(drive),
    "put in pieces": lambda drive: put(drive, data=bytes(PIECE + 1)),
    "names": lambda drive: drive.names("a"),
    "read": read,
    "delete": lambda drive: drive.delete(["a/b"]),
}


def ended(url: str, call: str, over: Event) -> list[Transient]:
    """What the call raised within a run of a third of a second."""
    raised: list[Transient] = []

    def ask() -> None:
        connection = StorageConnection(url, credentials=anonymous)
        deadline = Deadline.within(SystemClock(), seconds=0.3)
        drive = StorageDrive(connection, bucket="one", prefix="", deadline=deadline)
        try:
            CALLS[call](drive)
        except Transient as error:
            raised.append(error)

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(30)
    over.set()
    assert not asking.is_alive(), f"{call} hangs"
    return raised


@pytest.mark.parametrize("call", CALLS)
def test_sec_30_every_call_ends_with_its_run_when_nobody_answers(call: str) -> None:
    """A server that begins an answer and never ends it."""
    over = Event()
    with scripted(lambda _: Told(promised=10, hold=over)) as server:
        assert len(ended(server.url, call, over)) == 1


def test_sec_30_an_upload_ends_with_its_run_when_nobody_takes_it() -> None:
    """A server that takes the connection and reads nothing of what is sent."""
    with create_server(("127.0.0.1", 0)) as server:
        assert len(ended(f"http://127.0.0.1:{server.getsockname()[1]}", "put in pieces", Event())) == 1


class Ticking(FakeClock):
    """Two seconds pass whenever somebody looks at it."""

    def monotonic(self) -> float:
        self.advance(2)
        return super().monotonic()


def test_a_body_goes_out_in_pieces_that_each_look_at_the_time() -> None:
    """The library would allow a body of any size as long as a connect, five seconds, and never look again."""
    answer = json_answer('{"name": "x"}')
    with scripted(lambda _: answer) as server:
        connection = StorageConnection(server.url, credentials=anonymous)

        def drive() -> StorageDrive:
            deadline = Deadline.within(Ticking(), seconds=900)
            return StorageDrive(connection, bucket="one", prefix="", deadline=deadline)

        put(drive())
        assert reason_of(lambda: put(drive(), data=bytes(PIECE)), Transient) == "drive-unavailable"
        connection.close()

    assert max(len(each.body) for each in server.asked) < PIECE
