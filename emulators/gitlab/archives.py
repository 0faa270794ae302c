"""Archives of a commit's files, as `git archive` makes them, with one folder on top."""

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from emulators.gitlab import lfs
from emulators.gitlab.objects import DIRECTORY, EXECUTABLE, SYMLINK, CommitInfo, Entry
from emulators.gitlab.project import Project


@dataclass(frozen=True, slots=True)
class Wish:
    """Which files: those below `path` but not below any of `excluded`; large ones as `objects` or as pointers."""

    ref: str
    path: str = ""
    excluded: Sequence[str] = ()
    objects: bool = True


def folder(project: Project, sha: str, wish: Wish) -> str:
    """The name of the top folder: project, ref, sha, and the path if there is one."""
    parts = [project.name, wish.ref.replace("/", "-"), sha]
    return "-".join(parts + ([wish.path.strip("/").replace("/", "-")] if wish.path.strip("/") else []))


def make(project: Project, sha: str, *, wish: Wish, kind: str) -> bytes:
    """The archive's bytes; LookupError if nothing is at the path."""
    files = list(_files(project, sha, wish))
    if not files:
        raise LookupError(wish.path)
    return FORMATS[kind][1](files, folder(project, sha, wish), project.repository.commit_of(sha))


File = tuple[Entry, bytes]


def _files(project: Project, sha: str, wish: Wish) -> Iterator[File]:
    for entry in project.repository.entries(sha, recursive=True) or ():
        if entry.kind == "tree" or not _below(entry.path, wish.path):
            continue
        if any(_below(entry.path, one) for one in wish.excluded):
            continue
        content = (project.repository.blob(sha, entry.path) or b"") if entry.kind == "blob" else b""
        yield entry, (lfs.content(project, content) or content) if wish.objects else content


def _placed(files: Sequence[File], top: str) -> Iterator[tuple[str, Entry | None, bytes]]:
    """Names in order, each folder ahead of what is in it, with None; a submodule is an empty folder."""
    seen: set[str] = set()
    for entry, content in files:
        name = f"{top}/{entry.path}"
        parts = name.split("/")
        for end in range(1, len(parts) + (entry.kind == "commit")):
            folder = "/".join(parts[:end])
            if folder not in seen:
                seen.add(folder)
                yield folder, None, b""
        if entry.kind == "blob":
            yield name, entry, content


def _below(path: str, directory: str) -> bool:
    wanted = directory.strip("/")
    return not wanted or path == wanted or path.startswith(f"{wanted}/")


def _tar(files: Sequence[File], top: str, commit: CommitInfo, *, packing: str) -> bytes:
    """With the commit's sha in front, as `git archive` notes it."""
    stream = io.BytesIO()
    header = {"comment": commit.id}
    # GitLab sends while it packs; here whoever asks waits for all of it, so it has to be quick.
    quick = {"compresslevel": 1} if packing else {}
    with tarfile.open(
        fileobj=stream, mode=f"w:{packing}", format=tarfile.PAX_FORMAT, pax_headers=header, **quick
    ) as archive:  # type: ignore[call-overload]
        for name, entry, content in _placed(files, top):
            item = tarfile.TarInfo(name)
            item.mtime = int(commit.committed_date.timestamp())
            item.mode = 0o775 if entry is None or entry.mode == EXECUTABLE else 0o664
            if entry is None:
                item.type = tarfile.DIRTYPE
            elif entry.mode == SYMLINK:
                item.type, item.linkname = tarfile.SYMTYPE, content.decode("utf-8", "surrogateescape")
            else:
                item.size = len(content)
            archive.addfile(item, io.BytesIO(content))
    return stream.getvalue()


def _zip(files: Sequence[File], top: str, commit: CommitInfo) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, entry, content in _placed(files, top):
            item = zipfile.ZipInfo(name if entry else f"{name}/", commit.committed_date.timetuple()[:6])
            item.external_attr = (entry.mode if entry else DIRECTORY) << 16
            archive.writestr(item, content)
    return stream.getvalue()


_Maker = Callable[[Sequence[File], str, CommitInfo], bytes]
_GZIP: tuple[str, _Maker] = ("application/x-gzip", partial(_tar, packing="gz"))
_BZIP: tuple[str, _Maker] = ("application/x-bzip2", partial(_tar, packing="bz2"))
FORMATS: dict[str, tuple[str, _Maker]] = {
    "tar.gz": _GZIP,
    "tgz": _GZIP,
    "gz": _GZIP,
    "tar.bz2": _BZIP,
    "tbz": _BZIP,
    "tbz2": _BZIP,
    "tb2": _BZIP,
    "bz2": _BZIP,
    "tar": ("application/x-tar", partial(_tar, packing="")),
    "zip": ("application/zip", _zip),
}
