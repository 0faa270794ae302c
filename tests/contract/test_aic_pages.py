"""The pages of the AIC stand-in, in a browser: people see what is in it, and can play the colleague who edits there."""

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from emulators.seeding import workspace as made_up
from tests.contract.aic_stand_in import FIELDS, Workspace, furnished
from tests.contract.browser import Element, needs_chromium, seen

SQL = "SELECT a &amp; '<b>'\nFROM t"
SCRIPT = "\n\ndf = 1\r\n# </textarea><script>alert(1)</script>\n"
TITLE = "ford <i>rdd</i> - v2 QA/Test"
TASKS: list[dict[str, Any]] = [
    {"id": "one", "type": "SQL", "description": "First", "config": {"query": SQL, "limit": 5}},
    {"type": "PYSPARK", "config": {"script": SCRIPT}},
    {"id": "about", "type": "DOCUMENTATION", "config": {"text": "# About"}},
    {"id": "group", "type": "GROUP", "tasks": [{"id": "inner", "type": "sql", "config": {"sql": "SELECT 3"}}]},
]
JOB: dict[str, Any] = {
    "title": TITLE,
    **FIELDS,
    "variables": [{"id": "QA", "value": "<True>"}, {"id": "odd"}],
    "stages": [{"stageId": "s", "description": "Clean", "tasks": TASKS}],
    "schedule": {"cron": "0 1 * * *"},
}


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """One awkward pipeline, and one without code."""
    with furnished(JOB, {"title": "", **FIELDS}) as workspace:
        yield workspace


def page(workspace: Workspace, *, job: str = "") -> str:
    """The address of the workspace's page, or of a pipeline's."""
    place = workspace.url.removeprefix("/apis/core/v1")
    return f"{workspace.pages}{place}" + (f"/jobs/{workspace.job(job)}" if job else "")


def fields(url: str) -> dict[str, str]:
    """What a browser sends back when the form is submitted as it stands, with the line ends of forms."""
    form = seen(url).one("form")
    hidden = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}
    texts = {each.attributes["name"]: _raw(each) for each in form.all("textarea")}
    return hidden | {name: re.sub("\r\n|\r|\n", "\r\n", text) for name, text in texts.items()}


def _raw(element: Element) -> str:
    return "".join(child for child in element.inside if isinstance(child, str))


def submit(workspace: Workspace, url: str, sent: dict[str, str]) -> httpx.Response:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return workspace.http.post(url, content=urlencode(sent), headers=form)


def config(workspace: Workspace) -> dict[str, Any]:
    found: dict[str, Any] = next(job for job in workspace.dump()["jobs"] if job["title"] == TITLE)
    return found


@needs_chromium
def test_from_the_start_page_one_comes_to_workspaces_pipelines_and_drives(workspace: Workspace) -> None:
    """By links with the names that people gave."""
    start = seen(workspace.pages)
    assert start.rows() == [["Workspace", "Pipelines", "Drives"], ["QA", "2", "backups, Config"]]
    inside = seen(workspace.pages + start.links()["QA"])
    links = inside.links()

    assert {TITLE, "(no title)", "backups", "Config"} <= links.keys()
    assert ["SALES", "VEHICLES, DEALERS"] in inside.rows()
    assert seen(workspace.pages + links[TITLE]).one("h1").text == TITLE
    assert seen(workspace.pages + links["backups"]).one("h1").text == "backups"


@needs_chromium
def test_a_pipeline_is_shown_with_the_code_and_settings_of_each_task(workspace: Workspace) -> None:
    """Whatever they hold is text and nothing else."""
    workspace.tell("add-branches", titles=[TITLE], count=1)
    shown = seen(page(workspace, job=TITLE))
    cards = shown.all("article", cls="card")

    assert [card.one("strong").text for card in cards] == ["one", "(no id)", "about", "group", "inner"]
    assert _raw(cards[0].all("code")[0]) == SQL
    assert "<script>alert(1)</script>" in cards[1].all("code")[0].text
    assert shown.all("script") == shown.all("i") == shown.all("b") == []
    assert '"limit": 5' in cards[0].one("details").text
    assert '"cron": "0 1 * * *"' in shown.text
    assert ["QA", "<True>"] in shown.rows()
    assert [row[0] for row in shown.rows()][-1] == "PUSH_20260101000000"


@needs_chromium
def test_a_form_edits_the_code_by_hand(workspace: Workspace) -> None:
    """Only what was changed in it differs afterwards, and the page says so; Git and the API's counters hear nothing."""
    before = config(workspace)
    url = page(workspace, job=TITLE)
    sent = fields(f"{url}/edit")
    assert [name for name in sent if name != "digest"] == ["code-0", "code-1", "code-4"]
    answer = submit(workspace, f"{url}/edit", sent | {"code-0": "SELECT 2\r\nFROM ä"})

    assert answer.status_code == 303
    notice = seen(str(workspace.http.base_url.join(answer.headers["Location"]))).one(cls="notice")
    assert notice.text == "Saved: the code of 1 task is changed."
    before["stages"][0]["tasks"][0]["config"]["query"] = "SELECT 2\nFROM ä"
    assert config(workspace) == before
    assert workspace.http.get("/__admin__/counters").json()["requests"] == 0


