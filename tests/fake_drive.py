"""A drive in memory, as `ports.Drive`, with hands for those who damage what is on it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from shared.domain.drives import Unreadable

_PIECE = 1000


@dataclass
class FakeDrive:
    """`files` by path. `calls` are what was asked, as `put a/b`; `before` is run ahead of each, for faults.

    A drive that is not `readable` takes files but gives none back.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    readable: bool = True
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None

    # What people do.

    def damage(self, path: str, *, at: int = -1) -> None:
        """Turns one byte of the file into another; the one in the middle by default."""
        data = bytearray(self.files[path])
        place = len(data) // 2 if at < 0 else at
        data[place] ^= 0xFF
        self.files[path] = bytes(data)

    def under(self, folder: str) -> list[str]:
        """The paths below the folder, in the order in which they came."""
        return [path for path in self.files if path.startswith(f"{folder}/")]

    # What the port asks.

    def put(self, path: str, data: BinaryIO, *, size: int) -> None:
        """Stores it; who says the wrong size is told."""
        self._called(f"put {path}")
        data.seek(0)
        read = data.read()
        if len(read) != size:
            raise ValueError(f"{path} has {len(read)} bytes, not {size}")
        self.files.pop(path, None)
        self.files[path] = read

    def names(self, folder: str) -> tuple[str, ...]:
        """Only the files of the folder itself."""
        self._called(f"names {folder}")
        start = f"{folder}/" if folder else ""
        below = [path.removeprefix(start) for path in self.files if path.startswith(start)]
        return tuple(name for name in below if "/" not in name)

    def read(self, path: str) -> Iterator[bytes] | None:
        """In small pieces."""
        self._called(f"read {path}")
        if not self.readable:
            raise Unreadable("drive-unreadable", "this drive gives nothing back")
        data = self.files.get(path)
        if data is None:
            return None
        return (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))

    def delete(self, paths: Sequence[str]) -> None:
        """One after the other."""
        for path in paths:
            self._called(f"delete {path}")
            self.files.pop(path, None)

    def _called(self, call: str) -> None:
        self.calls.append(call)
        self.before(call)
