"""A board → one HTML page that needs nothing else, by itself or with its script. Everything from outside is escaped.

Its policy forbids every other style, every other script, and every request.
"""

import base64
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from jinja2 import Environment

from ...domain.board import Board, Cell, State, Step
from ...domain.board_report import SIGNS
from ...domain.markdown import visible
from ...domain.news import spans
from .. import templates

_TEMPLATES = Path(__file__).parent / "templates"
_MOST_TITLE, _MOST_WHY = 300, 500
_FEW = 4
"""Up to so many environments stand side by side on a usual screen."""
_NARROW, _CROWDED = 760, 1240
_OLD = timedelta(hours=36)
_OLD_PROOF = timedelta(days=9)
"""A night, and a week, and somewhat: what is older was to be made by a run that did not come, or failed."""
MEANINGS: Mapping[State, str] = MappingProxyType(
    {
        State.UNREADABLE: "AIC or Git did not give it in a form that can be read, or AIC has several of this title",
        State.CONFLICT: "changed in Git and, since the last deploy, in AIC as well: somebody has to decide",
        State.DRIFT: "edited or deleted in AIC since the last deploy; the next snapshot brings it into Git",
        State.DIFFERS: "AIC and Git differ, and no deploy is on record that says which is newer",
        State.WAITING: "merged, not yet deployed",
        State.UNMANAGED: "in AIC, but not (or no longer) in Git",
        State.CLEAN: "AIC runs what the branch holds",
        State.ABSENT: "neither in AIC nor in Git",
    }
)
_STEPS = {Step.NEW: "not in {} yet", Step.CHANGED: "not in {} in this version"}


def draw(board: Board, *, gitlab: str) -> bytes:
    """The page, in UTF-8; `gitlab` is GitLab's base URL, where links lead."""
    template = _environment()
    narrow = _NARROW if len(board.environments) <= _FEW else _CROWDED
    style = template.get_template("board.css").render(narrow=narrow)
    script = template.get_template("board.js").render()
    page = template.get_template("board.html").render(
        board=board,
        style=style,
        script=script,
        policy=_policy(style, script),
        project=f"{gitlab}/{quote(board.project, safe='/')}",
        signs=SIGNS,
        meanings=MEANINGS,
        states=State,
        ago=functools.partial(_ago, now=board.moment),
        words=_words,
        step=functools.partial(_step, board),
    )
    return page.encode(errors="backslashreplace")


@dataclass(frozen=True, slots=True)
class _Moment:
    """A time as it is shown; `late` is one that people should know about."""

    iso: str
    shown: str
    ago: str
    late: bool


def _ago(moment: datetime | str | None, *, now: datetime, proof: bool = False) -> _Moment | None:
    if not moment:
        return None
    exact = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    exact = exact.astimezone(UTC)
    passed = max(now - exact, timedelta())
    hours = passed // timedelta(hours=1)
    ago = (
        f"{passed // timedelta(minutes=1)} min" if not hours else f"{hours} h" if hours < 48 else f"{hours // 24} days"
    )
    late = passed > (_OLD_PROOF if proof else _OLD)
    return _Moment(exact.isoformat(timespec="seconds"), f"{exact:%Y-%m-%d %H:%M}", f"{ago} ago", late)


def _words(cell: Cell) -> str:
    """What the page's filter knows of a cell."""
    busy = cell.state not in (State.CLEAN, State.ABSENT)
    marks = (("todo", busy), ("promote", cell.promote is not Step.SAME), ("unsaved", cell.saved is False))
    return " ".join((cell.state.value, *(mark for mark, holds in marks if holds)))


def _step(board: Board, cell: Cell, index: int) -> str:
    following = board.following(index)
    if cell.promote is Step.SAME or following is None:
        return ""
    return _STEPS[cell.promote].format(f"`{following.workspace.replace('`', chr(39))}`")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@functools.cache
def _environment() -> Environment:
    made = templates.environment(_TEMPLATES)
    made.filters.update(
        spans=spans,
        title=functools.partial(visible, limit=_MOST_TITLE),
        why=functools.partial(visible, limit=_MOST_WHY),
    )
    return made
