"""The AIC adapter against the stand-in: what the port promises, also while AIC misbehaves."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event, Lock, Thread
from typing import Any

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
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.ports.aic import Workspace
from tests import plain
from tests.fakes import FakeClock
from tests.scripted import Asked, Told, halting, json_answer, scripted

JOB = r".*/jobs/.*"
JOBS = r".*/jobs$"


@dataclass
class Aic:
    """The served stand-in, one workspace of it seen through the adapter, and how often trouble was reported."""

    http: httpx.Client
    connection: AicConnection
    clock: FakeClock = field(default_factory=FakeClock)
    troubles: int = 0

    def workspace(self, name: str = "QA", *, project: str = "fusion", seconds: float = 300) -> Workspace:
        return AicWorkspace(
            AicPlace(
                self.connection,
                project=project,
                workspace=name,
                deadline=Deadline.within(self.clock, seconds=seconds),
                on_trouble=self.trouble,
            )
        )

    def trouble(self) -> None:
        self.troubles += 1

    def admin(self, method: str, call: str, body: object = None) -> Any:
        answer = self.http.request(method, f"/__admin__/{call}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, kind: str, **rule: object) -> None:
        self.admin("PUT", "faults", [{"kind": kind, "times": 1, **rule}])

    def requests(self, method: str = "") -> int:
        """How many API requests came in, of that method or all."""
        routes: dict[str, int] = self.admin("GET", "counters")["by_route"]
        return sum(count for route, count in routes.items() if route.startswith(method))

    def live(self, title: str) -> dict[str, Any]:
        (job,) = [job for job in self.dump() if job.get("title") == title]
        return job

    def dump(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.admin("GET", "dump")["workspaces"]["fusion/QA"]["jobs"]
        return found


def config(title: str, script: str = "a", **more: object) -> dict[str, object]:
    stages = [{"stageId": "1", "tasks": [{"id": "t", "type": "PYSPARK", "config": {"script": script}}]}]
    return {"title": title, "stages": stages, "variables": [], "sourceStage": {}, "sinkStage": {}, **more}


@pytest.fixture
def aic() -> Iterator[Aic]:
    with serve(build()) as running, plain.client(running.url) as http:
        connection = AicConnection(running.url + PREFIX, "key-1")
        found = Aic(http, connection)
        jobs = [config("Demographics", **{"$id": "d1"}), config("ford rdd - v2 QA/Test", **{"$id": "f1"})]
        workspaces = [{"name": "QA", "jobs": jobs}, {"name": "Other"}]
        found.admin("POST", "seed", {"project": "fusion", "workspaces": workspaces})
        yield found
        connection.close()


def reason_of(call: Callable[[], object], kind: type[ServiceError]) -> str:
    with pytest.raises(kind) as caught:
        call()
    assert not caught.value.__cause__
    return caught.value.reason


def test_jobs_lists_ids_and_titles(aic: Aic) -> None:
    """Three requests: project, workspace, jobs; and one for each further list."""
    workspace = aic.workspace()

    assert workspace.jobs() == (Job("d1", "Demographics"), Job("f1", "ford rdd - v2 QA/Test"))
    assert aic.requests() == 3
    workspace.jobs()
    assert aic.requests() == 4


def test_an_empty_workspace_has_no_jobs(aic: Aic) -> None:
    """A well-formed empty list is an answer; whether to believe it is not the adapter's to say."""
    assert aic.workspace("Other").jobs() == ()


def test_read_gives_the_whole_job_config(aic: Aic) -> None:
    """Unknown keys are kept for those who store it."""
    found = aic.workspace().read("d1")

    assert found is not None
    assert (found["$id"], found["title"]) == ("d1", "Demographics")


def test_read_gives_none_only_for_404(aic: Aic) -> None:
    """An absence that AIC states."""
    assert aic.workspace().read("gone") is None
    assert aic.troubles == 0


@pytest.mark.parametrize(
    ("project", "workspace", "reason"),
    [
        ("Fusion", "QA", "aic-project-missing"),
        ("fusion ", "QA", "aic-project-missing"),
        ("fusion", "qa", "aic-workspace-missing"),
        ("fusion", "", "aic-workspace-missing"),
    ],
)
def test_names_must_be_exact(aic: Aic, project: str, workspace: str, reason: str) -> None:
    """A near miss is somebody else's workspace."""
    assert reason_of(aic.workspace(workspace, project=project).jobs, Permanent) == reason


