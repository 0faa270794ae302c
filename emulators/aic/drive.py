"""One drive of a workspace: folders, and files of raw bytes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

ROOT = ""


@dataclass(frozen=True, slots=True)
class File:
    """`folder` is as `folder_of` gives it; the name is free text, slashes included."""

    id: str
    folder: str
    name: str
    data: bytes


def folder_of(path: str) -> str:
    """`./a/b/`, `/a/b` and `a/b` are one folder, `a/b`; `.` and the empty path are the drive itself."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


@dataclass(slots=True)
class Drive:
    """`new_id` gives the `$id` of each file."""

    id: str
    name: str
    new_id: Callable[[], str]
    folders: list[str] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)

    def has(self, folder: str) -> bool:
        return folder == ROOT or folder in self.folders

    def make(self, folder: str) -> None:
        """The folders above it are made as well; one that is there stays as it is."""
        parts = folder.split("/")
        above = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
        self.folders += [path for path in above if not self.has(path)]

    def upload(self, folder: str, name: str, *, data: bytes) -> File:
        """A file of this name in this folder is replaced and keeps its id."""
        same = (file.id for file in self.files.values() if (file.folder, file.name) == (folder, name))
        file = File(next(same, None) or self.new_id(), folder, name, data)
        self.files[file.id] = file
        return file

    def listing(self, folder: str, *, pattern: str) -> list[File]:
        """The files of the folder itself whose names fit the shell pattern."""
        return [file for file in self.files.values() if file.folder == folder and fnmatchcase(file.name, pattern)]

    def delete(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            self.files.pop(id_, None)

    def address(self, file: File) -> str:
        """Its `gsPath`; the bucket is made up."""
        return "/".join(part for part in (f"gs://aic-drive-{self.id}", file.folder, file.name) if part)
