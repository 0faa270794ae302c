"""Deployments and environments of the GitLab stand-in behave as GitLab's do."""

from typing import Any

import httpx
import pytest
from gitlab.exceptions import GitlabUpdateError

from tests.contract.gitlab_stand_in import API, StandIn

WHERE = "aic/pin-fusion"


def tip(stand_in: StandIn, branch: str = "main") -> str:
    return str(stand_in.get(f"/repository/branches/{branch}").json()["commit"]["id"])


def deploy(stand_in: StandIn, status: str = "success", **fields: object) -> httpx.Response:
    body = {"environment": WHERE, "sha": tip(stand_in), "ref": "main", "tag": False, "status": status, **fields}
    return stand_in.http.post(f"{API}/deployments", json=body)


def listed(stand_in: StandIn, **query: object) -> list[Any]:
    return [row["id"] for row in stand_in.get("/deployments", **query).json()]


def moved(stand_in: StandIn, number: int, status: str) -> httpx.Response:
    return stand_in.http.put(f"{API}/deployments/{number}", json={"status": status})


def test_a_deployment_makes_its_environment(stand_in: StandIn) -> None:
    """201 with user, environment and no CI job; the environment is there afterwards, its tier guessed."""
    made = deploy(stand_in, "running").json()
    assert (made["status"], made["sha"], made["ref"], made["iid"]) == ("running", tip(stand_in), "main", 1)
    assert made["deployable"] is None
    assert made["user"]["id"] == stand_in.http.get("/api/v4/user").json()["id"]
    (environment,) = stand_in.get("/environments", name=WHERE).json()
    assert (environment["id"], environment["state"]) == (made["environment"]["id"], "available")
    deploy(stand_in, "success")
    assert len(stand_in.get("/environments").json()) == 1


def test_the_client_takes_a_deployment_to_its_end(stand_in: StandIn) -> None:
    """running, then success; the same state again is refused."""
    deployments = stand_in.project().deployments
    sha = tip(stand_in)
    made = deployments.create({"environment": WHERE, "sha": sha, "ref": "main", "tag": False, "status": "running"})
    made.status = "success"
    made.save()
    assert deployments.get(made.id).status == "success"
    again = deployments.get(made.id)
    with pytest.raises(GitlabUpdateError) as refused:
        deployments.update(again.id, {"status": "success"})
    assert refused.value.response_code == 400


@pytest.mark.parametrize(
    ("first", "second", "event"),
    [("running", "running", "run"), ("failed", "failed", "drop"), ("success", "running", "run")],
)
def test_an_impossible_move_is_refused(stand_in: StandIn, first: str, second: str, event: str) -> None:
    """400 under the field's name; the deployment stays as it was."""
    number = deploy(stand_in, first).json()["id"]
    refused = moved(stand_in, number, second)

    assert (refused.status_code, refused.json()) == (
        400,
        {"message": {"status": [f'cannot transition via "{event}"']}},
    )
    assert stand_in.get(f"/deployments/{number}").json()["status"] == first


def test_what_cannot_be_deployed_is_refused(stand_in: StandIn) -> None:
    """Missing and wrong parameters under `error`; a commit or ref that is not there under `message`."""
    bare = stand_in.http.post(f"{API}/deployments", json={"status": "success", "ref": "main"})
    assert bare.json() == {"error": "environment is missing, sha is missing, tag is missing"}
    assert deploy(stand_in, "done").json() == {"error": "status does not have a valid value"}
    assert deploy(stand_in, sha="0" * 40).json() == {"message": {"sha": ["The commit does not exist"]}}
    assert deploy(stand_in, ref="nowhere").json() == {"message": {"ref": ["The branch or tag does not exist"]}}
    assert deploy(stand_in, environment="/x").status_code == 400
    assert listed(stand_in) == []
    assert stand_in.get("/deployments/5").status_code == 404


def test_a_list_goes_upwards_by_id_unless_told_otherwise(stand_in: StandIn) -> None:
    """Filters by environment, by its name, and by status; pages as everywhere."""
    first = deploy(stand_in).json()["id"]
    second = deploy(stand_in, "failed").json()["id"]
    third = deploy(stand_in, environment="aic/other").json()["id"]
    assert listed(stand_in) == [first, second, third]
    assert listed(stand_in, sort="desc", order_by="id") == [third, second, first]
    assert listed(stand_in, environment=WHERE, status="success") == [first]
    assert listed(stand_in, environment="nowhere") == []
    assert stand_in.get("/deployments", per_page=1).headers["X-Total"] == "3"


