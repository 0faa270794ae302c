"""The page and the JSON of a board → every drive: under names of their own first, then under those that links know.

What an earlier run has drawn stays for a while, and never takes the place of what a later one has drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from ..domain import board_place, mark
from ..domain.board_place import DATA, PAGE
from ..domain.drives import DriveSettings
from ..domain.errors import ServiceError
from ..domain.mark import Mark
from ..domain.run import Run
from ..ports.aic import Drive
from .outside import Outside
from .pace import all_of

KEPT = 30
"""As many boards stay, the newest: a month of nights."""


@dataclass(frozen=True, slots=True)
class Put:
    """A drive; `path` is that of the page. `newer`: what a later run has laid there stays."""

    drive: str
    path: str
    newer: bool = False
    error: ServiceError | None = None


def lay(
    page: bytes, data: bytes, workspace: str, drives: Sequence[DriveSettings], *, run: Run, outside: Outside
) -> tuple[Put, ...]:
    """One result a drive; one that fails stops no other. To lay the same twice is to lay it once."""
    put = partial(_on_drive, page, data, workspace, run=run, outside=outside)
    return tuple(all_of(outside.together, put, drives, width=max(1, len(drives))))


def there(drive: Drive, workspace: str) -> bool:
    """Whether a page lies there."""
    return PAGE in drive.names(board_place.folder(workspace))


def _on_drive(page: bytes, data: bytes, workspace: str, settings: DriveSettings, *, run: Run, outside: Outside) -> Put:
    folder, own = board_place.folder(workspace), mark.of_run(run)
    path = f"{folder}/{PAGE}"
    try:
        drive = outside.open_drive(workspace, settings.drive)
        known = mark.listed(drive.names(folder))
        newer = any(each.moment > own.moment for each in known)  # of one second, whoever comes last
        _put(drive, f"{folder}/{_page(own)}", page)
        _put(drive, f"{folder}/{own.name}", data)
        if not newer:
            _put(drive, path, page)
            _put(drive, f"{folder}/{DATA}", data)
        old = [each for each in known if each != own][KEPT - 1 :]
        drive.delete([f"{folder}/{name}" for each in old for name in (_page(each), each.name)])
    except ServiceError as error:
        return Put(settings.drive, path, error=error)
    return Put(settings.drive, path, newer=newer)


def _page(each: Mark) -> str:
    return f"{each.name.removesuffix('.json')}.html"


def _put(drive: Drive, path: str, data: bytes) -> None:
    drive.put(path, BytesIO(data), size=len(data))
