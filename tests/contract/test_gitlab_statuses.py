"""Commit statuses of the GitLab stand-in are the state machine that GitLab's are."""

from typing import Any

import httpx
import pytest
from gitlab.exceptions import GitlabCreateError

from tests.contract.gitlab_stand_in import API, StandIn

FINAL = ("success", "failed", "canceled", "skipped")


@pytest.fixture
def head(stand_in: StandIn) -> str:
    return str(stand_in.get("/repository/branches/feature").json()["commit"]["id"])


def post(stand_in: StandIn, sha: str, state: str, **fields: object) -> httpx.Response:
    token = {"PRIVATE-TOKEN": str(fields.pop("token", "one"))}
    body = {"state": state, "name": "aic/deploy", **fields}
    return stand_in.http.post(f"{API}/statuses/{sha}", json=body, headers=token)


def rows(stand_in: StandIn, sha: str, **query: object) -> list[Any]:
    return list(stand_in.get(f"/repository/commits/{sha}/statuses", **query).json())


def test_a_status_is_made_with_a_pipeline_from_outside(stand_in: StandIn, head: str) -> None:
    """201; the field is called `status`; the ref is the first branch with the commit; the commit shows the pipeline."""
    made = post(stand_in, head, "running", description="working", target_url="https://example.com/1")
    assert made.status_code == 201
    row = made.json()
    assert (row["status"], row["ref"], row["sha"], row["name"]) == ("running", "feature", head, "aic/deploy")
    assert (row["description"], row["target_url"]) == ("working", "https://example.com/1")
    pipeline = stand_in.get(f"/repository/commits/{head}").json()["last_pipeline"]
    assert (pipeline["id"], pipeline["source"], pipeline["status"]) == (row["pipeline_id"], "external", "running")


@pytest.mark.parametrize("state", FINAL)
def test_an_unfinished_row_is_moved_on(stand_in: StandIn, head: str, state: str) -> None:
    """pending, running and a final state are one row; only `skipped` can't come after `running`."""
    first = post(stand_in, head, "pending").json()["id"]
    if state != "skipped":
        assert post(stand_in, head, "running").json()["id"] == first
    done = post(stand_in, head, state, description="done").json()

    assert (done["id"], done["status"], done["description"]) == (first, state, "done")
    assert done["finished_at"] is not None
    assert len(rows(stand_in, head, all="true")) == 1


@pytest.mark.parametrize(
    ("first", "second", "event"),
    [
        ("pending", "pending", "enqueue"),
        ("running", "running", "run"),
        ("running", "pending", "enqueue"),
        ("running", "skipped", "skip"),
    ],
)
def test_a_way_that_the_machine_lacks_is_refused(
    stand_in: StandIn, head: str, first: str, second: str, event: str
) -> None:
    """400 in GitLab's words, and nothing of the row changes, its description neither."""
    post(stand_in, head, first, description="before")
    refused = post(stand_in, head, second, description="after")

    reason = f'(Reason(s): Status cannot transition via "{event}")'
    assert refused.status_code == 400
    assert refused.json() == {"message": f"Cannot transition status via :{event} from :{first} {reason}"}
    assert [(row["status"], row["description"]) for row in rows(stand_in, head)] == [(first, "before")]


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("after", ["success", "pending"])
def test_after_a_final_state_a_new_row_begins(stand_in: StandIn, head: str, state: str, after: str) -> None:
    """The same state again too; lists show the newest of a name unless `all` is asked for."""
    first = post(stand_in, head, state).json()["id"]
    second = post(stand_in, head, after)

    assert second.status_code == 201
    assert second.json()["id"] != first
    assert [row["id"] for row in rows(stand_in, head)] == [second.json()["id"]]
    assert [row["id"] for row in rows(stand_in, head, all=True)] == [first, second.json()["id"]]


def test_another_user_gets_a_row_of_its_own(stand_in: StandIn, head: str) -> None:
    """A pending row of somebody else is left alone."""
    mine = post(stand_in, head, "pending").json()["id"]
    theirs = post(stand_in, head, "pending", token="two")

    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine
    assert [row["status"] for row in rows(stand_in, head, all="true")] == ["pending", "pending"]