def test_a_window_of_time_needs_its_own_order(stand_in: StandIn) -> None:
    """`updated_after` without `order_by=updated_at` is a 400, so is `finished_after` without success."""
    first = deploy(stand_in, "running").json()["id"]
    second = deploy(stand_in, "running").json()
    moved(stand_in, first, "success")
    window = {"updated_after": second["updated_at"]}

    assert stand_in.get("/deployments", **window).status_code == 400
    assert listed(stand_in, **window, order_by="updated_at") == [second["id"], first]
    finished = {"finished_after": second["created_at"], "order_by": "finished_at"}
    assert stand_in.get("/deployments", **finished).status_code == 400
    assert listed(stand_in, **finished, status="success") == [first]


def test_what_runs_or_is_live_is_not_deleted(stand_in: StandIn) -> None:
    """400 for a running one and for the environment's last success, 204 for others."""
    old, live = (deploy(stand_in).json()["id"] for _ in range(2))
    running = deploy(stand_in, "running").json()["id"]

    def deleted(number: int) -> tuple[int, str]:
        answer = stand_in.http.delete(f"{API}/deployments/{number}")
        return answer.status_code, answer.json()["message"] if answer.content else ""

    assert deleted(running) == (400, "Cannot destroy running deployment")
    assert deleted(live) == (400, "Deployment currently deployed to environment")
    assert deleted(old) == (204, "")
    assert listed(stand_in) == [live, running]


def test_the_first_success_knows_what_came_with_it(stand_in: StandIn) -> None:
    """The merge requests merged since the environment's last success, and no others."""
    deploy(stand_in)
    request = stand_in.project().mergerequests.create(
        {"source_branch": "feature", "target_branch": "main", "title": "x"}
    )
    request.merge()
    number = deploy(stand_in, "running").json()["id"]
    below = f"/deployments/{number}/merge_requests"
    assert stand_in.get(below).json() == []
    moved(stand_in, number, "success")
    assert [row["iid"] for row in stand_in.get(below).json()] == [1]
    again = deploy(stand_in).json()["id"]
    assert stand_in.get(f"/deployments/{again}/merge_requests").json() == []


def test_a_success_starts_a_stopped_environment_again(stand_in: StandIn) -> None:
    """What runs somewhere is not stopped."""
    environment = deploy(stand_in).json()["environment"]["id"]
    stand_in.http.post(f"{API}/environments/{environment}/stop")
    assert stand_in.get(f"/environments/{environment}").json()["state"] == "stopped"
    deploy(stand_in)
    assert stand_in.get(f"/environments/{environment}").json()["state"] == "available"


def test_environments_are_made_found_stopped_and_then_deleted(stand_in: StandIn) -> None:
    """A taken name is a 400; a delete before the stop 403; `search` wants three letters and excludes `name`."""
    environments = stand_in.project().environments
    made = environments.create({"name": "aic/pin-fusion-prod", "external_url": "https://example.com"})
    assert (made.tier, made.state) == ("production", "available")
    assert len(made.slug) <= 24
    taken = stand_in.http.post(f"{API}/environments", json={"name": made.name})
    assert (taken.status_code, taken.json()["message"]["name"]) == (400, ["has already been taken"])
    assert stand_in.get("/environments", search="fu").status_code == 400
    assert stand_in.get("/environments", search="fusion", name="x").status_code == 400
    assert [row["id"] for row in stand_in.get("/environments", search="FUSION").json()] == [made.id]
    refused = stand_in.http.delete(f"{API}/environments/{made.id}")
    assert refused.status_code == 403
    made.stop()
    assert stand_in.get("/environments", states="stopped").json()[0]["id"] == made.id
    assert stand_in.get("/environments", states="available").json() == []
    made.delete()
    assert stand_in.get(f"/environments/{made.id}").status_code == 404


def test_an_environment_knows_its_last_success(stand_in: StandIn) -> None:
    """By itself it shows the newest successful deployment, whatever failed later."""
    success = deploy(stand_in).json()
    deploy(stand_in, "failed")
    shown = stand_in.get(f"/environments/{success['environment']['id']}").json()
    assert shown["last_deployment"]["id"] == success["id"]
