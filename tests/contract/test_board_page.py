"""The page of a board, as headless Chromium shows it to a person."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from emulators.server import serve
from shared.adapters.board import page as module
from shared.adapters.board.page import draw
from shared.domain.board import Board, Cell, Row, State, Step
from tests.contract.browser import Element, needs_chromium, picture, seen, width
from tests.drawn import HOSTILE, board

GITLAB = "https://gitlab.example"
_DRIVEN = """<!doctype html><output></output><iframe width="1280" height="800" src="/board.html%s" %s
onload="document.querySelector('output').textContent = JSON.stringify((%s)(contentDocument))"></iframe>"""


@dataclass
class Served:
    """A page at `/board.html`; `asked` are the hosts and paths that any browser has asked for."""

    page: bytes
    parent: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        path = str(environ["PATH_INFO"])
        self.asked.append((str(environ.get("HTTP_HOST")), path))
        body = {"/": self.parent.encode(), "/board.html": self.page}.get(path, b"")
        kind = "text/html; charset=utf-8"
        start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]


@contextmanager
def served(page: bytes, *, parent: str = "") -> Iterator[Served]:
    here = Served(page, parent)
    with serve(here.answer) as running:
        here.url = f"{running.url}/board.html"
        yield here


def drawn(made: Board) -> bytes:
    return draw(made, gitlab=GITLAB)


def shown(made: Board, below: str = "") -> Element:
    """The page in the browser, at a place of it."""
    with served(drawn(made)) as here:
        return seen(here.url + below)


def driven(made: Board, script: str, *, below: str = "", frame: str = "") -> Any:
    """What a function in JavaScript gives for the document of the page, in a frame of the same origin."""
    with served(drawn(made), parent=_DRIVEN % (below, frame, script.replace('"', "&quot;"))) as here:
        return json.loads(seen(here.url.removesuffix("board.html")).one("output").text)


def visible(page: Element) -> list[str]:
    """The names of the pipelines that the filter leaves."""
    rows = page.one("tbody").all("tr")
    return [row.one("th").text for row in rows if "hidden" not in row.attributes]


def cells(page: Element) -> dict[str, list[str]]:
    return {
        row.one("th").text: [cell.all(cls="is")[0].text.split()[-1] for cell in row.all("td")]
        for row in page.one("tbody").all("tr")
    }


@needs_chromium
@pytest.mark.parametrize("pipelines", [0, 50, 1000])
def test_every_pipeline_is_a_row_with_a_cell_for_each_environment(pipelines: int) -> None:
    """In order, with states as words beside their signs."""
    made = board(pipelines)

    page = shown(made)

    assert visible(page) == [row.title for row in made.rows]
    assert cells(page) == {row.title: [cell.state.value for cell in row.cells] for row in made.rows}
    assert page.one("output").text == f"{pipelines} of {pipelines} shown"


@needs_chromium
def test_the_environments_stand_above_with_their_counts_and_backups() -> None:
    """In the order of the flow; what is missing or old stands out."""
    page = shown(board(300))

    dev, qa, prod = page.all("article", cls="place")
    assert [each.one("h2").text for each in (dev, qa, prod)] == [
        "Market DEV development", "Market QA staging", "Market production"
    ]  # fmt: skip
    assert [each.text for each in qa.one("ul").all("li")] == ["◔ 17 waiting", "● 272 clean"]
    assert "→ 42 to promote to Market QA" in [each.text for each in dev.one("ul").all("li")]
    told = dict(zip([each.text for each in prod.all("dt")], [each.text for each in prod.all("dd")], strict=True))
    assert told["Last backup"] == "2026-11-29 02:01 3 min ago"
    assert told["Proven restore"] == "2026-11-27 02:04 2 days ago"
    assert [each.text for each in qa.all(cls="late")] == ["never"]
    assert f"{GITLAB}/pin/fusion/-/commit/" in prod.all("a", cls="sha")[0].attributes["href"]


LOOKED_FOR: tuple[tuple[dict[str, str], Callable[[Row], bool]], ...] = (
    ({"q": "dealers daily"}, lambda row: "Dealers" in row.title and "Daily" in row.title),
    ({"state": "drift"}, lambda row: any(cell.state is State.DRIFT for cell in row.cells)),
    ({"state": "drift", "env": "0"}, lambda row: row.cells[0].state is State.DRIFT),
    ({"state": "waiting", "env": "1"}, lambda row: row.cells[1].state is State.WAITING),
    ({"env": "2"}, lambda row: row.cells[2].state is not State.ABSENT),
    ({"state": "promote"}, lambda row: any(cell.promote is not Step.SAME for cell in row.cells)),
    ({"state": "unsaved"}, lambda row: any(cell.saved is False for cell in row.cells)),
    ({"state": "todo"}, lambda row: any(cell.state not in (State.CLEAN, State.ABSENT) for cell in row.cells)),
    ({"q": "no such pipeline"}, lambda row: False),
    ({"env": "99", "state": "odd"}, lambda row: True),
)


@needs_chromium
def test_what_is_looked_for_stands_in_the_address() -> None:
    """So that a link shows it to others."""
    made = board(300)
    places = ["#" + urlencode(said) for said, _ in LOOKED_FOR]
    script = """(page) => %s.map((place) => {
        page.location.hash = place;
        page.defaultView.dispatchEvent(new HashChangeEvent('hashchange'));
        const rows = [...page.querySelectorAll('tbody tr')].filter((row) => !row.hidden);
        return [rows.map((row) => row.cells[0].textContent), page.getElementById('shown').textContent,
                page.getElementById('none').hidden];
    })"""

    found = driven(made, script % json.dumps(places))

    wanted = [[row.title for row in made.rows if fits(row)] for _, fits in LOOKED_FOR]
    assert [titles for titles, _, _ in found] == wanted
    assert [told for _, told, _ in found] == [f"{len(titles)} of 300 shown" for titles in wanted]
    assert [hidden for _, _, hidden in found] == [bool(titles) for titles in wanted]


@needs_chromium
def test_typing_and_choosing_filters_at_once_and_can_be_undone() -> None:
    """By the controls as a person uses them."""
    script = """(page) => {
        const at = (id) => page.getElementById(id), found = [];
        const say = (id, value) => { at(id).value = value; at(id).dispatchEvent(new Event('input', {bubbles: true})); };
        const look = () => found.push([at('shown').textContent, page.location.hash]);
        look();
        say('q', 'DEALERS Daily'); look();
        say('state', 'drift'); look();
        at('clear').click(); look();
        page.querySelector('.counts a.drift').click();
        page.defaultView.dispatchEvent(new HashChangeEvent('hashchange')); look();
        return found;
    }"""

    made = board(300)
    drifted = sum(row.cells[2].state is State.DRIFT for row in made.rows)

    found = driven(made, script)

    assert found[0] == ["300 of 300 shown", ""]
    assert found[1] == ["7 of 300 shown", "#q=DEALERS+Daily"]
    assert found[2] == ["1 of 300 shown", "#q=DEALERS+Daily&state=drift"]
    assert found[3] == ["300 of 300 shown", ""]
    assert found[4] == [f"{drifted} of 300 shown", "#env=2&state=drift"]


@needs_chromium
def test_without_scripts_it_is_a_plain_table() -> None:
    """No control is shown that would do nothing."""
    made = board(50)

    script = """(page) => [...page.querySelectorAll('tbody tr')].filter((row) => row.offsetHeight).length * 1000
        + page.querySelector('form').offsetHeight"""

    found = [driven(made, script, below="#state=drift", frame=frame) for frame in ("", 'sandbox="allow-same-origin"')]

    assert (found[0] // 1000, found[0] % 1000 > 0) == (1, True)
    assert (found[1] // 1000, found[1] % 1000) == (50, 0)


@needs_chromium
def test_hostile_names_are_text_and_nothing_else() -> None:
    """Control characters are shown as what they are not."""
    made = board(len(HOSTILE), hostile=True)

    page = shown(made)

    plain = {"abc·txt.exe··", "a" * 299 + "…", *(each for each in HOSTILE if each.isprintable() and len(each) < 300)}
    assert set(visible(page)) == plain
    assert page.all("img") == []
    assert page.one("title").text == "Board of pin/fusion"
    assert len(page.all("script")) == len(page.all("style")) == 1
    allowed = ("#", f"{GITLAB}/pin/fusion")
    assert [href for href in page.links().values() if not href.startswith(allowed)] == []


@needs_chromium
def test_no_request_leaves_the_page() -> None:
    """Not even for what slipped into it; every host leads to this server, which sees whoever asks."""
    injected = b'<img src="http://evil.example/x.png"><script>document.title = "owned"</script></body>'
    safe = drawn(board(50, hostile=True))
    bare = re.sub(rb'<meta http-equiv="Content-Security-Policy"[^>]*>', b"", safe)
    found = {}
    for name, page in {"as it is": safe, "injected": safe.replace(b"</body>", injected)}.items():
        found[name] = _requests(page)
    broken = _requests(bare.replace(b"</body>", injected))

    assert found == dict.fromkeys(found, ([], "Board of pin/fusion"))
    assert broken == ([("evil.example", "/x.png")], "owned")


def _requests(page: bytes) -> tuple[list[tuple[str, str]], str]:
    """What was asked for beside the page itself (and the browser's own icon), and the title in the end."""
    with served(page) as here:
        port = here.url.split(":")[2].split("/")[0]
        title = seen(here.url, f"--host-resolver-rules=MAP * 127.0.0.1:{port}").one("title").text
        own = ("google.com", "googleapis.com")  # what the browser asks for by itself
        asked = [each for each in here.asked if not each[0].endswith(own)]
        return [each for each in asked if each[1] not in ("/board.html", "/favicon.ico")], title


@needs_chromium
@pytest.mark.parametrize("window", [320, 800, 1280])
@pytest.mark.parametrize(("pipelines", "environments"), [(60, 8), (1000, 3)])
def test_nothing_sticks_out_of_the_window(window: int, pipelines: int, environments: int) -> None:
    """On a telephone as on a screen, whatever the names."""
    with served(drawn(board(pipelines, environments=environments, hostile=True))) as here:
        assert width(here.url, window=window) <= window


@needs_chromium
def test_in_the_dark_it_is_dark(tmp_path: Path) -> None:
    """As the rest of the screen."""
    with served(drawn(board(20))) as here:
        for dark in (False, True):
            picture(here.url, tmp_path / f"{dark}.png", width=400, height=300, dark=dark)

    assert (tmp_path / "False.png").read_bytes() != (tmp_path / "True.png").read_bytes()


def test_an_environment_that_is_out_of_reach_says_why() -> None:
    """Its column knows nothing."""
    text = drawn(board(3, trouble=True)).decode()

    assert "Out of reach: <q>aic-unauthorized</q>, <q>x</q>" in text
    assert text.count('<td role="cell" data-is="" data-in="Market"><span class="soft">?</span></td>') == 3


def test_a_commit_of_its_own_stands_in_its_cell() -> None:
    """As of a capture that no deploy has followed; all others are at the environment's."""
    made = board(3)
    own, (place, *others) = "ab" * 20, made.environments
    cells = tuple(Cell(State.CLEAN, commit=sha) for sha in (own, made.environments[1].deployed, ""))
    odd = replace(made, rows=(Row("a", cells),), environments=(replace(place, deployed="cd" * 20), *others))

    text = drawn(odd).decode()

    assert text.split("<tbody")[1].count("/-/commit/") == 1
    assert f'<li>at <a class="sha" href="{GITLAB}/pin/fusion/-/commit/{own}"' in text


def test_a_thousand_pipelines_are_half_a_megabyte() -> None:
    """A page that a mail program or telephone opens without a pause."""
    assert len(drawn(board(1000))) < 700_000


@pytest.mark.parametrize("scheme", [0, 1])
def test_every_text_stands_out_from_its_ground(scheme: int) -> None:
    """4.5 to 1 at least, in the light and in the dark (WCAG 2.2, 1.4.3)."""
    css = (Path(module.__file__).parent / "templates/board.css").read_text()
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})\b", css.split("prefers-color-scheme")[scheme]))
    tones = [name.removesuffix("-bg") for name in colours if name.endswith("-bg")]
    pairs = [(tone, f"{tone}-bg") for tone in tones]
    pairs += [
        (text, ground)
        for text in ("text", "soft", "link", "warn", "promote", "good")
        for ground in ("ground", "card", "head")
    ]

    assert len(tones) == 6
    assert {pair: ratio for pair in pairs if (ratio := _contrast(*(colours[each] for each in pair))) < 4.5} == {}


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
