"""Where the content of a deploy comes from when it is not the branch's head: an older commit, or a backup."""

import re
from dataclasses import dataclass

_COMMIT = re.compile(r"commit:(?P<sha>[0-9a-f]{40}|[0-9a-f]{64})")
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


@dataclass(frozen=True, slots=True)
class AtCommit:
    """As the commit has it; `sha` is a full one."""

    sha: str

    def __str__(self) -> str:
        return f"commit:{self.sha}"


@dataclass(frozen=True, slots=True)
class InBackup:
    """As a backup has it: the drive as the settings name it, and the folder there."""

    drive: str
    folder: str

    def __str__(self) -> str:
        return f"backup:{self.drive}:{self.folder}"


Source = AtCommit | InBackup


def words(source: Source) -> str:
    """For people, with the names as quotes."""
    if isinstance(source, AtCommit):
        return f"commit `{source.sha[:8]}`"
    return f"the backup `{source.folder}` on `{source.drive}`"


def read(text: str) -> Source:
    """The source whose `str` is the text; raises ValueError with a sentence that doesn't quote it."""
    commit = _COMMIT.fullmatch(text)
    if commit:
        return AtCommit(commit["sha"])
    kind, _, rest = text.partition(":")
    drive, _, folder = rest.rpartition(":")  # a drive may be a gs:// URL, a folder has no colon
    if kind == "backup" and drive and drive.isprintable() and is_folder(folder):
        return InBackup(drive, folder)
    raise ValueError("must be `commit:<full sha>` or `backup:<drive>:<folder>`")


def is_folder(text: str) -> bool:
    """Whether it is the plain path of a folder on a drive: no `..`, no hidden or empty part."""
    return len(text) <= 512 and _FOLDER.fullmatch(text) is not None
