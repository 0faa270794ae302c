"""What a check of a project found, as one value: a table of lines, each with what to do where something is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .bounded import table
from .errors import ServiceError
from .markdown import code, sentence
from .told import Told


class State(StrEnum):
    """`warn`: it works, and could be better."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


_SIGNS = {State.OK: "✅", State.WARN: "⚠️", State.BAD: "❌"}


@dataclass(frozen=True, slots=True)
class Line:
    """`what` was looked at, how it is, what there is to say of it, and what to do; sentences quote names."""

    what: str
    state: State
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """`merge_request` is the one that the answer stands on; `untold` why it does not."""

    project: str
    lines: tuple[Line, ...]
    merge_request: int | None = None
    untold: str = ""

    def told(self) -> Told:
        """One line of the log with the table in it; an error where something is wrong."""
        count = {state: len(self._of(state)) for state in State}
        bad = count[State.BAD]
        fields = {
            "outcome": "wrong" if bad else "fine",
            "project": self.project,
            "merge_request": self.merge_request,
            "table": [_text(each) for each in self._worst_first()],
            "untold": [self.untold] if self.untold else [],
        }
        said = f"{bad} wrong, {count[State.WARN]} to look at, {count[State.OK]} fine"
        return Told(f"check: {said}", fields, bad=bool(bad or self.untold))

    def render(self, *, first_line: str) -> str:
        """The note; what is wrong comes first."""
        wrong = len(self._of(State.BAD))
        title = f"### {_SIGNS[State.BAD]} {wrong} wrong" if wrong else f"### {_SIGNS[State.OK]} Nothing wrong"
        rows = [
            (_SIGNS[each.state], code(each.what), sentence(each.said), sentence(each.remedy) if each.remedy else "")
            for each in self._worst_first()
        ]
        return "\n\n".join([first_line, title, table(("", "What", "Found", "What to do"), rows)])

    def _of(self, state: State) -> list[Line]:
        return [each for each in self.lines if each.state is state]

    def _worst_first(self) -> Iterable[Line]:
        return [*self._of(State.BAD), *self._of(State.WARN), *self._of(State.OK)]


def broken(what: str, error: ServiceError) -> Line:
    """What could not be looked at."""
    detail = f": {error.detail}" if error.detail else ""
    return Line(what, State.BAD, f"`{error.reason}`{detail}", f"The runbook says what `{error.reason}` needs.")


def _text(line: Line) -> str:
    remedy = f" → {line.remedy}" if line.remedy else ""
    return f"{line.state}: {line.what}: {line.said}{remedy}"
