"""What became of backups, as values, and as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .bounded import section


@dataclass(frozen=True, slots=True)
class BackupLine:
    """One drive: whether the backup is complete there, in which folder, and if not why.

    `reason` and `detail` are those of the error; `size` is that of the archive in bytes. `removed` says how many old
    backups went, `kept` why not all could that are over.
    """

    drive: str
    folder: str
    ok: bool
    detail: str = ""
    reason: str = ""
    pipelines: int = 0
    size: int = 0
    removed: int = 0
    kept: str = ""


def summary(lines: Sequence[BackupLine]) -> str:
    """A few words, none where there are no drives."""
    stored = sum(line.ok for line in lines)
    if stored == len(lines):
        return f"backed up on {stored} drive{'' if stored == 1 else 's'}" if lines else ""
    return f"backed up on {stored} of {len(lines)} drives" if stored else "not backed up"


def markdown(lines: Sequence[BackupLine]) -> str:
    """A list for a note, empty where there are no drives."""
    return section("Backups", map(item, lines))


def item(line: BackupLine) -> tuple[str, str]:
    """The drive, and a sentence about it."""
    if not line.ok:
        why = f"{line.detail or 'it failed'} (`{line.reason}`)" if line.reason else line.detail
        return line.drive, f"no backup: {why}"
    told = f"complete in `{line.folder}` ({line.pipelines} pipelines, {_size(line.size)})"
    if line.kept:
        return line.drive, f"{told}; older ones stay for now, `{line.kept}`"
    return line.drive, f"{told}; {line.removed} older removed" if line.removed else told


def fields(lines: Sequence[BackupLine]) -> Mapping[str, object]:
    """For the log."""
    return {
        "backups": {each.drive: each.folder for each in lines if each.ok},
        "backups_failed": {each.drive: each.reason for each in lines if not each.ok},
        "drives_failed": sum(not each.ok for each in lines),
        "backups_removed": sum(each.removed for each in lines),
        "backups_kept": {each.drive: each.kept for each in lines if each.kept},
    }


def _size(size: int) -> str:
    return f"{size / 1024:.1f} KiB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MiB"
