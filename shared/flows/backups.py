"""Backups on a drive: which there are, and what is in one, each file proven by the manifest's hash."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from ..domain import backup, mark
from ..domain.backup import MANIFEST, FileEntry, Manifest, PipelineEntry
from ..domain.drives import DriveSettings, Unreadable
from ..domain.errors import Permanent, Refused, ServiceError
from ..domain.layout import config_path
from ..domain.mark import Mark
from ..domain.packed import Damaged, Packed
from ..domain.point import LATEST, OfBackup
from ..domain.source import InBackup
from ..ports.aic import Drive
from .outside import Outside

_MOST_MARK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup that can be read for as long as it is open."""

    manifest: Manifest
    packed: Packed

    def read(self, entry: FileEntry) -> bytes:
        """A file, proven to be what was saved; raises Damaged `backup-damaged` or `archive-damaged`."""
        data = self.packed.read(backup.member(entry.path), entry.size)
        if not entry.fits(data):
            raise Damaged("backup-damaged", f"`{entry.path}` is not what was saved")
        return data

    def config(self, title: str) -> bytes | None:
        """The config of a pipeline, None where it isn't in the backup."""
        path = config_path(title)
        entry = next((each for each in self.manifest.pipelines if each.path == path), None)
        return None if entry is None else self.read(entry.config)

    def pipelines(self) -> Iterator[PipelineEntry]:
        """Those that a restore can mean; a second pipeline of the same title can be had from the archive by hand."""
        return (each for each in self.manifest.pipelines if not each.twin)


@contextmanager
def opened(source: InBackup, *, workspace: str, outside: Outside) -> Iterator[Opened]:
    """The backup; raises Refused `backup-missing`, Damaged `backup-damaged`, Unreadable `drive-unreadable`."""
    drive = outside.open_drive(workspace, source.drive)
    manifest = read_manifest(drive, source.folder)
    if manifest is None:
        raise Refused("backup-missing", f"`{source.drive}` has no backup in `{source.folder}`")
    name = manifest.archive.name
    pieces = drive.read(f"{source.folder}/{name}")
    if pieces is None:
        raise Damaged("backup-damaged", f"`{name}` is not there any more")
    with outside.archives.unpack(pieces) as packed:
        yield Opened(manifest, packed)


def contents(source: InBackup, *, workspace: str, outside: Outside) -> Iterator[tuple[str, bytes]]:
    """Title and config of each pipeline, one in memory at a time."""
    with opened(source, workspace=workspace, outside=outside) as found:
        for each in found.pipelines():
            outside.deadline.check()
            yield each.name, found.read(each.config)


def find(named: OfBackup, *, workspace: str, drives: Sequence[DriveSettings], outside: Outside) -> InBackup:
    """The backup that somebody means; raises Refused `backup-missing`.

    Of several drives those that can be read are looked at, and the newest backup that fits is taken.
    """
    names = [each.drive for each in drives if named.drive in ("", each.drive)]
    if not names:
        raise Refused("backup-missing", f"the settings have no drive `{named.drive}`")
    found: list[tuple[datetime, InBackup]] = []
    troubles: list[ServiceError] = []
    for name in names:
        try:
            mine = _fitting(named, outside.open_drive(workspace, name), workspace)
            found += [(mine.moment, InBackup(name, mine.folder))] if mine else []
        except ServiceError as error:
            troubles.append(error)
    if not found:
        raise _worst(troubles) or Refused("backup-missing", "no drive has a complete backup that fits")
    return max(found, key=lambda each: each[0])[1]


def marks(drive: Drive, workspace: str) -> tuple[Mark, ...]:
    """The complete backups of the workspace, newest first, those by hand as well."""
    return mark.listed(drive.names(mark.index(workspace)))


def read_manifest(drive: Drive, folder: str) -> Manifest | None:
    """The manifest of a backup, None where there is none."""
    data = read_whole(drive, f"{folder}/{MANIFEST}", most=backup.MOST_BYTES)
    return None if data is None else backup.read(data)


def read_whole(drive: Drive, path: str, *, most: int = _MOST_MARK) -> bytes | None:
    """A small file, None where it is absent."""
    pieces = drive.read(path)
    if pieces is None:
        return None
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > most:
            raise Damaged("backup-damaged", f"`{path}` is larger than any that this service writes")
    return bytes(data)


def _fitting(named: OfBackup, drive: Drive, workspace: str) -> Mark | None:
    """A folder may be one that has no mark in the index, such as that of what a deploy was about to overwrite."""
    folder = _newest(named.which, drive, workspace)
    manifest = read_manifest(drive, folder) if folder else None
    return None if manifest is None else Mark(datetime.fromisoformat(manifest.time), manifest.run, folder)


def _newest(which: str | datetime, drive: Drive, workspace: str) -> str:
    if isinstance(which, str) and which != LATEST:
        return which
    known = (each for each in marks(drive, workspace) if each.regular)
    fitting = (each.folder for each in known if isinstance(which, str) or each.moment <= which)
    return next(fitting, "")


def _worst(troubles: Sequence[ServiceError]) -> ServiceError | None:
    """What may pass is worth another delivery; what is damaged says more than what can never be read."""
    return min(troubles, key=lambda each: (isinstance(each, Permanent), isinstance(each, Unreadable)), default=None)
