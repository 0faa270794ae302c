"""AIC's own calls of the control plane, and the stand-in as a process."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from emulators.aic.process import build
from emulators.seeding import repository_files, workspace
from emulators.server import serve
from tests import plain
from tests.waiting import wait_for

QA = {"project": "pin", "workspace": "QA"}


def _job(title: str, **more: object) -> dict[str, object]:
    return {
        "title": title,
        "stages": [{"tasks": [{"id": "t", "type": "SQL", "config": {"query": "SELECT 1"}}]}],
        **more,
    }


class Driver:
    """A test driver on the control plane of a stand-in."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def post(self, name: str, **body: object) -> Any:
        return self.http.post(f"/__admin__/{name}", json=body).raise_for_status().json()

    def refusal(self, name: str, **body: object) -> int:
        return self.http.post(f"/__admin__/{name}", json=body).status_code

    def seed(self, *jobs: object, **more: object) -> Any:
        return self.post("seed", project="pin", workspaces=[{"name": "QA", "jobs": jobs}], **more)

    def dump(self, query: str = "") -> dict[str, Any]:
        dump: dict[str, Any] = self.http.get(f"/__admin__/dump{query}").raise_for_status().json()["workspaces"]
        return dump

    def titles(self) -> list[str]:
        return [job["title"] for job in self.dump()["pin/QA"]["jobs"]]

    def sha(self) -> str:
        sha: str = self.dump("?hashes=1")["pin/QA"]["state_sha256"]
        return sha


@pytest.fixture
def driver() -> Iterator[Driver]:
    with serve(build()) as running, plain.client(running.url, headers={"api-key": "any"}, timeout=60) as http:
        yield Driver(http)


def test_seed_makes_what_it_names(driver: Driver) -> None:
    """Ids are given where none came; drives and datasets are taken."""
    driver.seed(_job("A"), _job("B", **{"$id": "65f1c0de"}), drives=["backups"], datasets={"S": ["T"]})
    picture = driver.dump()["pin/QA"]
    first, second = picture["jobs"]
    assert (first["title"], len(first["$id"]), second) == ("A", 24, {"$id": "65f1c0de", **_job("B")})
    assert (picture["branches"], picture["drives"]) == ({}, {"backups": {"folders": [], "files": []}})
    assert (picture["jobs_count"], picture["interactive_branches"], picture["drive_files"]) == (2, 0, 0)


def test_seeding_again_starts_that_workspace_over(driver: Driver) -> None:
    """Under its old id, and leaves the others alone."""
    ids = driver.seed(_job("A"))
    driver.post("seed", project="pin", workspaces=[{"name": "PROD", "jobs": [_job("A")]}])
    assert driver.seed(_job("B"))["workspaces"] == ids["workspaces"]
    assert {name: one["jobs_count"] for name, one in driver.dump().items()} == {"pin/QA": 1, "pin/PROD": 1}
    assert driver.titles() == ["B"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"project": "pin", "workspaces": {}},
        {"project": "pin", "workspaces": [{"jobs": []}]},
        {"project": "pin", "workspaces": [{"name": "QA", "jobs": ["A"]}]},
        {"project": "pin", "workspaces": [{"name": "QA", "jobs": [{"$id": "1"}, {"$id": "1"}]}]},
        {"project": "pin", "workspaces": [], "drives": "backups"},
        {"project": "pin", "workspaces": [], "datasets": []},
    ],
)
def test_a_seed_of_the_wrong_shape_is_refused(driver: Driver, body: dict[str, object]) -> None:
    """And seeds nothing."""
    assert driver.refusal("seed", **body) == 400
    assert driver.dump() == {}


def test_hashes_leave_only_counts_and_hashes(driver: Driver) -> None:
    """For comparing large workspaces cheaply."""
    driver.seed(_job("A"))
    assert set(driver.dump("?hashes=1")["pin/QA"]) == {
        "state_sha256",
        "jobs_count",
        "interactive_branches",
        "drive_files",
    }