def test_what_was_created_is_there(aic: Aic) -> None:
    """Title and the four fields arrive; nothing else is sent."""
    wanted = content.of_job(config("New", "b", schedule="daily"))
    aic.workspace().create("New", wanted)

    found = aic.live("New")
    assert content.of_job(found) == wanted
    assert "schedule" not in found


def test_an_update_changes_that_job_and_keeps_its_other_keys(aic: Aic) -> None:
    """By id, so that a new title is a rename."""
    wanted = content.of_job(config("x", "b"))
    aic.workspace().update("f1", "Renamed", wanted)

    assert content.of_job(aic.live("Renamed")) == wanted
    assert [job["$id"] for job in aic.dump()] == ["d1", "f1"]


@pytest.mark.parametrize("kind", ["500", "502", "503", "429", "empty", "malformed", "drop"])
@pytest.mark.parametrize("route", [JOB, JOBS])
def test_reads_survive_two_bad_answers(aic: Aic, kind: str, route: str) -> None:
    """Each is reported as trouble, so that the flow can slow down."""
    workspace = aic.workspace()
    workspace.jobs()
    aic.fault(kind, method="GET", path=route, times=2)

    assert (workspace.read("d1") if route == JOB else workspace.jobs()) is not None
    assert (aic.troubles, len(aic.clock.slept)) == (2, 2)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("500", "aic-unavailable"),
        ("429", "aic-unavailable"),
        ("drop", "aic-unavailable"),
        ("empty", "aic-odd-answer"),
        ("malformed", "aic-odd-answer"),
    ],
)
def test_the_third_bad_answer_to_a_read_is_transient(aic: Aic, kind: str, reason: str) -> None:
    """Never an empty workspace, never an absent pipeline."""
    workspace = aic.workspace()
    workspace.jobs()
    aic.fault(kind, method="GET", times=3)

    assert reason_of(workspace.jobs, Transient) == reason
    aic.fault(kind, method="GET", times=3)
    assert reason_of(lambda: workspace.read("d1"), Transient) == reason
    assert aic.troubles == 6


@pytest.mark.parametrize("kind", ["401", "403"])
def test_a_refused_key_is_permanent_for_reads_and_writes(aic: Aic, kind: str) -> None:
    """Nobody waits for a key to become valid."""
    workspace = aic.workspace()
    workspace.jobs()
    aic.fault(kind, times=-1)
    something = content.of_job(config("x"))

    assert reason_of(workspace.jobs, Permanent) == "aic-unauthorized"
    assert reason_of(lambda: workspace.create("x", something), Permanent) == "aic-unauthorized"
    assert aic.clock.slept == []


@pytest.mark.parametrize("kind", ["500", "429", "drop"])
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_write_is_sent_once_and_a_bad_answer_leaves_its_effect_unknown(aic: Aic, kind: str, phase: str) -> None:
    """Whether it happened is for the flow to read."""
    workspace = aic.workspace()
    workspace.jobs()
    aic.fault(kind, phase=phase, times=-1)
    changed = content.of_job(config("Demographics", "b"))

    assert reason_of(lambda: workspace.update("d1", "Demographics", changed), Transient) == "aic-write-unknown"
    assert reason_of(lambda: workspace.create("New", changed), Transient) == "aic-write-unknown"
    assert (aic.requests("PUT"), aic.requests("POST"), aic.troubles) == (1, 1, 2)
    assert (content.of_job(aic.live("Demographics")) == changed) == (phase == "after")


@pytest.mark.parametrize("kind", ["empty", "malformed"])
def test_a_write_with_an_odd_body_counts_as_done(aic: Aic, kind: str) -> None:
    """Any 2xx will do: what was written is read back anyway."""
    workspace = aic.workspace()
    aic.fault(kind, method="PUT", phase="after")
    changed = content.of_job(config("Demographics", "b"))
    workspace.update("d1", "Demographics", changed)

    assert content.of_job(aic.live("Demographics")) == changed


def test_a_taken_title_is_transient(aic: Aic) -> None:
    """Somebody was faster: the next delivery sees what they made."""
    something = content.of_job(config("x"))

    assert reason_of(lambda: aic.workspace().create("Demographics", something), Transient) == "aic-title-exists"


def test_a_write_to_a_job_that_is_gone_is_transient_and_no_trouble(aic: Aic) -> None:
    """Somebody deleted it meanwhile: the flow looks again; AIC is not overloaded."""
    something = content.of_job(config("x"))
    with pytest.raises(Transient) as caught:
        aic.workspace().update("gone", "x", something)

    assert (caught.value.reason, "gone" in caught.value.detail) == ("aic-write-unknown", True)
    assert (aic.requests("PUT"), aic.troubles) == (1, 0)


