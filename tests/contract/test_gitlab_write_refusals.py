"""How the GitLab stand-in refuses writes: commits, files and branches that cannot be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.gitlab_stand_in import API, StandIn, said, served

FILE = f"{API}/repository/files/a"
ON_A_BRANCH = "You can only create or edit files when you are on a branch"
NOT_ALLOWED = "You are not allowed to push into this branch"
CREATE = {"action": "create", "file_path": "new", "content": "1"}


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as stand_in:
        stand_in.seed(main={"a": "1", "dir/b": "2"})
        yield stand_in


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "400 Bad request - branch is required"),
        ({"branch": "main"}, "400 Bad request - commit_message is required"),
        ({"branch": "main", "commit_message": "m", "actions": []}, "400 Bad request - actions is required"),
    ],
)
def test_an_incomplete_commit_is_told_what_it_lacks(gitlab: StandIn, body: dict[str, object], message: str) -> None:
    answer = gitlab.http.post(f"{API}/repository/commits", json=body)

    assert said(answer) == (400, {"message": message})


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ({"file_path": "a"}, "actions[1][action] is required"),
        ({"action": "update"}, "actions[1][file_path] is required"),
        (
            {"action": "touch", "file_path": "a"},
            "actions[1][action] must be one of: create, update, move, delete, chmod",
        ),
        ({"action": "update", "file_path": "a"}, "actions[1][content] is required for update action"),
        ({"action": "move", "file_path": "b"}, "actions[1][previous_path] is required for move action"),
        ({"action": "chmod", "file_path": "a"}, "actions[1][execute_filemode] is required for chmod action"),
        (
            {"action": "chmod", "file_path": "a", "execute_filemode": 7},
            "actions[1][execute_filemode] must be a boolean",
        ),
        ({**CREATE, "encoding": "gzip"}, "actions[1][encoding] must be text or base64"),
    ],
)
def test_a_malformed_action_is_named(gitlab: StandIn, action: dict[str, object], text: str) -> None:
    answer = gitlab.commit("main", CREATE, action)

    assert said(answer) == (400, {"message": f"400 Bad request - {text}"})


@pytest.mark.parametrize(
    ("branch", "more", "message"),
    [
        ("nope", {}, ON_A_BRANCH),
        ("nope", {"start_branch": "neither"}, ON_A_BRANCH),
        (
            "main",
            {"start_branch": "main", "start_sha": "x"},
            "400 Bad request - start_branch, start_sha are mutually exclusive",
        ),
        ("new", {"start_sha": "main"}, "Invalid start_sha 'main'"),
        ("new", {"start_sha": "0" * 40}, f"Cannot find start_sha '{'0' * 40}'"),
        (
            "a..b",
            {"start_branch": "main"},
            "Something went wrong when we tried to create 'a..b' for you: Branch name is invalid",
        ),
        (
            "main/x",
            {"start_branch": "main"},
            "Something went wrong when we tried to create 'main/x' for you: "
            "Branch name conflicts with existing branch hierarchy.",
        ),
    ],
)
def test_a_commit_must_start_somewhere(gitlab: StandIn, branch: str, more: dict[str, object], message: str) -> None:
    assert said(gitlab.commit(branch, CREATE, **more)) == (400, {"message": message})


def test_a_start_is_no_expectation_of_the_branch(gitlab: StandIn) -> None:
    """`start_sha` on a branch that exists is refused even when it is that branch's newest commit."""
    tip = gitlab.project().commits.get("main").id
    text = "A branch called 'main' already exists. Switch to that branch in order to make changes"

    assert said(gitlab.commit("main", CREATE, start_sha=tip)) == (400, {"message": text})
    assert gitlab.commit("main", CREATE, start_branch="main").status_code == 201


def test_a_commit_with_one_bad_action_leaves_nothing(gitlab: StandIn) -> None:
    before = gitlab.admin("GET", "dump")

    answer = gitlab.commit("main", CREATE, {"action": "delete", "file_path": "nope"})

    assert said(answer) == (400, {"message": "A file with this name doesn't exist"})
    assert gitlab.admin("GET", "dump") == before


def test_a_file_that_changed_meanwhile_is_not_overwritten(gitlab: StandIn) -> None:
    project = gitlab.project()
    seen = project.files.get("a", ref="main").last_commit_id
    gitlab.commit("main", {"action": "update", "file_path": "a", "content": "2"})
    stale = {"last_commit_id": seen, "branch": "main", "commit_message": "m"}

    many = gitlab.commit("main", {"action": "update", "file_path": "a", "content": "3", "last_commit_id": seen})
    update = gitlab.http.put(FILE, json={**stale, "content": "3"})
    delete = gitlab.http.request("DELETE", FILE, params=stale)

    assert said(many) == (400, {"message": "The file has changed since you started editing it: a"})
    text = "You are attempting to update a file that has changed since you started editing it."
    assert said(update) == (400, {"message": text})
    assert said(delete) == (400, {"message": "You are attempting to delete a file that has been previously updated."})
    assert project.files.raw("a", ref="main") == b"2"


