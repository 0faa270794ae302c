"""What the pages of the project tell people to type, and where their links lead."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = tuple(sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]))
_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)(?P<text>.+?)(?<!`)\1(?!`)")
_LINK = re.compile(r"\]\((?P<target>[^()\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<text>.+?)$", re.MULTILINE)
_SHELL = {"", "sh", "bash", "console"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line for a shell, as it stands in a page; continued lines are one."""

    page: Path
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.text}"

    def calls(self, program: str) -> Iterator[list[str]]:
        """The arguments of each call of the program in the line, also behind a pipe or `&&`."""
        words = shlex.shlex(self.text, posix=True, punctuation_chars=True)
        words.whitespace_split = True
        words.commenters = "#"
        found: list[str] | None = None
        before = ";"
        for word in [*words, ";"]:
            if set(word) <= set("();<>|&"):
                if found is not None:
                    yield found
                found = None
            elif found is not None:
                found.append(word)
            elif word == program and (set(before) <= set("();|&") or "=" in before or before == "do"):
                found = []
            before = word


def lines(page: Path) -> list[Line]:
    """What stands in the page's blocks of shell, and in code spans that begin like a command."""
    text = page.read_text(encoding="utf-8")
    found = []
    for fence in _FENCE.finditer(text):
        if fence["kind"] in _SHELL:
            whole = fence["text"].replace("\\\n", " ")
            found += [Line(page, each.strip()) for each in whole.splitlines() if each.strip()]
    for span in _SPAN.finditer(_FENCE.sub("", text)):
        if re.match(r"(gcloud|make|terraform) [a-z-]", span["text"]):
            found.append(Line(page, span["text"].replace("\\|", "|")))
    return found


def calls(program: str) -> list[tuple[Line, list[str]]]:
    """All calls of the program in all pages, each with the line that it stands in."""
    return [(line, call) for page in PAGES for line in lines(page) for call in line.calls(program)]


def spans(page: Path) -> list[str]:
    """The texts of the page's code spans."""
    return [found["text"] for found in _SPAN.finditer(_FENCE.sub("", page.read_text(encoding="utf-8")))]


def links(page: Path) -> list[str]:
    """Where the page's links lead, but for those to other hosts."""
    text = _SPAN.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    return [found["target"] for found in _LINK.finditer(text) if "://" not in found["target"]]


def anchors(page: Path) -> set[str]:
    """The places in the page that a link can lead to, as GitLab makes them of headings."""
    headings = (found["text"] for found in _HEADING.finditer(_FENCE.sub("", page.read_text(encoding="utf-8"))))
    return {anchor(each) for each in headings}


def anchor(heading: str) -> str:
    """`What to do when …` → `what-to-do-when-`."""
    plain = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", heading).strip().lower()
    return re.sub(r" +", "-", re.sub(r"[^\w\- ]", "", plain))