@needs_chromium
def test_a_form_that_is_saved_as_it_was_changes_nothing(workspace: Workspace) -> None:
    """Leading empty lines and foreign line ends survive a browser that knows one kind only."""
    before = config(workspace)
    url = page(workspace, job=TITLE)
    answer = submit(workspace, f"{url}/edit", fields(f"{url}/edit"))

    assert answer.headers["Location"].endswith("?saved=0")
    assert config(workspace) == before


@needs_chromium
def test_the_edited_pipeline_is_what_the_api_gives(workspace: Workspace) -> None:
    """Also the code of a task inside another one."""
    url = page(workspace, job=TITLE)
    submit(workspace, f"{url}/edit", fields(f"{url}/edit") | {"code-4": "SELECT 4"})
    read = workspace.read(f"jobs/{workspace.job(TITLE)}")["jobConfig"]

    assert read["stages"][0]["tasks"][3]["tasks"][0]["config"] == {"sql": "SELECT 4"}


def test_a_newer_version_is_not_overwritten_unseen(workspace: Workspace) -> None:
    """The form comes back with what was written; sent again it replaces the newer code."""
    url = f"{page(workspace, job=TITLE)}/edit"
    digest = _digest(workspace.http.get(url).text)
    workspace.tell("edit-jobs", titles=[TITLE], salt="other")
    newer = config(workspace)
    refused = submit(workspace, url, {"digest": digest, "code-0": "SELECT 'mine'"})

    assert refused.status_code == 409
    assert "SELECT &#39;mine&#39;" in refused.text
    assert config(workspace) == newer
    assert _digest(refused.text) != digest
    assert submit(workspace, url, {"digest": _digest(refused.text), "code-0": "SELECT 'mine'"}).status_code == 303
    assert config(workspace)["stages"][0]["tasks"][0]["config"]["query"] == "SELECT 'mine'"


def _digest(text: str) -> str:
    found: list[str] = re.findall(r'name="digest" value="([0-9a-f]{64})"', text)
    return found[0]


@needs_chromium
def test_drives_show_folders_files_and_their_text(workspace: Workspace) -> None:
    """Bytes that are no text are said to be none."""
    drive = f"drives/{workspace.ids('drives')['backups']}"
    workspace.call("POST", f"{drive}/create-folder", json={"path": "./20260131"}).raise_for_status()
    for name, data in {"a/<b>.json": b'{"a":\n1}', "raw": b"\xff"}.items():
        workspace.call("POST", f"{drive}/upload-file", params={"path": "20260131", "fileName": name}, content=data)
    shown = seen(f"{page(workspace)}/{drive}")

    assert shown.rows()[1:] == [["a/<b>.json", "8"], ["raw", "1"]]
    assert [heading.text for heading in shown.all("h2")] == ["Top folder 0", "20260131 2"]
    texts = [seen(workspace.pages + shown.links()[name]) for name in ("a/<b>.json", "raw")]
    assert _raw(texts[0].one("pre").one("code")) == '{"a":\n1}'
    assert "no text" in texts[1].text


@pytest.mark.parametrize("number", ["9" * 5000, "99999", "", "²", "-1"])
def test_a_form_with_other_fields_than_it_had_changes_nothing(workspace: Workspace, number: str) -> None:
    """Whoever sends it by hand is told so, as with any form that is saved as it was."""
    url, before = page(workspace, job=TITLE), config(workspace)
    digest = re.search("[0-9a-f]{64}", workspace.http.get(f"{url}/edit").text)
    assert digest is not None
    saved = submit(workspace, f"{url}/edit", {"digest": digest[0], f"code-{number}": "SELECT 9"})

    assert (saved.status_code, saved.headers["Location"].endswith("?saved=0")) == (303, True)
    assert config(workspace) == before
    assert workspace.http.get(f"{url}?saved={number or 'x'}").status_code == 200


def test_every_link_of_every_page_leads_somewhere(workspace: Workspace) -> None:
    """Also with the awkward titles of a whole made-up workspace; no page has a script."""
    jobs = made_up("QA", 30)["jobs"]
    seed = {"project": "pin", "workspaces": [{"name": "QA", "jobs": jobs}], "drives": ["a/b c"]}
    workspace.http.post("/__admin__/seed", json=seed).raise_for_status()
    known, waiting = {"/"}, ["/"]
    while waiting:
        answer = workspace.http.get(waiting.pop())
        assert answer.status_code == 200, answer.url
        assert "<script" not in answer.text
        found = {html.unescape(link).partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', answer.text)}
        waiting += found - known
        known |= found

    assert len(known) > 60


@pytest.mark.parametrize("path", ["/nowhere", "/projects/0/workspaces/0", "{}/jobs/0", "{}/jobs/0/edit", "{}/drives/0"])
def test_a_page_that_is_not_there_is_404_for_people(workspace: Workspace, path: str) -> None:
    """In HTML, with a way back."""
    answer = workspace.http.get(path.format(workspace.url.removeprefix("/apis/core/v1")))

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'href="/"' in answer.text


@needs_chromium
def test_an_empty_aic_says_how_it_is_filled(workspace: Workspace) -> None:
    """After a reset."""
    workspace.http.post("/__admin__/reset")

    assert "/__admin__/seed" in seen(workspace.pages).one("main").text
