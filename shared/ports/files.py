"""Files on this machine in the flows' words."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from ..domain.packed import Packed


class Archives(Protocol):
    """Many files in one, on this machine's temporary disk."""

    def pack(self, files: Iterable[tuple[str, bytes]], *, moment: datetime) -> AbstractContextManager[Packed]:
        """An archive of the files, taken one by one: names and contents; each is dated `moment`.

        The same files and moment give the same archive, byte for byte. NoRoom `archive-failed`.
        """

    def unpack(self, pieces: Iterable[bytes]) -> AbstractContextManager[Packed]:
        """The archive of which these are the bytes. Damaged `archive-damaged` where they are none."""
