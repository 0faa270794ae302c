"""The AIC stand-in over loopback, as a client of AIC sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from emulators.aic.process import build
from emulators.server import serve
from tests import plain

FIELDS = {"variables": [], "sourceStage": {"tasks": []}, "stages": [], "sinkStage": {"tasks": []}}


@dataclass(frozen=True, slots=True)
class Aic:
    """One workspace `QA` of the project `pin`, and the client that looks at it."""

    http: httpx.Client
    jobs_url: str

    def create(self, title: str, **more: object) -> httpx.Response:
        return self.http.post(self.jobs_url, json={"title": title, **FIELDS, **more})

    def listed(self) -> list[dict[str, Any]]:
        jobs: list[dict[str, Any]] = self.http.get(self.jobs_url).raise_for_status().json()["jobs"]
        return jobs

    def ids(self, title: str) -> list[str]:
        return [job["$id"] for job in self.listed() if job.get("title") == title]

    def config(self, id_: str) -> dict[str, Any]:
        config: dict[str, Any] = self.http.get(f"{self.jobs_url}/{id_}").raise_for_status().json()["jobConfig"]
        return config

    def setting(self, **values: object) -> None:
        self.http.put("/__admin__/settings", json=values).raise_for_status()


@pytest.fixture
def aic() -> Iterator[Aic]:
    """An AIC of its own for each test."""
    with serve(build()) as running, plain.client(running.url, headers={"api-key": "any"}, timeout=60) as http:
        seed = {"project": "pin", "workspaces": [{"name": "QA", "jobs": []}, {"name": "PROD", "jobs": []}]}
        http.post("/__admin__/seed", json=seed).raise_for_status()
        project = http.get("/apis/core/v1/projects").json()[0]["$id"]
        workspace = http.get(f"/apis/core/v1/projects/{project}/workspaces").json()[0]["$id"]
        yield Aic(http, f"/apis/core/v1/projects/{project}/workspaces/{workspace}/jobs")


def test_projects_and_workspaces_are_lists_of_id_and_name(aic: Aic) -> None:
    """Found by exact name; nothing else is told."""
    projects = aic.http.get("/apis/core/v1/projects").json()
    workspaces = aic.http.get(f"/apis/core/v1/projects/{projects[0]['$id']}/workspaces").json()
    assert [set(one) for one in projects + workspaces] == [{"$id", "name"}] * 3
    assert [one["name"] for one in projects + workspaces] == ["pin", "QA", "PROD"]


def test_a_created_job_is_listed_by_id_and_title_alone_and_read_whole(aic: Aic) -> None:
    """Its id is hexadecimal and told by the list only."""
    created = aic.create("Demographics", stages=[{"tasks": []}])
    assert (created.status_code, "$id" in created.text) == (201, False)
    (job,) = aic.listed()
    assert set(job) == {"$id", "title"}
    assert int(job["$id"], 16) >= 0
    assert len(job["$id"]) >= 8
    assert aic.config(job["$id"]) == {"$id": job["$id"], "title": "Demographics", **FIELDS, "stages": [{"tasks": []}]}


def test_names_are_free_text(aic: Aic) -> None:
    """Slashes, any Unicode, and the same name in another case are jobs of their own."""
    names = ["ford rdd - v2 QA/Test", "顧客 🚗 \\ \" ' | `", "Orders", "orders", " spaced ", "Cafe\u0301", "Caf\u00e9"]
    assert [aic.create(name).status_code for name in names] == [201] * len(names)
    assert [job["title"] for job in aic.listed()] == names
    assert len({job["$id"] for job in aic.listed()}) == len(names)


def test_a_second_job_of_one_title_is_refused_or_made_as_the_setting_says(aic: Aic) -> None:
    """Which of the two AIC does isn't known."""
    aic.create("P")
    refused = aic.create("P")
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/json")
    aic.setting(duplicate_title="create second")
    assert aic.create("P").status_code == 201
    assert len(set(aic.ids("P"))) == 2


def test_a_post_with_an_id_updates_that_job(aic: Aic) -> None:
    """No second one comes of it, and the id stays."""
    aic.create("P")
    (id_,) = aic.ids("P")
    assert aic.create("P", **{"$id": id_, "variables": [{"id": "QA", "value": "1"}]}).status_code == 200
    assert aic.ids("P") == [id_]
    assert aic.config(id_)["variables"] == [{"id": "QA", "value": "1"}]


def test_a_put_updates_and_may_rename(aic: Aic) -> None:
    """The id stays the same; another job's title is refused like a second creation."""
    aic.create("P")
    aic.create("taken")
    (id_,) = aic.ids("P")
    assert aic.http.put(f"{aic.jobs_url}/{id_}", json={"title": "taken", **FIELDS}).status_code == 409
    assert aic.http.put(f"{aic.jobs_url}/{id_}", json={"title": "Q", **FIELDS}).status_code == 200
    assert (aic.ids("Q"), aic.ids("P")) == ([id_], [])


