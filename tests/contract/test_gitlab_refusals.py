"""How the GitLab stand-in refuses reads and people: status codes, and which of `message` and `error` says what."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contract.gitlab_stand_in import API, StandIn, said, served

CREATE = {"action": "create", "file_path": "new", "content": "1"}


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as stand_in:
        stand_in.seed(main={"a": "1", "dir/b": "2"})
        yield stand_in


@pytest.mark.parametrize(
    ("below", "status", "body"),
    [
        ("/repository/tree?ref=nope", 404, {"message": "404 Tree Not Found"}),
        ("/repository/tree?path=nope", 404, {"message": "404 invalid revision or path Not Found"}),
        ("/repository/tree?path=a", 404, {"message": "404 invalid revision or path Not Found"}),
        ("/repository/branches/nope", 404, {"message": "404 Branch Not Found"}),
        ("/repository/files/a", 400, {"error": "ref is missing"}),
        ("/repository/files/a?ref=", 400, {"error": "ref is empty"}),
        ("/repository/files/a?ref=nope", 404, {"message": "404 Commit Not Found"}),
        ("/repository/files/nope?ref=main", 404, {"message": "404 File Not Found"}),
        ("/repository/files/dir?ref=main", 404, {"message": "404 File Not Found"}),
        ("/repository/files/dir/b?ref=main", 404, {"error": "404 Not Found"}),
        ("/repository/files/dir%252Fb?ref=main", 404, {"message": "404 File Not Found"}),
        ("/repository/files/..%2Fa?ref=main", 400, {"error": "file_path should be a valid file path"}),
        ("/repository/commits/nope", 404, {"message": "404 Commit Not Found"}),
        ("/repository/commits?since=2026-01-01T00:00:00+00:00", 400, {"error": "since is invalid"}),
        ("/repository/compare?from=main", 400, {"error": "to is missing"}),
        ("/repository/compare?from=main&to=nope", 404, {"message": "404 Ref Not Found"}),
        ("/repository/branches?per_page=x", 400, {"error": "per_page is invalid"}),
        ("/repository/branches?sort=oldest", 400, {"error": "sort does not have a valid value"}),
        ("/repository/commits?order=odd", 400, {"error": "order does not have a valid value"}),
        ("/repository/commits/main/refs?type=odd", 400, {"error": "type does not have a valid value"}),
        (
            "/repository/compare?from=main&to=main&from_project_id=7",
            400,
            {"message": "Target project id:7 is not a fork of project id:1"},
        ),
        ("/environments?name=a&search=abc", 400, {"error": "name, search are mutually exclusive"}),
        ("/environments?states=odd", 400, {"error": "states does not have a valid value"}),
        ("/merge_requests?scope=odd", 400, {"error": "scope does not have a valid value"}),
        ("/merge_requests?in=labels", 400, {"error": "in does not have a valid value"}),
        ("/merge_requests?view=odd", 400, {"error": "view does not have a valid value"}),
        ("/nothing", 404, {"error": "404 Not Found"}),
    ],
)
def test_a_wrong_read_is_refused_in_gitlabs_words(gitlab: StandIn, below: str, status: int, body: object) -> None:
    assert said(gitlab.http.get(f"{API}{below}")) == (status, body)


@pytest.mark.parametrize("path", ["/api", "/api/v4", "/api/v4/", "/api/v3/projects", "/api/graphql"])
def test_what_is_no_part_of_the_api_is_refused_as_json(gitlab: StandIn, path: str) -> None:
    """A client that guesses at another version, or at GraphQL, gets no page for people."""
    assert said(gitlab.http.post(path)) == (404, {"error": "404 Not Found"})


@pytest.mark.parametrize("project", ["2", "nope", "pin%2Fnope", "pin%252Fpin-analytics%252Fpin-fusion-2.0"])
def test_an_unknown_project_is_not_found(gitlab: StandIn, project: str) -> None:
    answer = gitlab.http.get(f"/api/v4/projects/{project}/repository/tree")

    assert said(answer) == (404, {"message": "404 Project Not Found"})


def test_a_project_that_one_may_not_see_is_not_found_either(gitlab: StandIn) -> None:
    gitlab.settings(user_access_level=0)

    assert said(gitlab.get("")) == (404, {"message": "404 Project Not Found"})


def test_nobody_is_let_in_without_the_right_token(gitlab: StandIn) -> None:
    """Any token will do until one is required; it may come as a bearer."""
    anonymous = httpx.get(f"{gitlab.url}{API}", timeout=60)
    gitlab.settings(require_token="right")
    right = {"Authorization": "Bearer right"}

    assert said(anonymous) == said(gitlab.get("")) == (401, {"message": "401 Unauthorized"})
    assert httpx.get(f"{gitlab.url}{API}", headers=right, timeout=60).status_code == 200


@pytest.mark.parametrize("name", ["%00", "a%00b", "%0A", "x" * 5000, "%40%7Bu%7D", "main%3Aa", "..", "*", "%5B"])
def test_no_name_however_odd_upsets_the_server(gitlab: StandIn, name: str) -> None:
    """Every part of a request that names something refuses it, or has nothing by that name."""
    reads = [
        f"branches/{name}",
        f"tree?ref={name}",
        f"tree?path={name}",
        f"files/{name}?ref=main",
        f"files/a?ref={name}",
    ]
    reads += [f"commits/{name}", f"compare?from=main&to={name}", f"merge_base?refs[]=main&refs[]={name}"]

    statuses = [gitlab.http.get(f"{API}/repository/{read}").status_code for read in reads]
    made = gitlab.http.post(f"{API}/repository/branches?branch={name}&ref=main").status_code

    assert set(statuses) <= {400, 404}
    assert made == 400


def test_a_moved_project_sends_people_on(gitlab: StandIn) -> None:
    """301 for every verb: a client that follows it on reading must not be able to write by the old path."""
    old = "/api/v4/projects/pin%2Fpin-analytics%2Fpin-fusion-2.0/repository/branches"
    gitlab.http.put(API, json={"path": "renamed"})

    read, write = gitlab.http.get(old), gitlab.http.post(old, json={"branch": "x", "ref": "main"})

    assert (read.status_code, write.status_code) == (301, 301)
    assert read.headers["Location"] == write.headers["Location"] == f"{gitlab.url}{API}/repository/branches"
    assert gitlab.http.get(API).json()["path_with_namespace"] == "pin/pin-analytics/renamed"


def test_an_empty_repository_has_no_tree_and_takes_a_first_commit(gitlab: StandIn) -> None:
    gitlab.admin("POST", "seed", {"projects": [{"namespace": "g", "name": "empty", "empty": True}]})
    project = "/api/v4/projects/g%2Fempty"

    tree = gitlab.http.get(f"{project}/repository/tree")
    first = gitlab.http.post(
        f"{project}/repository/commits", json={"branch": "main", "commit_message": "m", "actions": [CREATE]}
    )

    assert said(tree) == (404, {"message": "404 Tree Not Found"})
    assert (first.status_code, first.json()["parent_ids"]) == (201, [])
    assert gitlab.http.get(project).json()["default_branch"] == "main"


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("429", 429, "text/plain"),
        ("401", 401, "application/json"),
        ("500", 500, "application/json"),
        ("502", 502, "text/html"),
    ],
)
def test_trouble_on_order_looks_like_gitlabs(gitlab: StandIn, kind: str, status: int, content_type: str) -> None:
    gitlab.admin("PUT", "faults", [{"kind": kind, "route": "tree", "retry_after": 7}])

    answer = gitlab.get("/repository/tree")

    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert answer.headers["Content-Type"].startswith(content_type)
    assert status != 429 or (answer.text, answer.headers["RateLimit-Remaining"]) == ("Retry later\n", "0")
