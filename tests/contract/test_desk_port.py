"""What every `ports.Desk` promises to the flows: the fake of the tests, and the adapter against the stand-in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import httpx
import pytest

from emulators.aic.process import PREFIX, build
from emulators.server import serve
from shared.adapters.aic.connection import AicConnection
from shared.adapters.aic.desk import AicDesk
from shared.adapters.aic.place import AicPlace
from shared.deadline import Deadline
from shared.domain.aic import Named
from shared.domain.errors import Permanent, Transient
from shared.ports.aic import Desk
from tests import plain
from tests.contract.failing import reason_of
from tests.fake_desk import FakeDesk
from tests.fake_workspace import config
from tests.fakes import FakeClock

TABLES = {"SALES": ["VEHICLES", "DEALERS"], "EMPTY": []}
DRIVES = ["backups", "Config"]
NAME = "PUSH_20261129084500"


class Bench(Protocol):
    """A workspace with the drives and datasets from above, and the pipeline `job`."""

    @property
    def desk(self) -> Desk: ...

    job: str


class FakeBench:
    """Upon the fake."""

    def __init__(self) -> None:
        self.desk: Desk = FakeDesk(list(DRIVES), dict(TABLES))
        self.job = "job-1"


class StandInBench:
    """Upon the stand-in."""

    def __init__(self, http: httpx.Client, connection: AicConnection) -> None:
        job = {"$id": "job-1", "title": "a", **config("one")}
        workspace = {"name": "QA", "jobs": [job]}
        seed = {"project": "fusion", "workspaces": [workspace], "drives": DRIVES, "datasets": TABLES}
        http.post("/__admin__/seed", json=seed).raise_for_status()
        deadline = Deadline.within(FakeClock(), seconds=300)
        self.desk: Desk = AicDesk(AicPlace(connection, project="fusion", workspace="QA", deadline=deadline))
        self.job = "job-1"


@contextmanager
def faked() -> Iterator[Bench]:
    yield FakeBench()


@contextmanager
def stood_in() -> Iterator[Bench]:
    with serve(build()) as running, plain.client(running.url) as http:
        connection = AicConnection(running.url + PREFIX, "key-1")
        yield StandInBench(http, connection)
        connection.close()


KINDS: Mapping[type[Desk], Callable[[], AbstractContextManager[Bench]]] = {FakeDesk: faked, AicDesk: stood_in}


@pytest.fixture(params=KINDS, ids=["fake", "stand-in"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with KINDS[request.param]() as bench:
        assert type(bench.desk) is request.param
        yield bench


def names(listed: tuple[Named, ...]) -> list[str]:
    return [each.name for each in listed]


def test_drives_and_datasets_are_listed_with_their_tables(bench: Bench) -> None:
    """By name, in the order in which AIC has them."""
    desk = bench.desk
    ids = {each.name: each.id for each in desk.datasets()}

    assert names(desk.drives()) == DRIVES
    assert {name: names(desk.tables(known)) for name, known in ids.items()} == TABLES


def test_what_is_gone_has_nothing(bench: Bench) -> None:
    """A dataset and a pipeline that were deleted since they were listed."""
    assert bench.desk.tables("gone") == bench.desk.copies("gone") == ()


def test_an_interactive_branch_is_made_listed_and_deleted(bench: Bench) -> None:
    """The others stay; a second one of a name is another one."""
    desk, job = bench.desk, bench.job
    for name in (NAME, NAME, "by hand ü/1"):
        desk.add_copy(job, name, config("two"))
    first, second, _ = desk.copies(job)
    desk.delete_copy(job, first.id)

    assert first.id != second.id
    assert names(desk.copies(job)) == [NAME, "by hand ü/1"]


def test_what_is_deleted_already_is_fine(bench: Bench) -> None:
    """It was the wish that it is not there."""
    bench.desk.add_copy(bench.job, NAME, config("two"))
    (made,) = bench.desk.copies(bench.job)
    for _ in range(2):
        bench.desk.delete_copy(bench.job, made.id)

    assert bench.desk.copies(bench.job) == ()


@contextmanager
def stand_in() -> Iterator[tuple[StandInBench, httpx.Client]]:
    with serve(build()) as running, plain.client(running.url) as http:
        connection = AicConnection(running.url + PREFIX, "key-1")
        try:
            yield StandInBench(http, connection), http
        finally:
            connection.close()


def answering(status: int) -> httpx.MockTransport:
    """An AIC that knows the workspace and answers everything else so."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=[{"$id": "1", "name": "fusion"}, {"$id": "2", "name": "QA"}])
        return httpx.Response(status)

    return httpx.MockTransport(answer)


def test_an_interactive_branch_of_a_pipeline_that_is_gone_is_not_made() -> None:
    """Whoever asks looks again, and sees that it is gone."""
    with stand_in() as (bench, _):
        assert reason_of(lambda: bench.desk.add_copy("gone", NAME, {}), Transient) == "aic-write-unknown"


def test_an_interactive_branch_holds_what_was_sent() -> None:
    """And the pipeline itself stays as it is."""
    with stand_in() as (bench, http):
        bench.desk.add_copy(bench.job, NAME, config("two"))
        shown = http.get("/__admin__/dump").json()["workspaces"]["fusion/QA"]

    ((copy,),) = (each.values() for each in shown["branches"].values())
    assert (copy["name"], copy["config"]) == (NAME, config("two"))
    assert shown["jobs"] == [{"$id": "job-1", "title": "a", **config("one")}]


@pytest.mark.parametrize(("status", "reason"), [(401, "aic-unauthorized"), (400, "aic-write-refused")])
def test_a_deletion_that_aic_refuses_is_final(status: int, reason: str) -> None:
    """It would be refused again."""
    connection = AicConnection("https://aic.test/v1", "key-1", transport=answering(status))
    deadline = Deadline.within(FakeClock(), seconds=300)
    desk = AicDesk(AicPlace(connection, project="fusion", workspace="QA", deadline=deadline))

    assert reason_of(lambda: desk.delete_copy("job-1", "any"), Permanent) == reason
    connection.close()


def test_a_deletion_is_sent_again_where_aic_was_busy() -> None:
    """It does no harm."""
    with stand_in() as (bench, http):
        bench.desk.add_copy(bench.job, NAME, config("two"))
        (made,) = bench.desk.copies(bench.job)
        rule = {"kind": "503", "method": "DELETE", "times": 1}
        http.put("/__admin__/faults", json=[rule]).raise_for_status()
        bench.desk.delete_copy(bench.job, made.id)

        assert bench.desk.copies(bench.job) == ()
