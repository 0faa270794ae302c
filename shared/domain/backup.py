"""A backup: an archive of files, and the manifest that says what is in it; without a manifest there is no backup."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Literal

from . import schema
from .checks import between
from .layout import config_path
from .packed import Damaged
from .schema import Misfit

MANIFEST = "manifest.json"
MOST_BYTES = 64 * 1024 * 1024
"""Of a manifest: 10,000 pipelines with ten files each have some ten."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ARCHIVE = re.compile(r"pipelines-[0-9a-f]{8}\.zip")
_TWINS = "twins/"
_MOST_NAME = 150
_UNSAFE = frozenset('%/\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class Stored:
    """A pipeline that is to be saved: its title, its id in AIC, and its files by their paths in a repository."""

    title: str
    id: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class BackupPlace:
    """Whose pipelines they are: the GitLab project, the workspace, the branch and the commit that it was at."""

    project: str
    workspace: str
    branch: str = ""
    commit: str = ""


def _sha256(value: str) -> str:
    if not _SHA256.fullmatch(value):
        raise ValueError("must be a SHA-256 in hex")
    return value


def _moment(value: str) -> str:
    try:
        zone = datetime.fromisoformat(value).tzinfo
    except ValueError:
        zone = None
    if zone is None:
        raise ValueError("must be a time with its zone")
    return value


def _archive_name(value: str) -> str:
    if not _ARCHIVE.fullmatch(value):
        raise ValueError("must be the name of an archive")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file: its path in a repository, and what its bytes must be."""

    path: str
    sha256: Annotated[str, _sha256]
    size: Annotated[int, between(0, 2**40)]

    def fits(self, data: bytes) -> bool:
        """Whether these are its bytes."""
        return len(data) == self.size and hashlib.sha256(data).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineEntry:
    """One pipeline; path, hash and size are those of its config, the files of its code come beside it."""

    name: str
    id: str
    path: str
    sha256: Annotated[str, _sha256]
    size: Annotated[int, between(0, 2**40)]
    code: tuple[FileEntry, ...] = ()

    @property
    def config(self) -> FileEntry:
        """Its config file."""
        return FileEntry(path=self.path, sha256=self.sha256, size=self.size)

    @property
    def files(self) -> tuple[FileEntry, ...]:
        """All its files."""
        return (self.config, *self.code)

    @property
    def twin(self) -> bool:
        """Whether another pipeline has its title as well, and came first."""
        return self.path.startswith(_TWINS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """The archive in the same folder; its name holds a part of its hash, so that no other one takes its place."""

    name: Annotated[str, _archive_name]
    sha256: Annotated[str, _sha256]
    size: Annotated[int, between(0, 2**50)]


Kind = Literal["workspace", "pipelines", "before"]
"""All pipelines of a workspace, some of them, or those that a deploy was about to write, as they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`files`: each config lies beside the archive as a file of its own too, in the folder of the archive's name."""

    format: Annotated[int, between(1, 1)] = 1
    kind: Kind
    project: str
    workspace: str
    branch: str
    commit: str
    run: str
    time: Annotated[str, _moment]
    archive: ArchiveEntry
    files: bool = False
    pipelines: tuple[PipelineEntry, ...] = ()

    def encode(self) -> bytes:
        """The bytes that `read` takes."""
        return json.dumps(asdict(self), indent=1).encode()


def read(data: bytes) -> Manifest:
    """The manifest; raises Damaged `backup-damaged` for anything that this service would not have written."""
    try:
        found = schema.read(Manifest, json.loads(data))
    except Misfit as error:
        place = ".".join(map(str, error.findings[0].place))[:80]
        raise _damaged(f"`{place}` {error.findings[0].complaint}") from None
    except (ValueError, RecursionError):
        raise _damaged("it is no JSON") from None
    paths = [file.path for each in found.pipelines for file in each.files]
    if len(set(map(member, paths))) < len(paths):
        raise _damaged("a path stands there twice")
    return found


def entry(stored: Stored, *, taken: Collection[str]) -> PipelineEntry:
    """What the manifest says of a pipeline, whose config must be among its files.

    AIC may have two pipelines of one title: where a path is `taken` all files of the later one lie in a folder of its
    own, so that both are saved.
    """
    twin = any(plain(path) in taken for path in stored.files)
    aside = f"{_TWINS}{plain(stored.id)}/" if twin else ""
    files = {path: _file(aside + path, data) for path, data in stored.files.items()}
    config = files.pop(config_path(stored.title))
    return PipelineEntry(
        name=plain(stored.title),
        id=stored.id,
        path=config.path,
        sha256=config.sha256,
        size=config.size,
        code=tuple(files.values()),
    )


def contents(stored: Stored) -> Iterator[bytes]:
    """The bytes of its files in the order of those of its entry."""
    config = config_path(stored.title)
    yield stored.files[config]
    yield from (data for path, data in stored.files.items() if path != config)


def archive_name(sha256: str) -> str:
    """The same bytes have the same name, others another one: a run that comes twice never spoils what stands."""
    return f"pipelines-{sha256[:8]}.zip"


def loose_folder(archive: str) -> str:
    """Where the configs of an archive lie one by one, beside it."""
    return archive.removesuffix(".zip")


def loose_path(archive: str, entry: PipelineEntry) -> str:
    """One of them: flat, the same for the same title alone, and fit for every file system."""
    title = f"{entry.name} {entry.id}" if entry.twin else entry.name
    shown = "".join(letter if _is_safe(letter) else _escaped(letter) for letter in title)
    if len(shown.encode()) > _MOST_NAME:
        shown = f"{shown.encode()[:_MOST_NAME].decode(errors='ignore')}%{_digest(title)}"
    return f"{loose_folder(archive)}/{shown}.json"


def archives_among(names: Iterable[str]) -> tuple[str, ...]:
    """Those that are archives of ours."""
    return tuple(name for name in names if _ARCHIVE.fullmatch(name))


def member(path: str) -> str:
    """The name of a file in an archive: its path, unless some program would unpack that to somewhere else."""
    parts = path.split("/")
    safe = plain(path).isprintable() and "\\" not in path and all(part.strip(".") for part in parts)
    return path if safe and path == plain(path) else f"odd/{_digest(path)}"


def plain(text: str) -> str:
    """The text, with half characters spelled out: nothing could be written that holds one."""
    return text.encode("utf-8", "backslashreplace").decode()


def _file(path: str, data: bytes) -> FileEntry:
    return FileEntry(path=plain(path), sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _is_safe(letter: str) -> bool:
    return letter.isprintable() and letter not in _UNSAFE


def _escaped(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def _digest(text: str) -> str:
    return hashlib.sha256(plain(text).encode()).hexdigest()[:16]


def _damaged(why: str) -> Damaged:
    return Damaged("backup-damaged", f"`{MANIFEST}` can't be used: {why}")
