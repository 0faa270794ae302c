"""How much memory a process and its workers hold at the most, the files that they write to the temporary disk included.

In the cloud that disk is memory, and counts as the instance's.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.processes import family
from emulators.stack.child import Child

_PAUSE = 0.02
_GONE = " (deleted)"
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Peak:
    """MiB at the most: of one process, and of temporary files, which need not be at the same time."""

    process: float
    files: float

    @property
    def total(self) -> float:
        """Never less than there was at any time."""
        return self.process + self.files


class Watch:
    """Looks at a process as long as it is entered; `peak` is what it has seen."""

    def __init__(self, running: Child) -> None:
        self._running = running
        self._files = 0
        self._ended = threading.Event()

    @property
    def peak(self) -> Peak:
        """The kernel itself remembers the peak of a process; files are looked at, 50 times a second."""
        return Peak(max(_high_water(number) for number in family(self._running)), self._files / _MIB)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Without it no files are seen."""
        looking = threading.Thread(target=self._look, daemon=True)
        looking.start()
        try:
            yield
        finally:
            self._ended.set()
            looking.join()

    def _look(self) -> None:
        ended = False
        while not ended:
            with suppress(FileNotFoundError):  # a worker that ends meanwhile
                self._files = max(self._files, sum(map(_unnamed, family(self._running))))
            ended = self._ended.wait(_PAUSE)


def _high_water(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def _unnamed(process: int) -> int:
    """Bytes of the open files that have no name any more, as temporary ones have none."""
    size = 0
    for opened in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            if str(opened.readlink()).endswith(_GONE):
                size += opened.stat().st_size
    return size
