"""Pipelines of the GitLab stand-in: started by hand, listed, ended from outside, and what they hold up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gitlab.exceptions import GitlabCreateError, GitlabHttpError

from tests.contract.gitlab_stand_in import API, PATH, StandIn, said, served
from tests.contract.hooked import hooked, opened, tip
from tests.contract.receiver import receiving

ALL = f"{API}/pipelines"
YML = ".gitlab-ci.yml"


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path) as stand_in:
        stand_in.seed(feature={"a.txt": "a\n"}, other={"b.txt": "b\n"})
        yield stand_in


def start(stand_in: StandIn, ref: str = "feature", **fields: object) -> httpx.Response:
    return stand_in.http.post(f"{API}/pipeline", json={"ref": ref, **fields})


def finish(stand_in: StandIn, number: int, status: str) -> None:
    stand_in.admin("POST", "finish-pipeline", {"project": PATH, "pipeline": number, "status": status})


def numbers(stand_in: StandIn, **query: object) -> list[int]:
    return [one["id"] for one in stand_in.get("/pipelines", **query).json()]


def test_a_pipeline_is_started_and_finished(stand_in: StandIn) -> None:
    """python-gitlab's whole way: create, look, its variables, the end that the control plane brings."""
    project = stand_in.project()
    pipeline = project.pipelines.create(
        {
            "ref": "feature",
            "variables": [{"key": "A", "value": "1"}, {"key": "F", "value": "x", "variable_type": "file"}],
        }
    )

    assert (pipeline.status, pipeline.source, pipeline.ref) == ("pending", "api", "feature")
    assert pipeline.sha == tip(stand_in, "feature")
    assert pipeline.detailed_status["text"] == "Pending"
    found = {one.key: (one.value, one.variable_type) for one in pipeline.variables.list()}
    assert found == {"A": ("1", "env_var"), "F": ("x", "file")}
    finish(stand_in, pipeline.id, "success")
    ended = project.pipelines.get(pipeline.id)
    assert (ended.status, ended.detailed_status["text"], ended.duration) == ("success", "Passed", 0)
    assert project.pipelines.latest(ref="feature").id == pipeline.id


@pytest.mark.parametrize(
    ("ref", "fields", "reason"),
    [
        ("absent", {}, "Reference not found"),
        ("feature", {"variables": [{"key": "A", "value": "1"}] * 2}, "Duplicate variable name: A"),
    ],
)
def test_what_cannot_be_started_says_why(stand_in: StandIn, ref: str, fields: dict[str, object], reason: str) -> None:
    """400, the reasons as a list under `base`."""
    assert said(start(stand_in, ref, **fields)) == (400, {"message": {"base": [reason]}})
    assert numbers(stand_in) == []


def test_a_ref_is_needed_and_variables_have_keys(stand_in: StandIn) -> None:
    assert said(stand_in.http.post(f"{API}/pipeline", json={})) == (400, {"error": "ref is missing"})
    assert said(start(stand_in, variables=[{"value": "1"}])) == (400, {"error": "variables is invalid"})
    assert start(stand_in, variables=[{"key": "A", "variable_type": "secret"}]).status_code == 400


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (None, "Missing CI config file"),
        (".hidden:\n  script: ls\nstages: [a]\n", "jobs config should contain at least one visible job"),
        ("- a list\n", "Invalid configuration format"),
        ("a: [\n", "Invalid configuration format"),
    ],
)
def test_a_commit_needs_jobs_where_that_is_asked_for(stand_in: StandIn, config: str | None, reason: str) -> None:
    """The setting `require_ci_config`; a config that is there is looked at in any case."""
    stand_in.settings(require_ci_config=True)
    if config is not None:
        stand_in.admin("POST", "commit", {"project": PATH, "branch": "feature", "write": {YML: config}})
    assert said(start(stand_in)) == (400, {"message": {"base": [reason]}})
    stand_in.admin("POST", "commit", {"project": PATH, "branch": "feature", "write": {YML: "test:\n  script: ls\n"}})
    assert start(stand_in).status_code == 201


