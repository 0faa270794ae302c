"""What was found by looking, and how it was said hello, as values."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .answer import Answer
from .markdown import code
from .told import Told

MOST = 1000
MOST_TEXT = 100_000
"""Characters of all lines together: the log takes a quarter of a megabyte in one piece."""


@dataclass(frozen=True, slots=True)
class Listed(Answer):
    """`found` are names, each with what is to be said of it; one that is there several times is one line."""

    what: str = ""
    found: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def told(self) -> Told:
        """The line of the log."""
        shown = _shown(self.found)
        facts = self.facts()
        fields = {name: facts[name] for name in ("outcome", "reason", "detail", "project", "workspace", "by")}
        fields |= {"what": self.what, "count": len(self.found), "found": shown}
        if len(shown) < len(self.found):
            fields["left_off"] = len(self.found) - len(shown)
        said = f"{len(self.found)} {self.what}" if not self.bad else self.outcome.value
        return Told(f"list: {said}", fields, bad=self.bad)


@dataclass(frozen=True, slots=True)
class Greeted(Answer):
    """`name` is the branch that shows that the service may write."""

    name: str = ""

    def told(self) -> Told:
        """The line of the log."""
        return Told(f"hello: {self.outcome.value}", {**self.facts(), "name": self.name}, bad=self.bad)


def grouped(lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """By name, what is to be said of one name in one line."""
    found: dict[str, list[str]] = {}
    for name, about in lines:
        found.setdefault(name, []).append(about)
    return tuple((name, ", ".join(each)) for name, each in sorted(found.items()))


def answer(report: Greeted, *, first_line: str) -> str:
    """The note on the newest commit of the branch."""
    asker = f" Asked for by {code(report.by)}." if report.by else ""
    said = f"### 👋 Hello from the service\n\nIt may write to {code(report.project)}.{asker} Delete this branch."
    return f"{first_line}\n\n{said}"


def _shown(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    shown: dict[str, str] = {}
    room = MOST_TEXT
    for name, about in lines:
        room -= len(name) + len(about)
        if room < 0 or len(shown) == MOST:
            break
        shown[name] = about
    return shown
