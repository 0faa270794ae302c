"""What Linux knows of a running process and its workers."""

import os
from pathlib import Path

from emulators.stack.child import Child

_TICKS = os.sysconf("SC_CLK_TCK")


def family(running: Child) -> list[int]:
    """The process and its workers, by their numbers."""
    found = [running.process.pid]
    for number in found:
        children = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii")
        found += map(int, children.split())
    return found


def processor_seconds(running: Child) -> float:
    """What all of them have computed so far: their own work, however busy the machine is with others."""
    return sum(_ticks(number) for number in family(running)) / _TICKS


def _ticks(number: int) -> int:
    """The 14th and 15th field of stat(5); the second one, a name, may hold blanks."""
    fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