def test_a_write_that_aic_refuses_is_permanent(aic: Aic) -> None:
    """Any other 4xx won't get better."""
    untitled = content.of_job(config("x"))

    assert reason_of(lambda: aic.workspace().create("", untitled), Permanent) == "aic-write-refused"
    assert aic.troubles == 0


def test_nothing_is_sent_after_the_deadline(aic: Aic) -> None:
    """Neither reads nor writes."""
    workspace = aic.workspace(seconds=10)
    workspace.jobs()
    before = aic.requests()
    aic.clock.advance(10)
    something = content.of_job(config("x"))

    assert reason_of(workspace.jobs, Transient) == "deadline"
    assert reason_of(lambda: workspace.create("x", something), Transient) == "deadline"
    assert aic.requests() == before


def test_a_retry_waits_as_long_as_aic_asks(aic: Aic) -> None:
    """A 429 with Retry-After."""
    workspace = aic.workspace()
    workspace.jobs()
    aic.fault("429", retry_after=20)
    workspace.jobs()

    assert 20 < aic.clock.slept[0] <= 22


def test_a_workspace_may_be_read_by_many_threads_and_is_found_once(aic: Aic) -> None:
    """The project and the workspace are looked up by the first one only."""
    workspace = aic.workspace()
    found: list[object] = []
    threads = [Thread(target=lambda: found.append(workspace.read("d1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([job for job in found if job]) == 8
    assert aic.requests() == 10


def test_a_list_that_is_gone_is_an_error(aic: Aic) -> None:
    """A 404 stands for an absent pipeline only where one was asked for."""
    workspace = aic.workspace()
    workspace.jobs()
    aic.admin("POST", "reset")

    assert reason_of(workspace.jobs, Permanent) == "aic-refused"


def test_an_id_that_is_none_of_aics_is_refused_unsent(aic: Aic) -> None:
    """Ids come from AIC's own lists, which were checked."""
    workspace = aic.workspace()
    workspace.jobs()

    assert aic.requests() == 3
    assert reason_of(lambda: workspace.read("../x"), Permanent) == "aic-refused"
    assert reason_of(lambda: workspace.update("a b", "x", content.of_job(config("x"))), Permanent) == "aic-refused"
    assert aic.requests() == 3


# What follows no stand-in would do.


def told(*answers: str) -> Workspace:
    """A workspace whose server answers the lookups properly and then these bodies, the last one for ever."""
    bodies = iter(answers)
    current = ""

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal current
        if not request.url.path.partition("/jobs")[1]:
            kind = request.url.path.rsplit("/", 1)[-1]
            return httpx.Response(200, json=[{"$id": kind, "name": "QA"}])
        current = next(bodies, current)
        return httpx.Response(200, text=current)

    connection = AicConnection("https://aic.example", "k", transport=httpx.MockTransport(handler))
    return AicWorkspace(
        AicPlace(connection, project="QA", workspace="QA", deadline=Deadline.within(FakeClock(), seconds=300))
    )


def listed(*jobs: object) -> str:
    return json.dumps({"jobs": jobs})


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        "<html></html>",
        '{"jobs": null}',
        '{"jobs": {}}',
        '{"jobs": [1]}',
        '{"jobs": [{"$id": "a"}',
        "[" * 100_000,
        listed({"title": "no id"}),
        listed({"$id": 1, "title": "a"}),
        listed({"$id": "a", "title": 1}),
        listed({"$id": ""}),
        listed({"$id": "."}),
        listed({"$id": ".."}),
        listed({"$id": "a/b"}),
        listed({"$id": "a\n"}),
        listed({"$id": "a" * 129}),
        listed({"$id": "ä"}),
        listed({"$id": "a"}, {"$id": "a"}),
    ],
)
def test_a_list_of_any_other_shape_is_an_odd_answer(body: str) -> None:
    """It is asked again, and never taken for a list of fewer pipelines."""
    assert reason_of(told(body).jobs, Transient) == "aic-odd-answer"
    assert told(body, listed({"$id": "a"})).jobs() == (Job("a", None),)


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", '{"jobConfig": null}', '{"jobConfig": []}', '{"jobConfig": {}}', "no"]
)
def test_a_job_of_any_other_shape_is_an_odd_answer(body: str) -> None:
    """It is never taken for an absent pipeline."""
    assert reason_of(lambda: told(body).read("a"), Transient) == "aic-odd-answer"


def test_an_ambiguous_name_is_missing() -> None:
    """Two projects of one name: neither is taken."""
    twice = httpx.MockTransport(lambda _: httpx.Response(200, json=[{"$id": "1", "name": "QA"}] * 2))
    connection = AicConnection("https://aic.example", "k", transport=twice)
    workspace = AicWorkspace(
        AicPlace(connection, project="QA", workspace="QA", deadline=Deadline.within(FakeClock(), seconds=9))
    )

    assert reason_of(workspace.jobs, Permanent) == "aic-project-missing"


def test_an_answer_beyond_the_cap_is_not_swallowed() -> None:
    """20 MiB are far more than any pipeline has."""
    assert reason_of(told(" " * (20 * 1024 * 1024 + 1)).jobs, Transient) == "answer-too-big"


def test_sec_30_a_body_that_trickles_is_cut_at_the_deadline() -> None:
    """Time is looked at whenever a piece arrives, for reads and for writes."""
    clock, done = FakeClock(), Event()

    def late(_asked: Asked) -> Told:
        clock.advance(301)
        return Told(body=b"x", promised=100, hold=done)

    with scripted(late) as server:
        connection = AicConnection(server.url, "k")
        for method in ("GET", "PUT"):
            deadline = Deadline.within(clock, seconds=300)
            assert (
                reason_of(partial(connection.send, method, ("projects",), deadline=deadline), Transient) == "deadline"
            )
        assert len(server.asked) == 2
        done.set()
        connection.close()


def test_headers_that_trickle_use_up_a_part_of_the_time_only() -> None:
    """Each of three attempts is ended in the middle of them; most of the run's time is left for others."""
    clock, done = FakeClock(), Event()

    def slow(_asked: Asked) -> Told:
        return replace(json_answer("[]"), slowly=halting(clock, done, seconds=34))

    with scripted(slow) as server:
        connection = AicConnection(server.url, "k")
        deadline = Deadline.within(clock, seconds=300)
        workspace = AicWorkspace(AicPlace(connection, project="QA", workspace="QA", deadline=deadline))
        assert reason_of(workspace.jobs, Transient) == "aic-unavailable"
        assert len(server.asked) == 3
        assert clock.monotonic() < 150
        assert not done.is_set()
        done.set()
        connection.close()


def test_headers_that_trickle_past_the_deadline_end_a_write() -> None:
    """It isn't sent again."""
    clock, done = FakeClock(), Event()

    def slow(_asked: Asked) -> Told:
        return replace(json_answer("{}"), slowly=halting(clock, done, seconds=301))

    with scripted(slow) as server:
        connection = AicConnection(server.url, "k")
        deadline = Deadline.within(clock, seconds=100)
        write = partial(connection.send, "PUT", ("projects",), deadline=deadline, body={})
        assert reason_of(write, Transient) == "deadline"
        assert len(server.asked) == 1
        assert not done.is_set()
        done.set()
        connection.close()


@pytest.mark.parametrize("connections", [1, 7])
def test_no_more_requests_are_under_way_than_connections_are_allowed(connections: int) -> None:
    """But as many as that: more slots than the default are of use."""
    busy, most, lock, full = 0, 0, Lock(), Event()

    def answer(_asked: Asked) -> Told:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
            if busy == connections:
                full.set()
        full.wait(10)
        with lock:
            busy -= 1
        return json_answer("[]")

    with scripted(answer) as server:
        connection = AicConnection(server.url, "k", connections=connections)

        def send(_number: int) -> int:
            return connection.send("GET", ("projects",), deadline=Deadline.within(FakeClock(), seconds=60)).status

        with ThreadPoolExecutor(12) as pool:
            assert set(pool.map(send, range(24))) == {200}
        assert most == connections
        connection.close()


def test_headers_are_those_that_aic_knows() -> None:
    """The key travels in its header alone, JSON is declared."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=[])

    connection = AicConnection("https://aic.example/apis/core/v1/", "k-1", transport=httpx.MockTransport(handler))
    connection.send("POST", ("a b", "c/d"), deadline=Deadline.within(FakeClock(), seconds=9), body={"title": "k"})

    (request,) = seen
    assert str(request.url) == "https://aic.example/apis/core/v1/a%20b/c%2Fd"
    assert {name: request.headers[name] for name in ("accept", "api-key", "content-type")} == {
        "accept": "*/*",
        "api-key": "k-1",
        "content-type": "application/json",
    }
    assert json.loads(request.content) == {"title": "k"}
