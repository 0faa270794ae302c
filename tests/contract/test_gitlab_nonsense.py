"""Whatever is sent to the GitLab stand-in, and however odd, it answers as GitLab does, never by breaking."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.contract.gitlab_stand_in import StandIn, served

NUMBER = "9" * 5000
ODD: list[object] = ["", "0", "-1", 10**30, NUMBER, "\0", "../..", "(", [], [[1]], {"a": 1}, True, "9999-12-31"]
NAMES = (
    "access_level", "actions", "assignee_ids", "body", "branch", "branches", "commit_message", "content",
    "created_after", "custom_headers", "custom_webhook_template", "encoding", "environment", "expires_at",
    "from", "iids", "labels", "name", "not[labels]", "order_by", "page", "page_token", "pagination", "path",
    "per_page", "push_access_level", "ref", "refs", "regex", "reviewer_ids", "scopes", "search", "sha", "since",
    "sort", "state", "status", "title", "to", "updated_before", "url", "user_id", "variables",
)  # fmt: skip
PLACES = {"id": "1", "path": "README.md", "branch": "feature", "sha": "main", "name": "main", "trigger": "push_events"}
LASTING = {
    "DELETE /groups/:id", "DELETE /personal_access_tokens/:token_id", "DELETE /personal_access_tokens/self",
    "DELETE /projects/:id", "POST /personal_access_tokens/:token_id/rotate", "POST /personal_access_tokens/self/rotate",
    "POST /projects/:id/archive",
}  # fmt: skip


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as stand_in:
        stand_in.seed(feature={"a.txt": "a\n"})
        project = stand_in.project()
        project.mergerequests.create({"source_branch": "feature", "target_branch": "main", "title": "Change"})
        project.issues.create({"title": "Trouble"})
        project.environments.create({"name": "qa"})
        project.hooks.create({"url": "http://127.0.0.1:9/", "push_events": False})
        yield stand_in


WAYS: dict[str, tuple[str, ...]] = {"path": (), "parameters": NAMES, "page": ("page",), "texts": ("search", "title")}


def asked(gitlab: StandIn, call: str, value: object, *, way: str) -> httpx.Response:
    """The call with this value wherever a value may stand: in its path alone, or in some of its parameters."""
    method, template = call.split(" ")

    def place(found: re.Match[str]) -> str:
        return quote(str(value), safe="") or "%20" if way == "path" else PLACES.get(found[1], "1")

    path = re.sub(r":(\w+)", place, template)
    if method in ("GET", "HEAD", "DELETE"):
        query = {name: str(value)[:1000] for name in WAYS[way]}
        return gitlab.http.request(method, f"/api/v4{path}", params=query)
    return gitlab.http.request(method, f"/api/v4{path}", json=dict.fromkeys(WAYS[way], value))


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:12])
def test_no_call_breaks_on_nonsense(gitlab: StandIn, value: object) -> None:
    """In any place of the path, or in any parameter; and each refusal says something that clients read."""
    calls = sorted(gitlab.admin("GET", "routes"), key=lambda call: call in LASTING)
    answers = {(call, way): asked(gitlab, call, value, way=way) for call in calls for way in WAYS}
    refused = {
        key: answer.json() for key, answer in answers.items() if answer.status_code >= 400 and key[0][:4] != "HEAD"
    }

    assert [key for key, answer in answers.items() if answer.status_code >= 500] == []
    assert answers["GET /projects/:id/repository/tree", "texts"].status_code == 200
    assert [key for key, said in refused.items() if not {"message", "error"} & set(said)] == []