@pytest.mark.parametrize(("upsert", "kept"), [("merge", {"schedule", "$owner"}), ("replace", {"$owner"})])
def test_an_update_keeps_other_keys_as_the_setting_says(aic: Aic, upsert: str, kept: set[str]) -> None:
    """AIC's own `$…` keys stay in any case, and nobody else can write them."""
    put = {"title": "P", **FIELDS, "schedule": {"cron": "0 1 * * *"}, "$owner": "ann"}
    aic.http.post("/__admin__/put-jobs", json={"project": "pin", "workspace": "QA", "put": [put]}).raise_for_status()
    aic.setting(upsert=upsert)
    (id_,) = aic.ids("P")
    aic.http.put(f"{aic.jobs_url}/{id_}", json={"title": "P", **FIELDS, "$owner": "me"}).raise_for_status()
    config = aic.config(id_)
    assert set(config) - {"$id", "title", *FIELDS} == kept
    assert config["$owner"] == "ann"


def test_other_keys_that_are_sent_are_stored(aic: Aic) -> None:
    """A jobConfig keeps what AIC doesn't know."""
    aic.create("P", schedule={"cron": "0 1 * * *"})
    assert aic.config(aic.ids("P")[0])["schedule"] == {"cron": "0 1 * * *"}


def test_what_is_unknown_is_404(aic: Aic) -> None:
    """In JSON, for reading and for writing; a job of another workspace counts as unknown."""
    other = aic.jobs_url.replace("/workspaces/", "/workspaces/0")
    body = {"title": "P", **FIELDS}
    answers = [
        aic.http.get(f"{aic.jobs_url}/65f1c0de"),
        aic.http.put(f"{aic.jobs_url}/65f1c0de", json=body),
        aic.http.post(aic.jobs_url, json={"$id": "65f1c0de", **body}),
        aic.http.get(other),
        aic.http.post(other, json=body),
        aic.http.get("/apis/core/v1/projects/0/workspaces"),
    ]
    assert [(answer.status_code, set(answer.json())) for answer in answers] == [(404, {"message"})] * len(answers)
    assert aic.listed() == []


def test_a_job_cannot_be_deleted(aic: Aic) -> None:
    """AIC has no known call for it."""
    aic.create("P")
    assert aic.http.delete(f"{aic.jobs_url}/{aic.ids('P')[0]}").status_code == 405
    assert len(aic.ids("P")) == 1


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"title": 5}', b"{", b""])
def test_a_body_that_is_no_job_is_refused(aic: Aic, body: bytes) -> None:
    """And nothing is made."""
    assert aic.http.post(aic.jobs_url, content=body).status_code == 400
    assert aic.listed() == []


def test_a_key_is_needed_and_the_wrong_one_refused_in_json(aic: Aic) -> None:
    """Any non-empty key will do unless the setting names one."""
    assert aic.http.get(aic.jobs_url, headers={"api-key": ""}).status_code == 401
    aic.setting(require_key="s3cret")
    refused = aic.http.get(aic.jobs_url)
    assert (refused.status_code, refused.json()) == (401, {"message": "Unauthorized"})
    assert aic.http.get(aic.jobs_url, headers={"api-key": "s3cret"}).status_code == 200


def test_a_missing_title_is_missing_from_the_list(aic: Aic) -> None:
    """As AIC's lists are known to have it."""
    body = {"project": "pin", "workspace": "QA", "put": [{**FIELDS, "$id": "65f1c0de"}]}
    aic.http.post("/__admin__/put-jobs", json=body).raise_for_status()
    assert aic.listed() == [{"$id": "65f1c0de"}]
    assert aic.config("65f1c0de") == {"$id": "65f1c0de", **FIELDS}


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("500", 500, "application/json"),
        ("502", 502, "text/html"),
        ("503", 503, "text/html"),
        ("429", 429, "application/json"),
        ("401", 401, "application/json"),
        ("403", 403, "application/json"),
        ("empty", 200, "application/json"),
    ],
)
def test_faults_look_as_aic_and_its_gateway_word_them(aic: Aic, kind: str, status: int, content_type: str) -> None:
    """A write that meets one before its work changes nothing."""
    aic.http.put("/__admin__/faults", json=[{"kind": kind, "method": "POST", "times": 1}]).raise_for_status()
    answer = aic.create("P")
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    assert (len(answer.content) == 0) == (kind == "empty")
    assert aic.listed() == []


@pytest.mark.parametrize(("phase", "titles"), [("before", []), ("after", ["P"])])
def test_a_dropped_connection_gives_no_answer_over_the_wire(aic: Aic, phase: str, titles: list[str]) -> None:
    """The client can only read to learn whether its write happened."""
    aic.http.put("/__admin__/faults", json=[{"kind": "drop", "method": "POST", "phase": phase}]).raise_for_status()
    with pytest.raises(httpx.RemoteProtocolError):
        aic.create("P")
    assert [job["title"] for job in aic.listed()] == titles


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "[-1.5e400]"])
def test_what_only_python_takes_for_a_number_is_no_json(aic: Aic, number: str) -> None:
    """It would come back as a body that no other client can read."""
    answer = aic.http.post(aic.jobs_url, content=f'{{"title": "x", "variables": {number}}}'.encode())
    assert (answer.status_code, set(answer.json())) == (400, {"message"})
    assert aic.listed() == []


def test_every_refusal_has_a_message(aic: Aic) -> None:
    """Also those of calls that there are not."""
    for method, path in (("GET", "/apis/core/v1/odd"), ("DELETE", aic.jobs_url)):
        assert set(aic.http.request(method, path).json()) == {"message"}
