"""News of a release → the same with the way to the project's board, where there is one, which is drawn anew then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..domain import board_place, posting
from ..domain.board_place import PAGE
from ..domain.drives import DriveSettings, bucket
from ..domain.errors import ServiceError
from ..domain.messages.looking import Board
from ..domain.news import News, quoted
from ..domain.notify_report import Notified
from ..domain.occasion import Kind
from . import asking, board_shelf
from .outside import Outside
from .target import read_mapping


@dataclass(frozen=True, slots=True)
class Linked:
    """News, and whether there is a board that they lead to."""

    news: News
    leads: bool = False


def linked(news: News, *, allowed: Collection[str], drives: Sequence[DriveSettings], outside: Outside) -> Linked:
    """A page in a bucket goes before one in AIC. A drive or GitLab that is out of reach costs the link alone."""
    bare = replace(news, board="")
    if news.kind != Kind.DEPLOYED or not news.workspace:
        return Linked(bare)
    try:
        released = _is_release(news, allowed, outside)
    except ServiceError:
        released = False
    for each in sorted(drives, key=lambda each: bucket(each.drive) is None) if released else ():
        try:
            if board_shelf.there(outside.open_drive(news.workspace, each.drive), news.workspace):
                return Linked(_told(bare, each.drive), leads=True)
        except ServiceError:
            continue
    return Linked(bare)


def redrawn(report: Notified, found: Linked, *, request_id: str, outside: Outside) -> Notified:
    """Whoever was told now is to find there what they were told of; that nobody draws it is somebody's to look at."""
    if not (found.leads and report.heard):
        return report
    wanted = Board(project=report.project)
    try:
        asking.for_board(wanted, origin=posting.NEWS, request_id=request_id, outside=outside)
    except ServiceError as error:
        return replace(report, untold=(*report.untold, f"board: {error.reason}"))
    return report


def _is_release(news: News, allowed: Collection[str], outside: Outside) -> bool:
    """Whether it went into the last environment, where the board lies."""
    shown, _ = board_place.environments(read_mapping(outside.repository)[0], allowed=allowed)
    home = board_place.home(shown)
    return home is not None and home.workspace == news.workspace


def _told(bare: News, drive: str) -> News:
    """A file on a drive in AIC has no address that is known; a bucket's has."""
    url = board_place.url(drive, project=bare.project, workspace=bare.workspace)
    if url:
        return replace(bare, board=url)
    path = f"{board_place.folder(bare.workspace)}/{PAGE}"
    return replace(bare, facts=(*bare.facts, f"board: {quoted(path)} on the drive {quoted(drive)}"))
