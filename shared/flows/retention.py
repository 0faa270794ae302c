"""Old backups go, by the setting of their drive; the newest complete ones never do."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..domain import backup, mark, retention
from ..domain.backup import MANIFEST
from ..domain.backup_report import BackupLine
from ..domain.drives import DriveSettings, Keep
from ..domain.errors import Permanent, ServiceError
from ..domain.mark import Mark
from ..domain.run import Run
from ..ports.aic import Drive
from . import backups
from .outside import Outside

MOST = 20
"""As many go in one run, so that a run that finds years of them still ends."""


def tidy(
    lines: Sequence[BackupLine], *, workspace: str, drives: Sequence[DriveSettings], outside: Outside
) -> tuple[BackupLine, ...]:
    """The lines of backups that were just made, with what was removed thereafter; nothing where the backup failed."""
    settings = {each.drive: each for each in drives}
    return tuple(_tidied(line, settings[line.drive].keep, workspace, outside) for line in lines)


def tidy_befores(*, workspace: str, run: Run, drives: Sequence[DriveSettings], outside: Outside) -> int:
    """Removes what deploys were about to overwrite long ago; how many of those there were.

    They lie by days, of which some two weeks are looked at: it has to be run now and then. A drive that fails is left
    for the next time.
    """
    removed = 0
    for each in drives:
        try:
            drive = outside.open_drive(workspace, each.drive)
            for day in retention.days_of_befores(run.moment.date()):
                removed += _tidied_day(drive, day)
        except ServiceError:
            continue
    return removed


def _tidied(line: BackupLine, keep: Keep | None, workspace: str, outside: Outside) -> BackupLine:
    if keep is None or not line.ok:
        return line
    removed = 0
    try:
        drive = outside.open_drive(workspace, line.drive)
        known = backups.marks(drive, workspace)
        old = retention.expired(known, keep)[:MOST]
        if old:
            _check_newest(next(each for each in known if each.regular), drive)
        for each in old:
            outside.deadline.check()
            _remove(drive, each.folder, f"{mark.index(workspace)}/{each.name}")
            removed += 1
    except ServiceError as error:
        return replace(line, removed=removed, kept=error.reason)
    return replace(line, removed=removed)


def _check_newest(newest: Mark, drive: Drive) -> None:
    """Nothing goes on the word of a mark alone."""
    names = drive.names(newest.folder)
    if MANIFEST not in names or not backup.archives_among(names):
        raise Permanent("backup-incomplete", f"the newest backup, `{newest.folder}`, is not all there")


def _tidied_day(drive: Drive, day: str) -> int:
    folders = mark.befores(day, drive.names(day))
    for folder in folders:
        _remove(drive, folder, mark.before_mark(folder))
    return len(folders)


def _remove(drive: Drive, folder: str, path: str) -> None:
    """The manifest first, without which it is no backup, and the mark last, by which what is left is found again."""
    names = drive.names(folder)
    manifest = [MANIFEST] if MANIFEST in names else []
    drive.delete([*(f"{folder}/{name}" for name in [*manifest, *_files(drive, folder, names)]), path])


def _files(drive: Drive, folder: str, names: Sequence[str]) -> Iterator[str]:
    """The archives, and what lies in the folders beside them; whatever else somebody has put there stays."""
    for name in backup.archives_among(names):
        beside = backup.loose_folder(name)
        yield from (f"{beside}/{each}" for each in drive.names(f"{folder}/{beside}"))
        yield name
