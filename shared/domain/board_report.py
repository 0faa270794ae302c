"""What became of a board: the line of the log, and the note for whoever asked. Both are summaries of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .answer import Answer, Outcome
from .board import Board, State
from .bounded import section, table
from .markdown import code, sentence
from .told import Told

_MOST = 50
_HEADLINES = {
    Outcome.DONE: "📋 The board of {}",
    Outcome.PLANNED: "📋 The board of {} (a trial: nothing was written)",
    Outcome.REFUSED: "❌ No board of {}",
    Outcome.FAILED: "❌ No complete board of {}",
}
SIGNS = {
    State.UNREADABLE: "✖",
    State.CONFLICT: "⚡",
    State.DRIFT: "▲",
    State.DIFFERS: "≠",
    State.WAITING: "◔",
    State.UNMANAGED: "◇",
    State.CLEAN: "●",
    State.ABSENT: "–",
}
"""Shapes, so that nobody has to tell colours apart."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A drive: the `path` of the page there and how people open it, or why it is not there.

    `newer`: a board of a later run lies there already, and stays.
    """

    drive: str
    path: str
    url: str = ""
    newer: bool = False
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Boarded(Answer):
    """`size` is that of the page in bytes."""

    made: Board | None = None
    laid: tuple[Laid, ...] = ()
    size: int = 0

    def told(self) -> Told:
        """The line of the log: at most eight environments and the drives of a project."""
        board = self.made
        fields = {
            **self.facts(),
            "pipelines": len(board.rows) if board else 0,
            "environments": _environments(board) if board else {},
            "left_out": list(board.left_out[:_MOST]) if board else [],
            "pages": {each.drive: each.url or each.path for each in self.laid if not each.reason},
            "drives_failed": {each.drive: each.reason for each in self.laid if each.reason},
            "bytes": self.size,
        }
        return Told(f"board: {self.outcome.value}", fields, bad=self.bad)


def incomplete(report: Boarded) -> Boarded:
    """The same as a failure, where an environment or a drive was out of reach."""
    board = report.made
    missing = [each.workspace for each in board.environments if each.reason] if board else []
    missing += [each.drive for each in report.laid if each.reason]
    if not missing:
        return report
    detail = f"out of reach: {', '.join(f'`{each}`' for each in missing)}"
    return replace(report, outcome=Outcome.FAILED, reason="board-incomplete", detail=detail)


def answer(report: Boarded, *, first_line: str) -> str:
    """The note on the newest commit of the branch of the last environment."""
    detail = f": {sentence(report.detail)}" if report.detail else ""
    parts = [
        first_line,
        f"### {_HEADLINES[report.outcome].format(code(report.project))}",
        f"Asked for by {code(report.by)}." if report.by else "",
        f"**Reason** {code(report.reason)}{detail}" if report.reason else "",
        _table(report.made) if report.made else "",
        section("Where it lies", map(_place, report.laid)),
    ]
    return "\n\n".join(part for part in parts if part)


def _environments(board: Board) -> dict[str, dict[str, object]]:
    return {
        each.workspace: {
            **{state.value: count for state, count in board.counts(index).items() if state is not State.ABSENT},
            "not_promoted": board.promotable(index),
            **({"reason": each.reason} if each.reason else {}),
        }
        for index, each in enumerate(board.environments)
    }


def _table(board: Board) -> str:
    states = [state for state in State if state is not State.ABSENT]
    head = ("Workspace", "Branch", *(f"{SIGNS[each]} {each.value}" for each in states), "to promote", "Last backup")
    return table(head, [_line(board, index, states) for index in range(len(board.environments))])


def _line(board: Board, index: int, states: Sequence[State]) -> tuple[str, ...]:
    each, counts = board.environments[index], board.counts(index)
    if each.reason:
        return (code(each.workspace), code(each.branch), code(each.reason), *[""] * (len(states) + 1))
    saved = f"{each.backup:%Y-%m-%d %H:%M} UTC" if each.backup else "never"
    numbers = (str(counts.get(state, 0)) for state in states)
    return (code(each.workspace), code(each.branch), *numbers, str(board.promotable(index)), saved)


def _place(laid: Laid) -> tuple[str, str]:
    if laid.reason:
        return laid.drive, f"not written: `{laid.reason}`"
    kept = "; a newer one lies there already" if laid.newer else ""
    return laid.drive, f"`{laid.path}`{kept}"
