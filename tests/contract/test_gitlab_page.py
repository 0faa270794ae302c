"""The pages of the GitLab stand-in, as headless Chromium shows them to a person."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contract.browser import Element, needs_chromium, picture, seen, width
from tests.contract.gitlab_stand_in import API, PATH, StandIn, served
from tests.contract.hooked import opened, tip

pytestmark = needs_chromium
NOTE = """<!-- marker -->

### ✅ Deployed to `Market QA`

| Pipeline | What was done |
| --- | --- |
| `a\\|b` | updated |

<script>alert("x")</script>

See [the log](https://example.com/log) and [that](javascript:alert(1)), `<!-- kept -->`, ![i](https://example.com/i.png)
"""
EVIL = '<b>bold</b> & "quoted" <script>alert(1)</script>'


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "gitlab") as stand_in:
        stand_in.seed(feature={"deep/a b.txt": f"{EVIL}\n"})
        yield stand_in


def page(stand_in: StandIn, below: str = "") -> Element:
    return seen(f"{stand_in.url}/{PATH}{below}")


def merged(stand_in: StandIn) -> str:
    """A merge request with a description and a note, merged, and what was said of its merge commit; that commit."""
    opened(stand_in, title=EVIL, description="**Why** it is good")
    stand_in.http.post(f"{API}/merge_requests/1/notes", json={"body": NOTE})
    sha = str(stand_in.http.put(f"{API}/merge_requests/1/merge").json()["merge_commit_sha"])
    status = {"state": "success", "name": "aic/deploy", "description": EVIL, "target_url": "https://example.com/s"}
    stand_in.http.post(f"{API}/statuses/{sha}", json=status)
    deployment = {"environment": "aic/qa", "sha": sha, "ref": "main", "tag": False, "status": "success"}
    stand_in.http.post(f"{API}/deployments", json=deployment)
    stand_in.http.post(f"{API}/repository/commits/{sha}/comments", json={"note": "Looks `fine`"})
    return sha


def test_the_start_page_lists_the_projects(stand_in: StandIn) -> None:
    """Each leads to its own page; without any the page says how some are made."""
    merged(stand_in)
    start = seen(f"{stand_in.url}/")
    assert start.one("table").rows()[1] == [PATH, "main", "2", "0", "1"]
    assert start.links()[PATH] == f"/{PATH}"
    stand_in.admin("POST", "reset")
    assert "There are none yet." in seen(f"{stand_in.url}/").text


def test_a_projects_page_shows_what_its_service_did(stand_in: StandIn) -> None:
    """Merge requests, environments, deployments, branches and pipelines, each with its state."""
    short = merged(stand_in)[:8]
    shown = page(stand_in)

    def rows(kind: str) -> list[list[str]]:
        return [row[:4] for row in shown.one("table", cls=kind).rows()[1:]]

    assert shown.one("h1").text == PATH
    assert rows("merge-requests") == [["merged", f"{EVIL} !1", "feature → main", "User 2"]]
    assert rows("environments") == [["available", "aic/qa", "testing", f"{short} of main"]]
    assert rows("deployments") == [["success", "#1", "aic/qa", f"{short} of main"]]
    assert [row[0] for row in rows("branches")] == ["feature", "main default protected"]
    assert rows("pipelines") == [["success", "#1", f"{short} of main", "external"]]
    assert f"git clone {stand_in.url}/{PATH}.git" in shown.text
    assert shown.links()[EVIL] == f"/{PATH}/-/merge_requests/1"


def test_a_merge_request_shows_its_note_as_people_see_it(stand_in: StandIn) -> None:
    """Headings, tables and code spans are rendered; HTML stays text, comments vanish, scripts are nowhere."""
    merged(stand_in)
    shown = page(stand_in, "/-/merge_requests/1")
    note = shown.one("article", cls="note")

    assert shown.one("h1").text == f"{EVIL} !1"
    assert shown.one("div", cls="description").one("strong").text == "Why"
    assert note.one("h3").text == "✅ Deployed to Market QA"
    assert note.one("table").rows() == [["Pipeline", "What was done"], ["a|b", "updated"]]
    assert [code.text for code in note.all("code")] == ["Market QA", "a|b", "<!-- kept -->"]
    assert '<script>alert("x")</script>' in note.text
    assert "marker" not in note.text
    assert note.links() == {"the log": "https://example.com/log", "i": "https://example.com/i.png"}
    assert shown.all("script") == shown.all("img") == shown.all("b") == []
    assert "User 2 merged" in shown.one("div", cls="event").text


def test_a_merge_request_shows_statuses_commits_and_changes(stand_in: StandIn) -> None:
    short, head = merged(stand_in)[:8], tip(stand_in, "feature")[:8]
    shown = page(stand_in, "/-/merge_requests/1")
    assert shown.one("table", cls="statuses").rows()[1][:5] == ["success", "aic/deploy", EVIL, short, "#1"]
    assert shown.links()["aic/deploy"] == "https://example.com/s"
    assert shown.one("table", cls="commits").rows()[0][:2] == [head, "Fill feature"]
    assert shown.one("details", cls="change").one("summary").text == "deep/a b.txt new +1 −0"
    assert shown.one("details", cls="change").one("pre").one("span", cls="added").text == f"+{EVIL}"


def test_an_open_merge_request_says_what_it_waits_for(stand_in: StandIn) -> None:
    opened(stand_in, title="Draft: Change a")
    shown = page(stand_in, "/-/merge_requests/1")
    assert shown.all("span", cls="badge")[0].text == "opened"
    assert "merge check: draft status" in shown.text


def test_the_addresses_that_the_api_names_are_pages(stand_in: StandIn) -> None:
    """`web_url` of commits, branches, merge requests and pipelines, and the files below."""
    sha = merged(stand_in)
    commit = seen(stand_in.get(f"/repository/commits/{sha}").json()["web_url"])
    assert commit.one("article", cls="note").one("code").text == "fine"
    assert len(commit.one("table", cls="statuses").rows()) == 2
    tree = seen(stand_in.get("/repository/branches/main").json()["web_url"])
    files = tree.one("ul", cls="files").links()
    assert list(files) == ["README.md", "deep/a b.txt"]
    assert seen(stand_in.url + files["deep/a b.txt"]).one("main").one("pre").text == EVIL
    assert seen(stand_in.get("/merge_requests/1").json()["web_url"]).one("h1").text.endswith("!1")
    pipeline = seen(stand_in.get("/pipelines/1").json()["web_url"])
    assert pipeline.one("table", cls="statuses").rows()[1][1] == "aic/deploy"
    assert seen(f"{stand_in.url}/{PATH}").one("h1").text == PATH


@pytest.mark.parametrize("below", ["", "/-/merge_requests/1"])
@pytest.mark.parametrize("window", [360, 1280])
def test_nothing_sticks_out_of_the_window(stand_in: StandIn, below: str, window: int) -> None:
    """Neither on a telephone nor on a wide screen does a page scroll sideways; what is wide scrolls in itself."""
    merged(stand_in)
    assert width(f"{stand_in.url}/{PATH}{below}", window=window) == window


def test_pages_are_dark_for_those_who_like_it_dark(stand_in: StandIn, tmp_path: Path) -> None:
    merged(stand_in)
    pictures = tmp_path / "light.png", tmp_path / "dark.png"
    for file in pictures:
        picture(f"{stand_in.url}/", file, dark=file.stem == "dark")
    light, dark = (file.read_bytes() for file in pictures)
    assert light != dark


def test_pages_forbid_all_that_is_not_theirs(stand_in: StandIn) -> None:
    """No script and nothing from elsewhere may be loaded; the API's own paths are left alone."""
    answer = httpx.get(f"{stand_in.url}/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert httpx.get(f"{stand_in.url}/-/style.css").headers["Content-Type"] == "text/css; charset=utf-8"
    assert httpx.get(f"{stand_in.url}/api/v4/odd").json() == {"error": "404 Not Found"}
    assert httpx.post(f"{stand_in.url}/").status_code == 404


@pytest.mark.parametrize(
    "below", ["b", "/-/commit/0000", "/-/odd", "/-/merge_requests/x", "/-/merge_requests/2", "/-/blob/main"]
)
def test_what_is_not_there_is_a_page_too(stand_in: StandIn, below: str) -> None:
    """404 in HTML, that repeats nothing unescaped."""
    answer = httpx.get(f"{stand_in.url}/{PATH}{below}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Not found</h1>" in answer.text
    assert "<script>" not in httpx.get(f"{stand_in.url}/<script>").text
