"""What every `ports.Workspace` promises to the flows: the fake of the tests, and the adapter against the stand-in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import httpx
import pytest

from emulators.aic.process import PREFIX, build
from emulators.server import serve
from shared.adapters.aic.connection import AicConnection
from shared.adapters.aic.place import AicPlace
from shared.adapters.aic.workspace import AicWorkspace
from shared.deadline import Deadline
from shared.domain import content
from shared.domain.aic import Job
from shared.domain.content import Content
from shared.domain.errors import Transient
from shared.ports.aic import Workspace
from tests import plain
from tests.contract.failing import reason_of
from tests.fake_workspace import FakeWorkspace, config
from tests.fakes import FakeClock

TITLE = "ford rdd - v2 QA/Test"


class Bench(Protocol):
    """An empty workspace."""

    @property
    def workspace(self) -> Workspace: ...

    def put(self, **job: object) -> str:
        """A pipeline of these keys, made by a person; its id."""

    def refuse_titles(self) -> None:
        """From now on no title is taken twice."""


class FakeBench:
    """Upon the fake."""

    def __init__(self) -> None:
        self._fake = FakeWorkspace()
        self.workspace: Workspace = self._fake

    def put(self, **job: object) -> str:
        job_id = self._fake.put(None, "")
        self._fake.configs[job_id] = {"$id": job_id, **job}
        return job_id

    def refuse_titles(self) -> None:
        self._fake.unique = True


class StandInBench:
    """Upon the stand-in."""

    def __init__(self, http: httpx.Client, connection: AicConnection) -> None:
        self._http = http
        self._admin("POST", "seed", {"project": "fusion", "workspaces": [{"name": "QA"}]})
        self._admin("PUT", "settings", {"duplicate_title": "create second"})
        deadline = Deadline.within(FakeClock(), seconds=300)
        self.workspace: Workspace = AicWorkspace(
            AicPlace(connection, project="fusion", workspace="QA", deadline=deadline)
        )

    def put(self, **job: object) -> str:
        ids = self._admin("POST", "put-jobs", {"project": "fusion", "workspace": "QA", "put": [job]}).json()["put"]
        return str(ids[0])

    def refuse_titles(self) -> None:
        self._admin("PUT", "settings", {"duplicate_title": "409"})

    def _admin(self, method: str, call: str, body: object) -> httpx.Response:
        return self._http.request(method, f"/__admin__/{call}", json=body).raise_for_status()


@contextmanager
def faked() -> Iterator[Bench]:
    yield FakeBench()


@contextmanager
def stood_in() -> Iterator[Bench]:
    with serve(build()) as running, plain.client(running.url) as http:
        connection = AicConnection(running.url + PREFIX, "key-1")
        yield StandInBench(http, connection)
        connection.close()


KINDS: Mapping[type[Workspace], Callable[[], AbstractContextManager[Bench]]] = {
    FakeWorkspace: faked,
    AicWorkspace: stood_in,
}


@pytest.fixture(params=KINDS, ids=["fake", "stand-in"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with KINDS[request.param]() as bench:
        assert type(bench.workspace) is request.param
        yield bench


def code(text: str) -> Content:
    return content.of_job(config(text))


def live(bench: Bench, job_id: str) -> Mapping[str, object]:
    found = bench.workspace.read(job_id)
    assert found is not None
    return found


def test_an_empty_workspace_lists_nothing(bench: Bench) -> None:
    """Whether to believe that is not the port's to say."""
    assert bench.workspace.jobs() == ()


def test_jobs_have_ids_and_maybe_titles(bench: Bench) -> None:
    """Twins are listed as they are, and AIC may leave a title out."""
    ids = [bench.put(**config("a"), title="A", **{"$id": "1"}), bench.put(**config("b")), bench.put(**config("c"))]

    assert bench.workspace.jobs()[0].title == "A"
    assert [job.id for job in bench.workspace.jobs()] == ids
    assert [job.title for job in bench.workspace.jobs()[1:]] == [None, None]


