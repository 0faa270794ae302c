"""One drive of an AIC workspace, by the few calls that are known: what is stored there can't be read back."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import BinaryIO

from ...domain.aic import Named
from ...domain.drives import Unreadable
from ...domain.errors import Permanent, Transient
from ..attempts import Failed
from . import shapes
from .connection import Reply, Upload
from .place import AicPlace, answer, check_key, check_up
from .shapes import DriveFile


class AicDrive:
    """Implements `ports.Drive` for one run; may be shared by threads.

    Beside the errors of the port and of `AicPlace`: Permanent `drive-missing`, `drive-refused`, and
    `drive-unreadable` whenever something is to be read.
    """

    def __init__(self, place: AicPlace, name: str) -> None:
        """AIC finds a drive by its name in any case."""
        self._place = place
        self._name = name
        self._made: set[str] = set()
        self._making = Lock()
        self._finding = Lock()
        self._found: tuple[str, ...] | None = None

    def put(self, path: str, data: BinaryIO, *, size: int) -> None:
        """Sent again where it is not sure that it arrived: the same file twice is one file."""
        upload = partial(self._upload, *_split(path), Upload(data, size))
        if not upload() and not upload():
            raise Transient("aic-odd-answer", "AIC took a file but doesn't list it")

    def names(self, folder: str) -> tuple[str, ...]:
        """As AIC lists them."""
        return tuple(file.name for file in self._files(folder))

    def read(self, path: str) -> Iterator[bytes] | None:
        """Always raises Permanent `drive-unreadable`."""
        raise Unreadable(
            "drive-unreadable", f"no call is known by which AIC gives back a stored file, such as `{path}`"
        )

    def delete(self, paths: Sequence[str]) -> None:
        """All at once; AIC deletes by ids, so that each folder is listed first."""
        self._place.repeated(lambda: self._delete(paths))

    def _upload(self, folder: str, name: str, body: Upload) -> bool:
        """Whether it is sure that the file is there: AIC under load answers with nothing, whatever it did."""
        self._make(folder)
        send = partial(self._post, "upload-file", body, path=_path(folder), fileName=name)
        reply = self._place.repeated(lambda: _taken(send(), but=404))
        if reply.status == 404:  # somebody deleted the folder, or it was never really made
            self._made.discard(folder)
            self._make(folder, from_top=True)
            reply = self._place.repeated(lambda: _taken(send()))
        return bool(reply.data.strip()) or name in self.names(folder)

    def _make(self, folder: str, *, from_top: bool = False) -> None:
        """Makes the folder, once a run. Whether AIC makes those above it as well isn't known."""
        with self._making:
            if not folder or folder in self._made:
                return
            above = _above(folder)
            if from_top or not self._create(folder):
                for each in (*above, folder):
                    if not self._create(each):
                        raise Permanent("drive-refused", "AIC refused a folder on a drive")
            self._made.update(above, (folder,))

    def _create(self, folder: str) -> bool:
        """False where AIC refuses; a folder that is there already is as good as a new one."""
        reply = self._place.repeated(lambda: _up(self._post("create-folder", {"path": _path(folder)})))
        return reply.status < 300 or reply.status == 409

    def _delete(self, paths: Sequence[str]) -> None:
        wanted: dict[str, set[str]] = {}
        for folder, name in map(_split, paths):
            wanted.setdefault(folder, set()).add(name)
        found = [file.id for folder, names in wanted.items() for file in self._files(folder) if file.name in names]
        ids = [known for known in found if known is not None]
        if len(ids) < len(found):
            raise Permanent("drive-refused", "AIC lists a file without the id by which it could be deleted")
        if ids and _taken(self._post("delete-files", {"fileIds": ids}), but=404).status == 404:
            raise Failed("aic-odd-answer", "AIC has lost a file that it lists")

    def _files(self, folder: str) -> tuple[DriveFile, ...]:
        def shape(reply: Reply) -> tuple[DriveFile, ...]:
            return () if reply.status == 404 else shapes.files(answer(reply))

        return self._place.read((*self._drive(), "files"), shape, path=_path(folder), filePattern="*")

    def _post(self, call: str, body: Mapping[str, object] | Upload, **query: str) -> Reply:
        path = (*self._drive(), call)
        return self._place.connection.send("POST", path, deadline=self._place.deadline, query=query, body=body)

    def _drive(self) -> tuple[str, ...]:
        """The names in the address of the drive; asked for once a run."""
        with self._finding:
            if self._found is None:
                drives = self._place.path("drives")
                listed = self._place.read(drives, lambda reply: shapes.names(answer(reply)))
                self._found = (*drives, _one(listed, self._name))
            return self._found


def _one(listed: Sequence[Named], name: str) -> str:
    """A name that is exact goes before one in another case."""
    exact = [each.id for each in listed if each.name == name]
    found = exact or [each.id for each in listed if each.name.casefold() == name.casefold()]
    if len(found) != 1:
        raise Permanent("drive-missing", f"AIC lists {len(found) or 'no'} drives called `{name}` in this workspace")
    return found[0]


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _path(folder: str) -> str:
    return f"./{folder}" if folder else "."


def _above(folder: str) -> tuple[str, ...]:
    """The folders above it, the highest one first."""
    parts = folder.split("/")
    return tuple("/".join(parts[:length]) for length in range(1, len(parts)))


def _up(reply: Reply) -> Reply:
    check_key(reply)
    check_up(reply)
    return reply


def _taken(reply: Reply, *, but: int = 0) -> Reply:
    """The reply to a write that went well; `but` is a status that the caller knows how to handle."""
    if _up(reply).status >= 300 and reply.status != but:
        raise Permanent("drive-refused", f"AIC answered {reply.status} to a write on a drive")
    return reply