def test_a_protected_branch_is_only_for_those_who_may_push(stand_in: StandIn) -> None:
    """A developer starts none there; a reporter none at all."""
    stand_in.settings(user_access_level=30)
    assert start(stand_in, "feature").status_code == 201
    answer = start(stand_in, "main")
    assert answer.status_code == 400
    assert answer.json()["message"]["base"][0].startswith("You do not have sufficient permission to run a pipeline on")
    stand_in.settings(user_access_level=20)
    assert said(start(stand_in)) == (403, {"message": "403 Forbidden"})


def test_who_may_merge_into_a_protected_branch_may_start_one_there(stand_in: StandIn) -> None:
    """Pushing is not asked for."""
    stand_in.settings(user_access_level=30)
    stand_in.http.delete(f"{API}/protected_branches/main")
    stand_in.settings(user_access_level=40)
    rule = {"name": "main", "push_access_level": 0, "merge_access_level": 30}
    stand_in.http.delete(f"{API}/protected_branches/main")
    assert stand_in.http.post(f"{API}/protected_branches", json=rule).status_code == 201
    stand_in.settings(user_access_level=30)

    assert start(stand_in, "main").status_code == 201


@pytest.mark.parametrize(
    ("role", "level", "status"),
    [("developer", 30, 201), ("maintainer", 30, 400), ("maintainer", 40, 201), ("no_one_allowed", 40, 400)],
)
def test_variables_are_for_the_roles_that_the_project_lets_set_them(
    stand_in: StandIn, role: str, level: int, status: int
) -> None:
    """Without variables everybody else who may start one still does."""
    changed = {"ci_pipeline_variables_minimum_override_role": role}
    assert stand_in.http.put(API, json=changed).json()["ci_pipeline_variables_minimum_override_role"] == role
    stand_in.settings(user_access_level=level)

    answer = start(stand_in, variables=[{"key": "A", "value": "1"}])
    assert answer.status_code == status
    if status == 400:
        assert answer.json() == {"message": {"base": ["Insufficient permissions to set pipeline variables"]}}
    assert start(stand_in).status_code == 201


def test_the_list_is_filtered_and_sorted(stand_in: StandIn) -> None:
    """Newest first; by status, ref, sha, scope, source, user and time."""
    first, second, third = (start(stand_in, ref).json()["id"] for ref in ("feature", "other", "feature"))
    finish(stand_in, first, "failed")
    stand_in.http.post(f"{ALL}/{second}/cancel")

    assert numbers(stand_in) == [third, second, first]
    assert numbers(stand_in, sort="asc") == [first, second, third]
    assert numbers(stand_in, status="failed") == [first]
    assert numbers(stand_in, ref="other") == [second]
    assert numbers(stand_in, sha=tip(stand_in, "feature")) == [third, first]
    assert numbers(stand_in, scope="finished") == [second, first]
    assert numbers(stand_in, scope="branches") == [third, second]
    assert numbers(stand_in, scope="tags") == []
    assert numbers(stand_in, source="external") == []
    assert numbers(stand_in, username="user2") == [third, second, first]
    assert numbers(stand_in, username="root") == []
    assert numbers(stand_in, yaml_errors="true") == []
    after = stand_in.get(f"/pipelines/{first}").json()["updated_at"]
    assert numbers(stand_in, updated_after=after, order_by="updated_at") == [second, first]
    assert said(stand_in.get("/pipelines", status="odd")) == (400, {"error": "status does not have a valid value"})


def test_the_newest_of_a_branch_is_forbidden_where_there_is_none(stand_in: StandIn) -> None:
    """403 is GitLab's word for it; a pipeline of an older commit does not count."""
    project = stand_in.project()
    start(stand_in)
    assert project.pipelines.latest(ref="feature").ref == "feature"
    stand_in.admin("POST", "commit", {"project": PATH, "branch": "feature", "write": {"c.txt": "c"}})
    with pytest.raises(GitlabHttpError) as caught:
        project.pipelines.latest(ref="feature")
    assert caught.value.response_code == 403


def test_a_pipeline_is_cancelled_and_tried_again(stand_in: StandIn) -> None:
    """What has ended can't be cancelled, what has succeeded is not tried again; neither is an error."""
    project = stand_in.project()
    pipeline = project.pipelines.create({"ref": "feature"})
    pipeline.cancel()
    assert project.pipelines.get(pipeline.id).status == "canceled"
    assert stand_in.http.post(f"{ALL}/{pipeline.id}/retry").status_code == 201
    assert project.pipelines.get(pipeline.id).status == "pending"
    finish(stand_in, pipeline.id, "success")
    assert stand_in.http.post(f"{ALL}/{pipeline.id}/cancel").json()["status"] == "success"
    assert stand_in.http.post(f"{ALL}/{pipeline.id}/retry").json()["status"] == "success"