def test_the_hash_tells_states_apart_and_not_orders(driver: Driver) -> None:
    """Equal jobs, equal hash, whatever the order of jobs and keys."""
    one, two = _job("A", **{"$id": "1"}), _job("B", **{"$id": "2"})
    driver.seed(one, two)
    before = driver.sha()
    driver.seed(two, dict(reversed(one.items())))
    assert driver.sha() == before
    driver.seed(two, {**one, "variables": []})
    assert driver.sha() != before


def test_edit_jobs_changes_the_named_or_the_last(driver: Driver) -> None:
    """Code differs by the salt, the id stays."""
    driver.seed(*(_job(title) for title in ("A", "B", "C")))
    before = driver.dump()["pin/QA"]["jobs"]
    assert driver.post("edit-jobs", **QA, salt="s1", titles=["A"]) == {"titles": ["A"]}
    assert driver.post("edit-jobs", **QA, salt="s2", count=1) == {"titles": ["C"]}
    assert driver.post("edit-jobs", **QA, salt="s2", count=0) == {"titles": []}
    after = driver.dump()["pin/QA"]["jobs"]
    assert [job["$id"] for job in after] == [job["$id"] for job in before]
    assert [job["stages"][0]["tasks"][0]["config"]["query"] for job in after] == [
        "SELECT 1\n-- edited: s1",
        "SELECT 1",
        "SELECT 1\n-- edited: s2",
    ]


def test_put_jobs_puts_and_deletes(driver: Driver) -> None:
    """By id, else by title, else new; deleting comes first."""
    driver.seed(_job("A"), _job("B"), _job("C"))
    ids = {job["title"]: job["$id"] for job in driver.dump()["pin/QA"]["jobs"]}
    put = [_job("A", variables=[1]), _job("B2", **{"$id": ids["B"]}), _job("D"), _job("D", **{"$id": "65f1c0de"})]
    answer = driver.post("put-jobs", **QA, put=put, delete=["C"])
    assert answer["deleted"] == [ids["C"]]
    jobs = driver.dump()["pin/QA"]["jobs"]
    assert [(job["$id"], job["title"]) for job in jobs][:2] == [(ids["A"], "A"), (ids["B"], "B2")]
    assert [job["title"] for job in jobs] == ["A", "B2", "D", "D"]
    assert [job["$id"] for job in jobs] == answer["put"]
    assert jobs[0]["variables"] == [1]


def test_admin_calls_name_what_is_missing(driver: Driver) -> None:
    """An unknown workspace or title is 404, a body without its parts 400; nothing changes."""
    driver.seed(_job("A"))
    before = driver.sha()
    assert driver.refusal("edit-jobs", project="pin", workspace="?", salt="s", count=1) == 404
    assert driver.refusal("edit-jobs", **QA, salt="s", titles=["A", "?"]) == 404
    assert driver.refusal("put-jobs", **QA, put=[_job("B")], delete=["?"]) == 404
    assert driver.refusal("edit-jobs", **QA, salt="s") == 400
    assert driver.refusal("edit-jobs", **QA, titles=["A"]) == 400
    assert driver.refusal("put-jobs", **QA, put="A") == 400
    assert driver.sha() == before


def test_reset_leaves_an_empty_aic(driver: Driver) -> None:
    """No project is left, for clients either."""
    driver.seed(_job("A"))
    driver.post("reset")
    assert (driver.dump(), driver.http.get("/apis/core/v1/projects").json()) == ({}, [])


def test_a_thousand_pipelines_can_be_seeded_and_read(driver: Driver) -> None:
    """As a workspace of that size is."""
    entry = workspace("QA", 1000, 1)
    driver.post("seed", project="pin", workspaces=[entry])
    assert driver.dump("?hashes=1")["pin/QA"]["jobs_count"] == 1000
    ids = driver.http.get("/apis/core/v1/projects").json()[0]["$id"]
    (one,) = driver.http.get(f"/apis/core/v1/projects/{ids}/workspaces").json()
    jobs = driver.http.get(f"/apis/core/v1/projects/{ids}/workspaces/{one['$id']}/jobs").json()["jobs"]
    assert len({job["$id"] for job in jobs}) == 1000
    assert repository_files(driver.dump()["pin/QA"]) == repository_files(entry)


