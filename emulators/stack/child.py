"""One process of the stack: its output goes to a file, and it never outlives this process."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LEASH = str(Path(__file__).with_name("leash.py"))
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
_PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Code:
    """What a process runs: the folder that it starts in, and the Python that has the packages."""

    folder: Path = ROOT
    python: str = sys.executable


OURS = Code()


class ChildEnded(Exception):
    """The process ended by itself; the text is what it said last."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running process and the file that its output goes to."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    def text(self) -> str:
        """Everything that it has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def check(self) -> None:
        """Raises ChildEnded when it is not there any more."""
        if self.process.poll() is not None:
            raise ChildEnded(f"{self.name} ended with {self.process.returncode}:\n{self.text()[-4000:]}")


def stop(children: Sequence[Child]) -> None:
    """Asks all to end at once; where asking is in vain, the whole group of the process goes by force."""
    for each in children:
        if each.process.poll() is None:
            each.process.terminate()
    for each in children:
        try:
            each.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(each.process.pid, signal.SIGKILL)
            each.process.wait()


def kill(running: Child) -> None:
    """Ends the whole group of the process at once, as if its machine were gone."""
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()


def start(
    name: str, arguments: Sequence[str], *, environment: Mapping[str, str], logs: Path, code: Code = OURS
) -> Child:
    """`python ARGUMENTS` from the folder of the code. Of our environment it gets only what every program needs."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    log = logs / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", _LEASH, str(os.getpid()), code.python, *arguments],
            cwd=code.folder,
            env={**kept, "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Child(name, log, process)