def test_a_protected_branch_is_403_for_commits_and_400_for_files(gitlab: StandIn) -> None:
    """The right to push comes before the form of the request; other branches stay open to developers."""
    gitlab.settings(user_access_level=30)
    write = {"branch": "main", "commit_message": "m", "content": "2"}

    assert said(gitlab.commit("main")) == (403, {"message": f"403 Forbidden - {NOT_ALLOWED}"})
    assert said(gitlab.http.put(FILE, json=write)) == (400, {"message": NOT_ALLOWED})
    assert gitlab.commit("side", CREATE, start_branch="main").status_code == 201
    assert gitlab.http.delete(f"{API}/repository/branches/side").status_code == 204


def test_a_protected_branch_only_moves_forward(gitlab: StandIn) -> None:
    """`force` does not help, not even its maintainers; elsewhere it throws commits away."""
    start = gitlab.project().commits.get("main").id
    gitlab.commit("main", {"action": "create", "file_path": "new"})
    gitlab.commit("side", {"action": "create", "file_path": "new"}, start_branch="main")
    before = gitlab.project().commits.get("main").id

    refused = gitlab.commit("main", {"action": "create", "file_path": "b"}, start_sha=start, force=True)

    text = "You are not allowed to force push code to a protected branch on this project."
    assert said(refused) == (400, {"message": text})
    assert gitlab.project().commits.get("main").id == before
    forced = gitlab.commit("side", {"action": "create", "file_path": "b"}, start_sha=start, force=True)
    assert (forced.status_code, forced.json()["parent_ids"]) == (201, [start])
    ahead = gitlab.commit("main", {"action": "create", "file_path": "b"}, start_sha=before, force=True)
    assert ahead.status_code == 201


def test_a_branch_that_is_gone_is_not_found(gitlab: StandIn) -> None:
    """By whatever verb; a developer may not remove a protected one, a reporter none at all."""
    gone = f"{API}/repository/branches/gone"
    gitlab.admin("POST", "seed", {"projects": [{"namespace": "g", "name": "p", "branches": {"side": {}}}]})
    side = "/api/v4/projects/2/repository/branches/side"

    assert said(gitlab.http.delete(gone)) == said(gitlab.http.get(gone)) == (404, {"message": "404 Branch Not Found"})
    assert gitlab.http.head(gone).status_code == 404
    gitlab.settings(user_access_level=20)
    assert said(gitlab.http.delete(side)) == (405, {"message": "You dont have push access to repo"})
    gitlab.settings(user_access_level=30)
    assert gitlab.http.delete(side).status_code == 204


def test_a_file_write_names_what_is_missing(gitlab: StandIn) -> None:
    write = {"branch": "main", "commit_message": "m", "content": "2"}

    assert said(gitlab.http.put(FILE)) == (
        400,
        {"error": "branch is missing, commit_message is missing, content is missing"},
    )
    assert said(gitlab.http.post(FILE, json=write)) == (400, {"message": "A file with this name already exists"})
    assert said(gitlab.http.put(f"{API}/repository/files/nope", json=write)) == (
        400,
        {"message": "A file with this name doesn't exist"},
    )


@pytest.mark.parametrize(
    ("name", "ref", "message"),
    [
        ("main", "main", "Branch already exists"),
        ("x", "nope", "Failed to create branch 'x': invalid reference name 'nope'"),
        ("main/x", "main", "Failed to create branch 'main/x': Branch name conflicts with existing branch hierarchy."),
        ("a b", "main", "Branch name is invalid"),
        ("-x", "main", "Branch name is invalid"),
        ("0" * 40, "main", "Branch name is invalid"),
    ],
)
def test_a_branch_that_cannot_be_is_refused(gitlab: StandIn, name: str, ref: str, message: str) -> None:
    answer = gitlab.http.post(f"{API}/repository/branches", json={"branch": name, "ref": ref})

    assert said(answer) == (400, {"message": message})


def test_the_default_branch_stays(gitlab: StandIn) -> None:
    answer = gitlab.http.delete(f"{API}/repository/branches/main")

    assert said(answer) == (400, {"message": "The default branch of a project cannot be deleted."})


def test_broken_json_is_said_so(gitlab: StandIn) -> None:
    answer = gitlab.http.post(f"{API}/repository/commits", content=b"{")

    assert said(answer) == (400, {"message": "Invalid json", "error": "Invalid json"})


def test_a_commit_starts_in_its_own_project(gitlab: StandIn) -> None:
    """No project here is a fork, so that another one to start in is refused, not overlooked."""
    gitlab.admin("POST", "seed", {"projects": [{"namespace": "else", "name": "where"}]})
    start = {"start_branch": "main", "start_project": "else/where"}

    assert said(gitlab.commit("new", CREATE, **start)) == (
        403,
        {"message": "403 Forbidden - Project is not included in the fork network for else/where"},
    )
    assert said(gitlab.commit("new", CREATE, start_branch="main", start_project=99)) == (
        404,
        {"message": "404 Project Not Found"},
    )


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"encoding": "hex"}, "encoding does not have a valid value"),
        ({"commit_message": ""}, "commit_message is empty"),
        ({"branch": ""}, "branch is empty"),
    ],
)
def test_a_file_is_written_with_all_that_it_needs(gitlab: StandIn, wrong: dict[str, str], error: str) -> None:
    write = {"branch": "main", "commit_message": "m", "content": "x", **wrong}

    assert said(gitlab.http.put(FILE, json=write)) == (400, {"error": error})
