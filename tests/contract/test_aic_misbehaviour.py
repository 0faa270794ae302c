"""The switches that make the AIC stand-in behave as badly as AIC may."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.contract.aic_stand_in import FIELDS, Workspace, furnished

TASK = {"id": "t", "type": "SQL", "enabled": False, "config": {"query": "SELECT 1"}}
STAGES = [{"stageId": "s", "tasks": [TASK, "odd"]}, "odd"]


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """An AIC of its own for each test, with the job `A`."""
    with furnished({"title": "A", **FIELDS}) as workspace:
        yield workspace


def test_defaults_that_the_server_adds_show_in_what_is_read_back(workspace: Workspace) -> None:
    """On creating and on updating; what was sent is in it unchanged."""
    workspace.setting(defaults="add")
    sent = {"title": "N", **FIELDS, "stages": STAGES}
    workspace.call("POST", "jobs", json=sent).raise_for_status()
    workspace.call("PUT", f"jobs/{workspace.job('A')}", json={**sent, "title": "A"}).raise_for_status()

    for title in ("N", "A"):
        config = workspace.read(f"jobs/{workspace.job(title)}")["jobConfig"]
        added = {"description": "", "enabled": True}
        assert config["priority"] == "NORMAL"
        assert config["stages"] == [{"stageId": "s", **added, "tasks": [{**added, **TASK}, "odd"]}, "odd"]
        assert config["sinkStage"] == {"tasks": [], **added}


def test_without_that_setting_nothing_is_added(workspace: Workspace) -> None:
    """What is read back is what was sent."""
    workspace.call("POST", "jobs", json={"title": "N", **FIELDS, "stages": STAGES}).raise_for_status()
    id_ = workspace.job("N")

    assert workspace.read(f"jobs/{id_}")["jobConfig"] == {"$id": id_, "title": "N", **FIELDS, "stages": STAGES}


def test_stale_reads_show_an_update_late(workspace: Workspace) -> None:
    """So many reads after a write show what was there before; the write itself has happened."""
    workspace.setting(stale_reads=2)
    id_ = workspace.job("A")
    workspace.call("PUT", f"jobs/{id_}", json={"title": "A2", **FIELDS}).raise_for_status()
    titles = [workspace.read(f"jobs/{id_}")["jobConfig"]["title"] for _ in range(4)]
    listed = [workspace.read("jobs")["jobs"][0]["title"] for _ in range(4)]

    assert titles == listed == ["A", "A", "A2", "A2"]
    assert workspace.job("A2") == id_


def test_stale_reads_hide_a_new_job_at_first(workspace: Workspace) -> None:
    """From the list and by its id; a later write without the setting is seen at once."""
    workspace.setting(stale_reads=1)
    workspace.call("POST", "jobs", json={"title": "N", **FIELDS}).raise_for_status()
    id_ = workspace.job("N")

    assert [workspace.call("GET", f"jobs/{id_}").status_code for _ in range(2)] == [404, 200]
    assert [len(workspace.read("jobs")["jobs"]) for _ in range(2)] == [1, 2]
    workspace.call("PUT", f"jobs/{id_}", json={"title": "N2", **FIELDS}).raise_for_status()
    workspace.setting(stale_reads=0)
    workspace.call("PUT", f"jobs/{id_}", json={"title": "N3", **FIELDS}).raise_for_status()
    assert workspace.read(f"jobs/{id_}")["jobConfig"]["title"] == "N3"
    assert [job["title"] for job in workspace.read("jobs")["jobs"]] == ["A", "N3"]


def test_too_many_requests_side_by_side_are_answered_200_with_nothing(workspace: Workspace) -> None:
    """Those above the limit, and they are carried out all the same; one after the other is fine."""
    workspace.setting(empty_above=1, latency_ms=300)
    titles = [f"N{number}" for number in range(6)]

    def create(title: str) -> httpx.Response:
        return workspace.call("POST", "jobs", json={"title": title, **FIELDS})

    with ThreadPoolExecutor(len(titles)) as pool:
        answers = list(pool.map(create, titles))
    statuses = {(answer.status_code, bool(answer.content)) for answer in answers}
    workspace.setting(latency_ms=0)

    assert statuses == {(201, True), (200, False)}
    assert {job["title"] for job in workspace.dump()["jobs"]} == {"A", *titles}
    assert create("last").status_code == 201
    faults = [entry["fault"] for entry in workspace.http.get("/__admin__/log").json()]
    assert faults.count("empty") == sum(not answer.content for answer in answers)


@pytest.mark.parametrize("setting", [{"defaults": "some"}, {"stale_reads": "2"}, {"empty_above": None}])
def test_a_switch_takes_only_what_it_can_mean(workspace: Workspace, setting: dict[str, object]) -> None:
    """A typo in a driver is told, not ignored."""
    assert workspace.http.put("/__admin__/settings", json=setting).status_code == 400
