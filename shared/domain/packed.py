"""An archive of files on this machine's temporary disk, for as long as somebody works with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from .errors import Permanent


class NoRoom(Permanent):
    """An archive could not be written."""


class Damaged(Permanent):
    """Bytes came back, but they are not what was stored."""


@dataclass(frozen=True, slots=True)
class Packed:
    """`sha256` (hex) and `size` are those of the archive itself, `names` those of the files in it, in their order.

    `open` gives the bytes of the archive, each time anew and from the start. `read` gives one file, of which it unpacks
    no more than `most` + 1 bytes; it raises Damaged `archive-damaged`, also for a name that isn't there.
    """

    size: int
    sha256: str
    names: tuple[str, ...]
    open: Callable[[], BinaryIO]
    read: Callable[[str, int], bytes]