def test_a_late_write_shows_after_its_connection_was_dropped(driver: Driver) -> None:
    """A client that reads at once doesn't see it, one that reads later does."""
    ids = driver.seed()
    jobs = f"/apis/core/v1/projects/{ids['project']}/workspaces/{ids['workspaces']['QA']}/jobs"
    driver.http.put("/__admin__/faults", json=[{"kind": "late", "method": "POST", "delay_ms": 200}])
    with pytest.raises(httpx.RemoteProtocolError):
        driver.http.post(jobs, json=_job("P"))
    wait_for(lambda: driver.titles() == ["P"])
    assert driver.http.get("/__admin__/counters").json()["late_waiting"] == 0


def test_the_log_names_aics_templates(driver: Driver) -> None:
    """Drivers count requests by them."""
    ids = driver.seed(_job("A", **{"$id": "65f1c0de"}))
    jobs = f"/apis/core/v1/projects/{ids['project']}/workspaces/{ids['workspaces']['QA']}/jobs"
    driver.http.get(jobs)
    driver.http.get(f"{jobs}/65f1c0de")
    template = "/projects/:project/workspaces/:workspace/jobs"
    assert driver.http.get("/__admin__/counters").json()["by_route"] == {
        f"GET {template}": 1,
        f"GET {template}/:job": 1,
    }
    assert [entry["path"] for entry in driver.http.get("/__admin__/log").json()] == [jobs, f"{jobs}/65f1c0de"]


def test_requests_side_by_side_are_counted_as_such(driver: Driver) -> None:
    """The peak shows how many a client had under way."""
    driver.http.put("/__admin__/settings", json={"latency_ms": 200})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _n: driver.http.get("/apis/core/v1/projects").status_code, range(4)))
    assert answers == [200] * 4
    assert 2 <= driver.http.get("/__admin__/counters").json()["peak_in_flight"] <= 4


def test_one_connection_serves_many_requests(driver: Driver) -> None:
    """Also chunked bodies and HEAD leave it clean for the next request."""
    with plain.client(driver.http.base_url, limits=httpx.Limits(max_connections=1)) as http:
        chunks = iter([b'{"project": "pin", ', b'"workspaces": []}'])
        first = http.post("/__admin__/seed", content=chunks)
        stream = first.extensions["network_stream"]
        port = stream.get_extra_info("client_addr")
        head = http.head("/apis/core/v1/projects", headers={"api-key": "any"})
        last = http.get("/apis/core/v1/projects", headers={"api-key": "any"})
        assert last.extensions["network_stream"].get_extra_info("client_addr") == port
    assert (head.content, head.headers["content-length"]) == (b"", last.headers["content-length"])
    assert [project["name"] for project in last.json()] == ["pin"]


def test_a_stopped_server_cuts_its_connections() -> None:
    """As the end of a process would."""
    with serve(build()) as running, plain.client(running.url) as http:
        http.get("/__admin__/health").raise_for_status()
        running.stop()
        with pytest.raises(httpx.TransportError):
            http.get("/__admin__/health")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_as_a_process_it_says_its_port_serves_and_ends_in_order(end: signal.Signals) -> None:
    """One line on standard output, nothing else, and 0 as exit code."""
    command = [sys.executable, "-m", "emulators", "aic", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        ready = json.loads(process.stdout.readline())
        assert set(ready) == {"port"}
        health = httpx.get(f"http://127.0.0.1:{ready['port']}/__admin__/health").json()
        process.send_signal(end)
        rest, errors = process.communicate(timeout=20)
    assert (health, rest, errors, process.returncode) == ({"ok": True}, "", "", 0)
