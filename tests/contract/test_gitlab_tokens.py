"""Access tokens, limits and throttling of the GitLab stand-in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import gitlab
import httpx
import pytest

from tests.contract.gitlab_stand_in import API, PATH, StandIn, said, served

SELF = "/api/v4/personal_access_tokens/self"
REVOKED = {"error": "invalid_token", "error_description": "Token was revoked. You have to re-authorize from the user."}
EXPIRED = "Token is expired. You can either do re-authorization or token refresh."
CREATE = {"action": "create", "file_path": "new", "content": "1"}


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as running:
        running.seed(main={"a": "1"}, feature={"b": "1"})
        yield running


def today() -> date:
    return datetime.now(UTC).date()


def by(token: str, stand_in: StandIn, place: str = SELF, method: str = "GET", **body: object) -> httpx.Response:
    headers = {"PRIVATE-TOKEN": token}
    return stand_in.http.request(method, place, headers=headers, json=body or None)


def test_a_token_tells_about_itself(stand_in: StandIn) -> None:
    """It has no end until it is given one."""
    token = stand_in.client.personal_access_tokens.get("self")
    assert (token.active, token.revoked, token.scopes, token.expires_at) == (True, False, ["api"], None)

    day = today() + timedelta(days=5)
    stand_in.admin("POST", "token", {"token": "one", "expires_at": day.isoformat()})

    assert stand_in.client.personal_access_tokens.get("self").expires_at == day.isoformat()
    assert [one.id for one in stand_in.client.personal_access_tokens.list(get_all=True)] == [token.id]


@pytest.mark.parametrize(("days", "status"), [(-1, 401), (0, 401), (1, 200)])
def test_a_token_ends_with_the_day_before_its_end(stand_in: StandIn, days: int, status: int) -> None:
    """Everything is refused by then, in words of its own."""
    day = today() + timedelta(days=days)
    stand_in.admin("POST", "token", {"token": "one", "expires_at": day.isoformat()})

    answer = stand_in.get("")
    assert answer.status_code == status
    assert status == 200 or answer.json() == {"error": "invalid_token", "error_description": EXPIRED}


def test_a_rotated_token_dies_at_once(stand_in: StandIn) -> None:
    """Its successor acts as the same user and lives for a week."""
    me = stand_in.http.get("/api/v4/user").json()["id"]
    fresh = stand_in.client.personal_access_tokens.rotate("self")

    assert fresh["expires_at"] == (today() + timedelta(days=7)).isoformat()
    assert said(stand_in.http.get("/api/v4/user")) == (401, REVOKED)
    assert by(fresh["token"], stand_in, "/api/v4/user").json()["id"] == me


@pytest.mark.parametrize(
    ("expires_at", "status"), [("2001-01-01", 400), ("soon", 400), ("9999-01-01", 400), ("tomorrow", 200)]
)
def test_the_end_of_a_new_token_may_be_chosen(stand_in: StandIn, expires_at: str, status: int) -> None:
    """At most a year ahead."""
    tomorrow = (today() + timedelta(days=1)).isoformat()
    wanted = tomorrow if expires_at == "tomorrow" else expires_at

    answer = stand_in.http.post(f"{SELF}/rotate", json={"expires_at": wanted})

    assert answer.status_code == status
    assert status == 400 or answer.json()["expires_at"] == tomorrow
    assert stand_in.get("").status_code == (200 if status == 400 else 401)


def test_using_a_dead_token_to_rotate_kills_its_successor(stand_in: StandIn) -> None:
    """Somebody may have stolen it."""
    fresh = stand_in.http.post(f"{SELF}/rotate").json()["token"]

    assert by(fresh, stand_in).status_code == 200
    assert stand_in.http.post(f"{SELF}/rotate").status_code == 401
    assert said(by(fresh, stand_in)) == (401, REVOKED)


def test_a_required_token_hands_its_place_to_its_successor(stand_in: StandIn) -> None:
    stand_in.settings(require_token="one")
    fresh = stand_in.http.post(f"{SELF}/rotate").json()["token"]

    assert by(fresh, stand_in).status_code == 200
    assert said(by("two", stand_in)) == (401, {"message": "401 Unauthorized"})


def test_a_token_revokes_itself(stand_in: StandIn) -> None:
    assert stand_in.http.delete(SELF).status_code == 204
    assert said(stand_in.get("")) == (401, REVOKED)


def test_a_token_may_no_more_than_its_scopes(stand_in: StandIn) -> None:
    """Reading with `read_api`, about itself with any."""
    stand_in.admin("POST", "token", {"token": "one", "scopes": ["read_api"]})
    refused = stand_in.commit("feature", CREATE)

    assert stand_in.get("").status_code == 200
    assert (refused.status_code, refused.json()["error"], refused.json()["scope"]) == (403, "insufficient_scope", "api")
    stand_in.admin("POST", "token", {"token": "one", "scopes": ["self_rotate"]})
    assert stand_in.get("").status_code == 403
    assert stand_in.http.get(SELF).status_code == 200
    assert stand_in.http.post(f"{SELF}/rotate").status_code == 200


def bot(stand_in: StandIn, **fields: object) -> Any:
    return stand_in.project().access_tokens.create({"name": "deployer", "scopes": ["api"], **fields})


def test_a_token_of_a_project_acts_as_its_bot(stand_in: StandIn) -> None:
    """With its own level, and in that project alone."""
    stand_in.admin("POST", "seed", {"projects": [{"namespace": "g", "name": "other"}]})
    made = bot(stand_in, access_level=30)
    with gitlab.Gitlab(stand_in.url, private_token=made.token) as client:
        assert client.http_get("/user")["bot"]  # type: ignore[index]
        assert client.personal_access_tokens.get("self").expires_at == made.expires_at
        project = client.projects.get(PATH)
        assert project.permissions["project_access"]["access_level"] == 30
        assert [one.path_with_namespace for one in client.projects.list(get_all=True)] == [PATH]
        body = {"commit_message": "m", "actions": [CREATE]}
        project.commits.create({"branch": "feature", **body})
        with pytest.raises(gitlab.GitlabCreateError, match="not allowed to push"):
            project.commits.create({"branch": "main", **body})
        with pytest.raises(gitlab.GitlabGetError, match="404 Project Not Found"):
            client.projects.get("g/other")


def test_tokens_are_listed_by_their_state_and_name(stand_in: StandIn) -> None:
    """Those of a project are the living ones unless the dead are asked for."""
    dead, alive = bot(stand_in, name="first"), bot(stand_in, name="second")
    stand_in.project().access_tokens.delete(dead.id)

    def bots(**query: str) -> list[int]:
        return [row["id"] for row in stand_in.get("/access_tokens", **query).json()]

    def own(**query: str) -> int:
        return len(stand_in.http.get("/api/v4/personal_access_tokens", params=query).json())

    assert (bots(), bots(state="active"), bots(state="inactive")) == ([alive.id], [alive.id], [dead.id])
    assert stand_in.get("/access_tokens", state="odd").status_code == 400
    assert (own(), own(revoked="false"), own(revoked="true"), own(state="inactive"), own(search="zz")) == (
        1, 1, 0, 0, 0,
    )  # fmt: skip


def test_a_token_of_a_project_is_rotated_where_it_belongs(stand_in: StandIn) -> None:
    """By itself or by a maintainer; not as a personal one."""
    made = bot(stand_in)
    place = f"{API}/access_tokens/self/rotate"

    second = by(made.token, stand_in, place, "POST").json()
    assert by(made.token, stand_in).status_code == 401
    assert stand_in.http.post(place).status_code == 405
    assert stand_in.http.post(f"/api/v4/personal_access_tokens/{second['id']}/rotate").status_code == 405
    third = stand_in.project().access_tokens.rotate(second["id"])
    assert [one.id for one in stand_in.project().access_tokens.list(get_all=True)] == [third["id"]]
    stand_in.project().access_tokens.delete(third["id"])
    assert by(third["token"], stand_in).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x"}, 400),
        ({"name": "x", "scopes": ["everything"]}, 400),
        ({"name": "x", "scopes": ["api"], "access_level": 35}, 400),
        ({"name": "x", "scopes": ["api"], "access_level": 50}, 403),
    ],
)
def test_a_project_token_that_cant_be_is_refused(stand_in: StandIn, body: object, status: int) -> None:
    assert stand_in.http.post(f"{API}/access_tokens", json=body).status_code == status


def test_the_throttle_says_so_in_plain_text(stand_in: StandIn) -> None:
    """Only on request; before that its headers tell how much is left, to each user apart."""
    assert "RateLimit-Limit" not in stand_in.get("").headers
    stand_in.settings(requests_per_minute=2)
    fine, last, blocked = (stand_in.get("") for _ in range(3))

    assert [answer.headers["RateLimit-Remaining"] for answer in (fine, last, blocked)] == ["1", "0", "0"]
    assert (blocked.status_code, blocked.text, blocked.headers["Content-Type"]) == (429, "Retry later\n", "text/plain")
    assert 0 < int(blocked.headers["Retry-After"]) <= 60
    reset = parsedate_to_datetime(blocked.headers["RateLimit-ResetTime"])
    assert reset.timestamp() == int(blocked.headers["RateLimit-Reset"])
    assert blocked.headers["RateLimit-Observed"] == "3"
    assert by("two", stand_in, API).status_code == 200


def test_too_many_notes_are_refused_without_headers(stand_in: StandIn) -> None:
    """A limit within GitLab: JSON, whose message is an object."""
    made = stand_in.project().issues.create({"title": "t"})
    stand_in.settings(notes_per_minute=1)
    made.notes.create({"body": "1"})

    answer = stand_in.http.post(f"{API}/issues/1/notes", json={"body": "2"})

    text = "This endpoint has been requested too many times. Try again later."
    assert said(answer) == (429, {"message": {"error": text}})
    assert "Retry-After" not in answer.headers