def test_names_and_refs_are_rows_of_their_own(stand_in: StandIn, head: str) -> None:
    """`context` is another word for `name`; a ref of its own gets a pipeline of its own; both can be filtered."""
    post(stand_in, head, "success")
    other = stand_in.http.post(f"{API}/statuses/{head}", json={"state": "success", "context": "lint"}).json()
    nameless = stand_in.http.post(f"{API}/statuses/{head}", json={"state": "success"}).json()
    elsewhere = post(stand_in, head, "success", ref="main").json()

    assert nameless["name"] == "default"
    assert other["pipeline_id"] != elsewhere["pipeline_id"]
    assert [row["id"] for row in rows(stand_in, head, name="lint")] == [other["id"]]
    assert [row["id"] for row in rows(stand_in, head, ref="main")] == [elsewhere["id"]]
    assert len(rows(stand_in, head)) == 4


def test_a_pipeline_is_as_its_newest_rows_are(stand_in: StandIn, head: str) -> None:
    """Running beats failed, failed beats success."""

    def overall() -> str:
        return str(stand_in.get(f"/repository/commits/{head}").json()["status"])

    post(stand_in, head, "success")
    assert overall() == "success"
    post(stand_in, head, "failed", name="other")
    assert overall() == "failed"
    post(stand_in, head, "running", name="third")
    assert overall() == "running"


def test_what_belongs_nowhere_is_not_found(stand_in: StandIn, head: str) -> None:
    """Unknown commits, commits on no branch and foreign pipelines are 404, each in its own words."""
    unknown = post(stand_in, "0" * 40, "success")
    assert (unknown.status_code, unknown.json()) == (404, {"message": "404 Commit Not Found"})
    number = post(stand_in, head, "running").json()["pipeline_id"]
    assert post(stand_in, head, "success", pipeline_id=number).status_code == 201
    foreign = post(stand_in, head, "success", pipeline_id=number + 1)
    text = "404 Pipeline for pipeline_id, sha and ref Not Found"
    assert (foreign.status_code, foreign.json()) == (404, {"message": text})
    lost = stand_in.commit("lost", {"action": "create", "file_path": "x", "content": "x"}, start_branch="main").json()
    stand_in.http.delete(f"{API}/repository/branches/lost")
    nowhere = post(stand_in, lost["id"], "success")
    assert (nowhere.status_code, nowhere.json()) == (404, {"message": "404 References for commit Not Found"})


def test_wrong_parameters_are_refused_before_anything_else(stand_in: StandIn, head: str) -> None:
    """A state that is none under `error`; texts that are too long under `message`; nothing is recorded."""
    absent = stand_in.http.post(f"{API}/statuses/{head}", json={})
    assert (absent.status_code, "error" in absent.json()) == (400, True)
    wrong = post(stand_in, head, "done")
    assert (wrong.status_code, wrong.json()) == (400, {"error": "state does not have a valid value"})
    long = post(stand_in, head, "success", description="x" * 256)
    assert (long.status_code, list(long.json()["message"])) == (400, ["description"])
    assert post(stand_in, head, "success", target_url="javascript:x").status_code == 400
    assert rows(stand_in, head) == []


def test_the_client_posts_with_one_request(stand_in: StandIn, head: str) -> None:
    """Lazy project, lazy commit; the refusal of a repeated state reaches it as text."""
    statuses = stand_in.project().commits.get(head, lazy=True).statuses
    stand_in.admin("DELETE", "counters")
    statuses.create({"state": "running", "name": "aic/deploy", "ref": "feature"})
    assert stand_in.admin("GET", "counters")["requests"] == 1
    with pytest.raises(GitlabCreateError, match="Cannot transition status via :run from :running"):
        statuses.create({"state": "running", "name": "aic/deploy", "ref": "feature"})
    assert [row.status for row in statuses.list(get_all=True)] == ["running"]
