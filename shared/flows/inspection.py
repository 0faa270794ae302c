"""A backup on a drive → everything that is wrong with it, file by file."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..domain import backup, mark
from ..domain.backup import MANIFEST, FileEntry, Manifest, PipelineEntry
from ..domain.drill_report import DAMAGED, EXTRA, MISSING, Damage
from ..domain.mark import Mark
from ..domain.packed import Damaged
from ..ports.aic import Drive
from . import backups, beside_git
from .backups import Opened
from .outside import Outside


@dataclass(frozen=True, slots=True)
class Inspected:
    """`configs`: title to the key of a config that was read back and found whole. `files`: how many files were."""

    damages: tuple[Damage, ...]
    manifest: Manifest | None = None
    configs: Mapping[str, str] = field(default_factory=dict)
    files: int = 0


def inspect(found: Mark, drive: Drive, workspace: str, outside: Outside) -> Inspected:
    """Reads all of it; raises Unreadable where the drive gives nothing back, and what the ports raise."""
    try:
        data = backups.read_whole(drive, f"{found.folder}/{MANIFEST}", most=backup.MOST_BYTES)
        manifest = None if data is None else backup.read(data)
    except Damaged:
        return Inspected((Damage(MANIFEST, DAMAGED),))
    if data is None or manifest is None:
        return Inspected((Damage(MANIFEST, MISSING),))
    seal = [] if _sealed(data, f"{mark.index(workspace)}/{found.name}", drive) else [Damage(MANIFEST, DAMAGED)]
    around = _around(found.folder, manifest, drive, outside)
    return _with_archive([*seal, *around], found, manifest, drive, outside)


def listed(found: Mark, drive: Drive) -> tuple[Damage, ...]:
    """What is missing by the list of the folder alone, where nothing can be read."""
    names = drive.names(found.folder)
    missing = [] if MANIFEST in names else [MANIFEST]
    missing += [] if backup.archives_among(names) else ["pipelines-….zip"]
    return tuple(Damage(name, MISSING) for name in missing)


def _sealed(manifest: bytes, path: str, drive: Drive) -> bool:
    """Whether the mark was set upon this very manifest."""
    try:
        seal = mark.read_seal(backups.read_whole(drive, path) or b"")
    except Damaged:
        return False
    return seal is not None and seal.fits(manifest)


def _with_archive(damages: list[Damage], found: Mark, manifest: Manifest, drive: Drive, outside: Outside) -> Inspected:
    name = manifest.archive.name
    try:
        pieces = drive.read(f"{found.folder}/{name}")
        if pieces is None:
            return Inspected((*damages, Damage(name, MISSING)), manifest)
        with outside.archives.unpack(pieces) as packed:
            inside = _inside(Opened(manifest, packed), outside)
            whole = (packed.sha256, packed.size) == (manifest.archive.sha256, manifest.archive.size)
    except Damaged:  # no archive any more, or bytes that no longer fit what the drive itself knows of them
        return Inspected((*damages, Damage(name, DAMAGED)), manifest)
    unseen = [] if whole or inside.damages else [Damage(name, DAMAGED)]
    return Inspected((*damages, *inside.damages, *unseen), manifest, inside.configs, inside.files)


def _inside(opened: Opened, outside: Outside) -> Inspected:
    names = Counter(opened.packed.names)
    damages: list[Damage] = []
    configs: dict[str, str] = {}
    files = 0
    for pipeline, entry, data in _entries(opened, names, outside):
        if isinstance(data, str):
            damages.append(Damage(entry.path, data))
            continue
        files += 1
        if entry.path == pipeline.path and not pipeline.twin:
            configs[pipeline.name] = beside_git.key(data)
    damages += [Damage(name, EXTRA) for name in names.elements()]
    return Inspected(tuple(damages), opened.manifest, configs, files)


def _entries(
    opened: Opened, names: Counter[str], outside: Outside
) -> Iterator[tuple[PipelineEntry, FileEntry, bytes | str]]:
    """Each file with its bytes, or the word for what is wrong with it; `names` loses those that were looked for."""
    for pipeline in opened.manifest.pipelines:
        for entry in pipeline.files:
            outside.deadline.check()
            known = names[backup.member(entry.path)] > 0
            names[backup.member(entry.path)] -= known
            try:
                yield pipeline, entry, opened.read(entry) if known else MISSING
            except Damaged:
                yield pipeline, entry, DAMAGED


def _around(folder: str, manifest: Manifest, drive: Drive, outside: Outside) -> list[Damage]:
    """The folder itself, and the configs that lie there one by one. Archives of interrupted deliveries may stay."""
    here = drive.names(folder)
    foreign = [name for name in here if name != MANIFEST and not backup.archives_among([name])]
    damages = [Damage(name, EXTRA) for name in foreign]
    return damages + (_loose(folder, manifest, drive, outside) if manifest.files else [])


def _loose(folder: str, manifest: Manifest, drive: Drive, outside: Outside) -> list[Damage]:
    beside = backup.loose_folder(manifest.archive.name)
    wanted = {backup.loose_path(manifest.archive.name, each): each for each in manifest.pipelines}
    extra = {f"{beside}/{name}" for name in drive.names(f"{folder}/{beside}")} - wanted.keys()
    damages = [Damage(path, EXTRA) for path in sorted(extra)]
    for path, each in wanted.items():
        outside.deadline.check()
        wrong = _wrong(f"{folder}/{path}", each.config, drive)
        damages += [Damage(path, wrong)] if wrong else []
    return damages


def _wrong(path: str, entry: FileEntry, drive: Drive) -> str:
    try:
        data = backups.read_whole(drive, path, most=entry.size)
    except Damaged:
        return DAMAGED
    if data is None:
        return MISSING
    return "" if entry.fits(data) else DAMAGED
