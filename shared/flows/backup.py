"""Pipelines → one archive → every drive: the archive first, then the manifest, then the mark by which it is found.

A drive that fails is reported and stops nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO

from ..domain import backup, mark
from ..domain.backup import MANIFEST, ArchiveEntry, BackupPlace, Kind, Manifest, PipelineEntry, Stored
from ..domain.backup_report import BackupLine
from ..domain.drives import DriveSettings
from ..domain.errors import Refused, ServiceError
from ..domain.mark import Mark, Seal
from ..domain.packed import NoRoom, Packed
from ..domain.run import Run
from ..ports.aic import Drive
from .outside import Outside
from .pace import all_of

WIDTH = 4
"""How many files go to a drive side by side."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    place: BackupPlace
    run: Run
    kind: Kind
    folder: str = ""

    @property
    def mark(self) -> Mark:
        return mark.of_run(self.run, folder=self.folder, some=self.kind == "pipelines")


@dataclass(frozen=True, slots=True)
class _Made:
    """A backup, ready to be stored; `mark` is the path of its mark."""

    packed: Packed
    manifest: Manifest
    folder: str
    mark: str


def store(
    pipelines: Iterable[Stored],
    *,
    place: BackupPlace,
    run: Run,
    drives: Sequence[DriveSettings],
    outside: Outside,
    folder: str = "",
    some: bool = False,
) -> tuple[BackupLine, ...]:
    """One line a drive. `pipelines` are taken one by one, and what taking them raises goes through.

    `folder` is a name that somebody chose, `some` says that these are not all pipelines of the workspace. The same run
    stores in the same folder again.
    """
    wanted = _Wanted(place, run, "pipelines" if some else "workspace", folder)
    return _stored(pipelines, wanted, drives=drives, outside=outside)


def pre_images(
    pipelines: Iterable[Stored], *, place: BackupPlace, run: Run, drives: Sequence[DriveSettings], outside: Outside
) -> tuple[BackupLine, ...]:
    """What a deploy is about to overwrite, as it is now; the commit of the place is the one that is being deployed.

    At most five requests to a drive, and never over what an earlier delivery of the same run has stored.
    """
    return _stored(pipelines, _Wanted(place, run, "before"), drives=drives, outside=outside)


def _stored(
    pipelines: Iterable[Stored], wanted: _Wanted, *, drives: Sequence[DriveSettings], outside: Outside
) -> tuple[BackupLine, ...]:
    if not drives:
        return ()
    entries: list[PipelineEntry] = []
    try:
        with outside.archives.pack(_members(pipelines, entries), moment=wanted.run.moment) as packed:
            made = _made(packed, entries, wanted)
            on_drive = partial(_on_drive, made=made, wanted=wanted, outside=outside)
            return tuple(all_of(outside.together, on_drive, drives, width=len(drives)))
    except NoRoom as error:
        return tuple(_failed(each, wanted.mark.folder, error) for each in drives)


def _members(pipelines: Iterable[Stored], entries: list[PipelineEntry]) -> Iterator[tuple[str, bytes]]:
    """The files by their names in the archive, one by one; `entries` grows with them."""
    taken: set[str] = set()
    for each in pipelines:
        entry = backup.entry(each, taken=taken)
        entries.append(entry)
        taken.update(file.path for file in entry.files)
        for file, data in zip(entry.files, backup.contents(each), strict=True):
            yield backup.member(file.path), data


def _made(packed: Packed, entries: Sequence[PipelineEntry], wanted: _Wanted) -> _Made:
    place, run = wanted.place, wanted.run
    manifest = Manifest(
        kind=wanted.kind,
        project=place.project,
        workspace=place.workspace,
        branch=place.branch,
        commit=place.commit,
        run=run.id,
        time=run.moment.isoformat(),
        archive=ArchiveEntry(name=backup.archive_name(packed.sha256), sha256=packed.sha256, size=packed.size),
        pipelines=tuple(entries),
    )
    if wanted.kind == "before":
        folder = mark.before(run, packed.sha256)
        return _Made(packed, manifest, folder, mark.before_mark(folder))
    return _Made(packed, manifest, wanted.mark.folder, f"{mark.index(place.workspace)}/{wanted.mark.name}")


def _on_drive(settings: DriveSettings, *, made: _Made, wanted: _Wanted, outside: Outside) -> BackupLine:
    try:
        drive = outside.open_drive(wanted.place.workspace, settings.drive)
        if wanted.folder:
            _check_free(drive, wanted)
        _put_all(drive, made, loose=settings.files and wanted.kind != "before", outside=outside)
    except ServiceError as error:
        return _failed(settings, made.folder, error)
    return BackupLine(
        settings.drive, made.folder, ok=True, pipelines=len(made.manifest.pipelines), size=made.packed.size
    )


def _check_free(drive: Drive, wanted: _Wanted) -> None:
    """A name that somebody chose may have been chosen before."""
    marks = mark.listed(drive.names(mark.index(wanted.place.workspace)))
    if any(each.folder == wanted.folder and each.run != wanted.run.id for each in marks):
        raise Refused("backup-exists", f"there is a backup in `{wanted.folder}` already; choose another folder")


def _put_all(drive: Drive, made: _Made, *, loose: bool, outside: Outside) -> None:
    manifest = replace(made.manifest, files=loose)
    drive.put(f"{made.folder}/{manifest.archive.name}", made.packed.open(), size=made.packed.size)
    if loose:
        put = partial(_put_loose, drive, made=made)
        all_of(outside.together, put, manifest.pipelines, width=WIDTH)
    _put(drive, f"{made.folder}/{MANIFEST}", manifest.encode())
    _put(drive, made.mark, Seal.of(manifest, folder=made.folder).encode())


def _put_loose(drive: Drive, entry: PipelineEntry, *, made: _Made) -> None:
    data = made.packed.read(backup.member(entry.path), entry.size)
    _put(drive, f"{made.folder}/{backup.loose_path(made.manifest.archive.name, entry)}", data)


def _put(drive: Drive, path: str, data: bytes) -> None:
    drive.put(path, BytesIO(data), size=len(data))


def _failed(settings: DriveSettings, folder: str, error: ServiceError) -> BackupLine:
    return BackupLine(settings.drive, folder, ok=False, detail=error.detail, reason=error.reason)