def test_an_unknown_pipeline_is_none(bench: Bench) -> None:
    """An absence that AIC states."""
    assert bench.workspace.read("gone") is None


def test_a_pipeline_is_read_with_all_its_keys(bench: Bench) -> None:
    """Its id and title, and what nobody ever deploys."""
    job_id = bench.put(title=TITLE, schedule="daily", **config("a"))

    assert live(bench, job_id) == {"$id": job_id, "title": TITLE, "schedule": "daily", **config("a")}


def test_what_was_read_is_the_readers_own(bench: Bench) -> None:
    """A later write doesn't change it."""
    job_id = bench.put(title=TITLE, **config("a"))
    before = live(bench, job_id)
    bench.workspace.update(job_id, TITLE, code("b"))

    assert content.of_job(before) == code("a")


def test_a_created_pipeline_is_listed_and_read(bench: Bench) -> None:
    """With its title and the four fields, under an id of AIC's choice; nothing else is sent."""
    wanted = content.of_job(config("a", schedule="daily"))
    other = bench.put(title="other", **config("x"))
    bench.workspace.create(TITLE, wanted)
    (job,) = [job for job in bench.workspace.jobs() if job.id != other]

    assert job == Job(job.id, TITLE)
    assert live(bench, job.id) == {"$id": job.id, "title": TITLE, **wanted.fields()}


def test_a_title_may_be_created_twice_where_aic_lets_it(bench: Bench) -> None:
    """So a creation must not be sent again before AIC was asked."""
    for text in ("a", "b"):
        bench.workspace.create(TITLE, code(text))
    one, other = bench.workspace.jobs()

    assert one.id != other.id
    assert (one.title, other.title) == (TITLE, TITLE)


def test_a_title_that_is_taken_is_transient_where_aic_refuses_it(bench: Bench) -> None:
    """Somebody was faster: the next look sees what they made. Nothing is created."""
    job_id = bench.put(title=TITLE, **config("a"))
    bench.refuse_titles()

    assert reason_of(lambda: bench.workspace.create(TITLE, code("b")), Transient) == "aic-title-exists"
    assert bench.workspace.jobs() == (Job(job_id, TITLE),)
    assert content.of_job(live(bench, job_id)) == code("a")
    bench.workspace.update(job_id, TITLE, code("b"))
    assert content.of_job(live(bench, job_id)) == code("b")


def test_an_update_replaces_the_deployable_part_alone(bench: Bench) -> None:
    """Id and all other keys stay, also AIC's own; so does every other pipeline."""
    job_id = bench.put(title=TITLE, schedule="daily", **{"$owner": 7}, **config("a"))
    other = bench.put(title="other", **config("x"))
    bench.workspace.update(job_id, TITLE, content.of_job(config("b", schedule="never", extra=1)))

    assert live(bench, job_id) == {"$id": job_id, "title": TITLE, "schedule": "daily", "$owner": 7, **config("b")}
    assert live(bench, other) == {"$id": other, "title": "other", **config("x")}
    assert [job.id for job in bench.workspace.jobs()] == [job_id, other]


def test_an_update_fills_in_what_the_pipeline_lacked(bench: Bench) -> None:
    """A field that is absent and one that is empty are the same content, but only the latter is sent."""
    job_id = bench.put(title=TITLE, stages=[])
    bench.workspace.update(job_id, TITLE, content.of_job({"stages": []}))

    assert live(bench, job_id) == {
        "$id": job_id,
        "title": TITLE,
        "stages": [],
        "variables": [],
        "sourceStage": {},
        "sinkStage": {},
    }


def test_an_update_of_a_pipeline_that_is_gone_is_transient(bench: Bench) -> None:
    """Somebody deleted it: the flow reads, sees that, and looks again. It is not created anew."""
    assert reason_of(lambda: bench.workspace.update("gone", TITLE, code("a")), Transient) == "aic-write-unknown"
    assert bench.workspace.jobs() == ()