def test_a_deleted_pipeline_is_gone_with_its_statuses(stand_in: StandIn) -> None:
    project = stand_in.project()
    pipeline = project.pipelines.create({"ref": "feature"})
    stand_in.http.post(f"{API}/statuses/{pipeline.sha}", json={"state": "running"})
    pipeline.delete()
    assert stand_in.get(f"/pipelines/{pipeline.id}").status_code == 404
    assert stand_in.get(f"/repository/commits/{pipeline.sha}/statuses").json() == []
    stand_in.settings(user_access_level=30)
    number = start(stand_in).json()["id"]
    assert stand_in.http.delete(f"{ALL}/{number}").status_code == 403


def test_a_status_from_outside_joins_the_pipeline_of_its_commit(stand_in: StandIn) -> None:
    """It is one more job of it: the pipeline is not over before its own jobs are."""
    pipeline = start(stand_in).json()
    posted = stand_in.http.post(f"{API}/statuses/{pipeline['sha']}", json={"state": "success"}).json()
    assert posted["pipeline_id"] == pipeline["id"]
    assert stand_in.get(f"/pipelines/{pipeline['id']}").json()["status"] == "pending"
    finish(stand_in, pipeline["id"], "success")
    assert stand_in.get(f"/pipelines/{pipeline['id']}").json()["status"] == "success"


def test_hooks_hear_of_each_new_state(stand_in: StandIn) -> None:
    """pending, canceled, pending, success: each once, with the variables."""
    with receiving() as receiver:
        hooked(stand_in, receiver, pipeline_events=True)
        number = start(stand_in, variables=[{"key": "A", "value": "1"}]).json()["id"]
        for call in ("cancel", "cancel", "retry"):
            stand_in.http.post(f"{ALL}/{number}/{call}")
        finish(stand_in, number, "success")
        told = [one.body["object_attributes"] for one in receiver.wait(4)]

    assert [one["status"] for one in told] == ["pending", "canceled", "pending", "success"]
    assert all(one["variables"] == [{"key": "A", "value": "1"}] and one["source"] == "api" for one in told)


def test_a_merge_request_shows_its_pipelines(stand_in: StandIn) -> None:
    """Those of its own commits, and no others."""
    opened(stand_in)
    wanted = start(stand_in).json()["id"]
    start(stand_in, "other")
    merge_request = stand_in.project().mergerequests.get(1)
    assert [one.id for one in merge_request.pipelines.list()] == [wanted]
    assert merge_request.head_pipeline["id"] == wanted


def status(stand_in: StandIn) -> str:
    return str(stand_in.get("/merge_requests/1").json()["detailed_merge_status"])


def test_a_merge_waits_for_the_pipeline_where_the_project_says_so(stand_in: StandIn) -> None:
    """None is not enough, one under way neither; only a success opens the gate."""
    opened(stand_in)
    changed: Any = stand_in.http.put(API, json={"only_allow_merge_if_pipeline_succeeds": True}).json()
    assert changed["only_allow_merge_if_pipeline_succeeds"] is True

    def merge() -> int:
        return stand_in.http.put(f"{API}/merge_requests/1/merge").status_code

    assert (status(stand_in), merge()) == ("ci_must_pass", 405)
    number = start(stand_in).json()["id"]
    assert (status(stand_in), merge()) == ("ci_still_running", 405)
    finish(stand_in, number, "failed")
    assert (status(stand_in), merge()) == ("ci_must_pass", 405)
    finish(stand_in, number, "success")
    assert (status(stand_in), merge()) == ("mergeable", 200)


def test_an_unknown_pipeline_is_not_found(stand_in: StandIn) -> None:
    for number in ("7", "odd"):
        assert stand_in.get(f"/pipelines/{number}").status_code == 404
        assert stand_in.http.post(f"{ALL}/{number}/cancel").status_code == 404
    with pytest.raises(GitlabCreateError):
        stand_in.project().pipelines.create({"ref": "absent"})
