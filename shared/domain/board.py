"""The board: each pipeline in each environment of a project, as one value and as JSON.

The JSON's shape is a promise, see docs/board.md: fields may be added, and anything else makes another `version`.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from .backup import plain

VERSION = 1
_NUMBER = re.compile(r"([0-9]{1,18})")


class State(StrEnum):
    """A pipeline in an environment, the gravest first."""

    UNREADABLE = "unreadable"
    CONFLICT = "conflict"
    DRIFT = "drift"
    DIFFERS = "differs"
    WAITING = "waiting"
    UNMANAGED = "unmanaged"
    CLEAN = "clean"
    ABSENT = "absent"


class Step(StrEnum):
    """What the next environment has of a pipeline: not this version, or nothing at all. Nothing is said of equals."""

    SAME = ""
    CHANGED = "changed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Cell:
    """One pipeline in one environment; `why` is a sentence that quotes names between backticks.

    `commit` holds what was last deployed of it, `waiting` the newest change that is not deployed, as far as it is
    known. `version` is the same for the same content in Git, empty where Git has none. `saved`: whether the newest
    backup has it, None where nobody can look.
    """

    state: State
    why: str = ""
    commit: str = ""
    waiting: str = ""
    version: str = ""
    saved: bool | None = None
    promote: Step = Step.SAME


NOWHERE = Cell(State.ABSENT)


@dataclass(frozen=True, slots=True)
class OnDrive:
    """The newest backup of a workspace on a drive, and the newest restore from it that was proven; None for none.

    `reason` says why the drive could not be looked into.
    """

    drive: str
    backup: datetime | None = None
    proven: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """A branch and the workspace that it is deployed to; `role` is empty for those that nothing is promoted through.

    `deployed` is the commit that was last proven to be live, at `since` (ISO 8601). Where `reason` says why it could
    not be looked at, nothing else is known.
    """

    branch: str
    workspace: str
    role: str = ""
    head: str = ""
    deployed: str = ""
    since: str = ""
    drives: tuple[OnDrive, ...] = ()
    reason: str = ""
    detail: str = ""

    @property
    def backup(self) -> datetime | None:
        """The newest one on any drive."""
        return max((each.backup for each in self.drives if each.backup), default=None)

    @property
    def proven(self) -> datetime | None:
        """The newest proof on any drive."""
        return max((each.proven for each in self.drives if each.proven), default=None)


@dataclass(frozen=True, slots=True)
class Row:
    """One pipeline; its cells are in the order of the environments."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """`left_out` are workspaces of the mapping that there was no room for, or that the settings don't allow."""

    project: str
    moment: datetime
    run: str
    environments: tuple[Environment, ...]
    rows: tuple[Row, ...]
    left_out: tuple[str, ...] = ()

    def counts(self, index: int) -> Mapping[State, int]:
        """How many pipelines are in which state in an environment."""
        found = Counter(row.cells[index].state for row in self.rows)
        return {state: found[state] for state in State if found[state]}

    def promotable(self, index: int) -> int:
        """How many pipelines the next environment has not got in this version."""
        return sum(row.cells[index].promote is not Step.SAME for row in self.rows)

    def following(self, index: int) -> Environment | None:
        """The environment that pipelines are promoted to from here."""
        later = self.environments[index + 1 :] if self.environments[index].role else ()
        return next((each for each in later if each.role), None)

    def encode(self) -> bytes:
        """The JSON, in UTF-8."""
        return json.dumps(self._tree(), ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")

    def _tree(self) -> Mapping[str, object]:
        return {
            "version": VERSION,
            "project": self.project,
            "time": self.moment.isoformat(),
            "run": self.run,
            "environments": [self._environment(index, each) for index, each in enumerate(self.environments)],
            "left_out": list(self.left_out),
            "pipelines": [
                {"title": plain(row.title), "environments": [_cell(each) for each in row.cells]} for row in self.rows
            ],
        }

    def _environment(self, index: int, each: Environment) -> Mapping[str, object]:
        following = self.following(index)
        return {
            "branch": each.branch,
            "workspace": each.workspace,
            "role": each.role or None,
            "head": each.head or None,
            "deployed": {"commit": each.deployed, "time": each.since} if each.deployed else None,
            "next": following.branch if following else None,
            "states": {state.value: count for state, count in self.counts(index).items()},
            "not_promoted": self.promotable(index),
            "backup": _time(each.backup),
            "proven_restore": _time(each.proven),
            "drives": [_drive(one) for one in each.drives],
            "reason": each.reason or None,
            "detail": each.detail or None,
        }


def rows(found: Sequence[Mapping[str, Cell]], chain: Sequence[int]) -> tuple[Row, ...]:
    """The cells of each environment by title → a row for each title.

    `chain` are the environments that pipelines are promoted through, by their places, in order.
    """
    titles = sorted({title for cells in found for title in cells}, key=_as_people_sort)
    return tuple(Row(title, _promoted([cells.get(title, NOWHERE) for cells in found], chain)) for title in titles)


def _as_people_sort(title: str) -> tuple[list[tuple[int, str]], str]:
    """In any case, and 9 before 10."""
    parts = ((int(part), "") if part.isdecimal() else (0, part) for part in _NUMBER.split(title.casefold()))
    return list(parts), title


def _promoted(cells: Sequence[Cell], chain: Sequence[int]) -> tuple[Cell, ...]:
    made = list(cells)
    for place, following in pairwise(chain):
        made[place] = _beside(cells[place], cells[following])
    return tuple(made)


def _beside(cell: Cell, upper: Cell) -> Cell:
    """What can't be read may be anything."""
    if not cell.version or cell.version == upper.version or upper.state is State.UNREADABLE:
        return cell
    return replace(cell, promote=Step.CHANGED if upper.version else Step.NEW)


def _cell(cell: Cell) -> Mapping[str, object] | None:
    """Nothing for a pipeline that is not there; what is empty is left out, since there are thousands."""
    if cell.state is State.ABSENT:
        return None
    told = {
        "commit": cell.commit,
        "waiting": cell.waiting,
        "version": cell.version,
        "not_promoted": cell.promote.value,
        "why": plain(cell.why),
    }
    return {
        "state": cell.state.value,
        **{name: value for name, value in told.items() if value},
        **({} if cell.saved is None else {"in_backup": cell.saved}),
    }


def _drive(each: OnDrive) -> Mapping[str, object]:
    return {
        "drive": each.drive,
        "backup": _time(each.backup),
        "proven_restore": _time(each.proven),
        "reason": each.reason or None,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
