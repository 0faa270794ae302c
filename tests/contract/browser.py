"""Pages as a person's browser has them: headless Chromium on this machine, one fresh profile for each look."""

import shutil
import subprocess
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx

from emulators.server import serve
from tests.contract.optional import needed

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_FRAMED = "/framed"
_MEASURE = f"""<!doctype html><output></output><iframe style="width: %dpx; height: 800px; border: 0" src="{_FRAMED}%s"
onload="document.querySelector('output').textContent = contentDocument.documentElement.scrollWidth"></iframe>"""
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
needs_chromium = needed(bool(_CHROMIUM), why="Chromium is not installed")


@dataclass(slots=True)
class Element:
    """One element of a page; `text` is all of its text, with each run of white space as one blank."""

    tag: str
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self._texts()).split())

    def all(self, tag: str = "", *, cls: str = "") -> list["Element"]:
        """The elements below with this tag and class, in the order of the page."""
        found: list[Element] = []
        for child in self.inside:
            if isinstance(child, Element):
                fits = tag in {"", child.tag} and (not cls or cls in child.attributes.get("class", "").split())
                found += [child, *child.all(tag, cls=cls)] if fits else child.all(tag, cls=cls)
        return found

    def one(self, tag: str = "", *, cls: str = "") -> "Element":
        """The only such element."""
        (found,) = self.all(tag, cls=cls)
        return found

    def links(self) -> dict[str, str]:
        """Where each link leads, by its text."""
        return {link.text: link.attributes.get("href", "") for link in self.all("a")}

    def rows(self) -> list[list[str]]:
        """The texts of the cells of each row of a table."""
        return [[cell.text for cell in row.inside if isinstance(cell, Element)] for row in self.all("tr")]

    def _texts(self) -> list[str]:
        return [text for child in self.inside for text in ([child] if isinstance(child, str) else child._texts())]


def seen(url: str, *flags: str) -> Element:
    """The page as it stands in the browser once it is loaded; `flags` are more of Chromium's."""
    dom = _run(url, "--dump-dom", *flags)
    tree = _Tree()
    tree.feed(dom)
    tree.close()
    return tree.root


def picture(url: str, file: Path, *, width: int = 1280, height: int = 1000, dark: bool = False) -> None:
    """A screenshot (PNG). Its edges show what is too wide for the window."""
    scheme = ("--blink-settings=preferredColorScheme=0",) if dark else ()
    _run(url, f"--screenshot={file}", f"--window-size={width},{height}", *scheme)
    assert file.exists(), f"Chromium took no picture of {url}"


def width(url: str, *, window: int) -> int:
    """How many pixels wide the page is in a window of that width: more than that when something sticks out.

    Measured by a script in a frame around the page, which is fetched for that without its policy against both.
    """
    parts = urlsplit(url)
    with serve(partial(_frame, f"{parts.scheme}://{parts.netloc}", path=parts.path, window=window)) as running:
        return int(seen(running.url).one("output").text)


def _frame(
    origin: str, environ: WSGIEnvironment, start_response: StartResponse, *, path: str, window: int
) -> list[bytes]:
    if environ["PATH_INFO"] == "/":
        body, kind = (_MEASURE % (window, path)).encode(), "text/html"
    else:
        answer = httpx.get(origin + str(environ["REQUEST_URI"]).replace(_FRAMED, "", 1))
        body, kind = answer.content, answer.headers["Content-Type"]
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def _run(url: str, *flags: str) -> str:
    with TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        command = [_CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", *flags, url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)
