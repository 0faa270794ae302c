"""What became of a project that was to be made or completed, as one value, and what people read of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .answer import Answer, Outcome
from .bounded import table
from .markdown import code, sentence
from .news import News, NewsRow, Tone, fitted, identity, quoted
from .occasion import Kind
from .told import Told

_MOST = 100


class State(StrEnum):
    """How one thing stands; `differs`: it is there, and otherwise than it would have been made."""

    THERE = "there"
    MADE = "made"
    PLANNED = "planned"
    DIFFERS = "differs"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a project has or lacks; `said` quotes names, `reason` is why it could not be made."""

    what: str
    state: State
    said: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Founded(Answer):
    """All that was looked at, in the order in which it is made."""

    items: tuple[Item, ...] = ()

    def told(self) -> Told:
        """The line of the log."""
        shown = {
            state.value: [_line(each) for each in self.of(state)][:_MOST]
            for state in (State.MADE, State.PLANNED, State.DIFFERS, State.FAILED)
        }
        fields = {**self.facts(), "there": len(self.of(State.THERE)), **shown}
        return Told(f"{self.workflow}: {self.outcome.value}", fields, bad=self.bad)

    def of(self, state: State) -> list[Item]:
        """The things that stand so."""
        return [each for each in self.items if each.state is state]


_SIGNS = {State.PLANNED: "🔎 would be made", State.DIFFERS: "⚠️ left as it is", State.FAILED: "❌ not made"}
_THERE = "✅ there"
_HEADLINES = {
    Outcome.PLANNED: "🔎 What {} would get",
    Outcome.REFUSED: "❌ {} was not made ready",
    Outcome.FAILED: "❌ {} is not ready",
}


def answer(report: Founded, *, first_line: str) -> str:
    """The note on the newest commit of the default branch: how it stands now, so that a second answer says the same."""
    headline = _HEADLINES.get(report.outcome, "✅ {} is ready").format(code(report.project))
    rows = [
        (_SIGNS.get(each.state, _THERE), sentence(each.what), sentence(each.said) if each.state in _SIGNS else "")
        for each in report.items
    ]
    detail = f": {sentence(report.detail)}" if report.detail else ""
    parts = [
        first_line,
        f"### {headline}",
        f"Asked for by {code(report.by)}." if report.by else "",
        f"**Reason** {code(report.reason)}{detail}" if report.reason else "",
        table(("", "What", ""), rows),
    ]
    return "\n\n".join(part for part in parts if part)


def news(report: Founded) -> Iterator[News]:
    """That the project is ready; it is told again when something else is there."""
    if report.outcome not in (Outcome.MADE, Outcome.NOTHING):
        return
    state = "\0".join(dict.fromkeys(each.what for each in report.items))
    found = News(
        Kind.INITIALIZED,
        report.project,
        identity(Kind.INITIALIZED, report.project, hashlib.sha256(state.encode()).hexdigest()),
        f"🌱 {quoted(report.project)} is ready",
        Tone.GOOD,
        "Its branches, files, protection, labels and hook are there.",
        (f"asked for by {quoted(report.by)}",) if report.by else (),
        about="What",
    )
    yield fitted(
        found, [NewsRow(each.what, "left as it is", each.said, Tone.WARN) for each in report.of(State.DIFFERS)]
    )


def _line(item: Item) -> str:
    return f"{item.what}: {item.said}" if item.said else item.what
