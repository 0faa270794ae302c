"""A board, told top to bottom: which environments, look at each, lay the page and its JSON onto the drives, answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..domain import board as boards
from ..domain import board_place, board_report
from ..domain.answer import Outcome
from ..domain.board import Board, Environment
from ..domain.board_report import Boarded, Laid
from ..domain.drives import DriveSettings
from ..domain.errors import Refused, ServiceError, Transient
from ..domain.mapping import Mapping
from ..domain.messages.looking import Board as BoardRequest
from . import board_look, board_shelf
from .answering import Asker, answered, failed
from .board_look import Seen
from .outside import Outside
from .target import read_mapping

Draw = Callable[[Board], bytes]
"""The page of a board."""


@dataclass(frozen=True, slots=True)
class Easel:
    """What a board is drawn with, and the drives of the settings that it is laid onto."""

    draw: Draw
    drives: Sequence[DriveSettings] = ()


def board(request: BoardRequest, project: str, asker: Asker, easel: Easel, outside: Outside) -> Boarded:
    """Raises Transient while another delivery may do better. Only whoever asks by hand gets a note."""
    begun = Boarded("board", Outcome.REFUSED, project, by=asker.by)
    try:
        found, home = _mapped(asker, outside)
        begun = replace(begun, branch=home.branch)
    except ServiceError as error:
        return failed(begun, error, asker)
    find = partial(_made, request, begun, found, home, asker=asker, easel=easel, outside=outside)
    if asker.by_hand:
        return answered(begun, find, board_report.answer, asker=asker, outside=outside)
    try:
        return find()
    except ServiceError as error:
        return failed(begun, error, asker)


@dataclass(frozen=True, slots=True)
class _Mapped:
    mapping: Mapping
    commit: str
    shown: tuple[Environment, ...]
    left_out: tuple[str, ...]


def _mapped(asker: Asker, outside: Outside) -> tuple[_Mapped, Environment]:
    mapping, commit = read_mapping(outside.repository)
    shown, left_out = board_place.environments(mapping, allowed=asker.allowed)
    home = board_place.home(shown)
    if home is None:
        raise Refused("workspace-not-mapped", "the mapping file maps no branch to a workspace of the settings")
    return _Mapped(mapping, commit, shown, left_out), home


def _made(
    request: BoardRequest,
    begun: Boarded,
    found: _Mapped,
    home: Environment,
    *,
    asker: Asker,
    easel: Easel,
    outside: Outside,
) -> Boarded:
    if not (easel.drives or request.dry_run):
        raise Refused("drive-unknown", "the settings of the project have no drive under `backup_drives`")
    seen = [_seen(each, found, asker, easel, outside) for each in found.shown]
    rows = boards.rows([each.cells for each in seen], board_place.chain(found.shown))
    environments = tuple(each.environment for each in seen)
    made = Board(begun.project, asker.run.moment, asker.run.id, environments, rows, found.left_out)
    page = easel.draw(made)
    report = replace(begun, outcome=Outcome.PLANNED, made=made, size=len(page))
    if request.dry_run:
        return board_report.incomplete(report)
    laid = board_shelf.lay(page, made.encode(), home.workspace, easel.drives, run=asker.run, outside=outside)
    _check(laid, asker)
    named = tuple(_addressed(each, begun.project, home) for each in laid)
    return board_report.incomplete(replace(report, outcome=Outcome.DONE, laid=named))


def _seen(each: Environment, found: _Mapped, asker: Asker, easel: Easel, outside: Outside) -> Seen:
    """An environment that is out of reach for good keeps no other from being shown."""
    try:
        return board_look.look(each, found.mapping, found.commit, asker=asker, drives=easel.drives, outside=outside)
    except ServiceError as error:
        if isinstance(error, Transient) and not asker.final:
            raise
        outside.deadline.check()
        return Seen(replace(each, reason=error.reason, detail=error.detail))


def _check(laid: Sequence[board_shelf.Put], asker: Asker) -> None:
    """Raises what may pass, as long as there is another delivery."""
    for each in laid:
        if isinstance(each.error, Transient) and not asker.final:
            raise each.error


def _addressed(put: board_shelf.Put, project: str, home: Environment) -> Laid:
    error = put.error
    return Laid(
        put.drive,
        put.path,
        board_place.url(put.drive, project=project, workspace=home.workspace),
        put.newer,
        error.reason if error else "",
        error.detail if error else "",
    )
