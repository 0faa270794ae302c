"""A team's own function in a process of its own: it sees the pipelines, and neither secrets nor our memory."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from ..deadline import Deadline
from ..domain import credentials
from ..domain.errors import Permanent, Refused, Transient
from ..ports.step import Configs

ROOT = Path(__file__).parents[2]
MOST = 64 * 1024 * 1024
"""Bytes of what it may give back."""
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
_LONGEST = 300


class ProcessStep:
    """Implements `ports.Step`. `call` is `package.module:function`; it has `seconds`, or what is left of the run."""

    def __init__(self, call: str, *, seconds: float, deadline: Deadline, root: Path = ROOT) -> None:
        self._call = call
        self._seconds = seconds
        self._deadline = deadline
        self._root = root

    @property
    def name(self) -> str:
        """How the settings name it."""
        return self._call

    def apply(self, configs: Configs) -> object:
        """What it makes of the pipelines; the process is gone by then, and all that it has started."""
        self._deadline.check()
        with TemporaryFile() as given, TemporaryFile() as told:
            given.write(json.dumps(configs).encode())
            given.seek(0)
            self._run(given, told)
            return self._answer(told)

    def _run(self, given: IO[bytes], told: IO[bytes]) -> None:
        left = self._deadline.left()
        arguments = [sys.executable, "-m", "shared.adapters.step_child", self._call]
        process = subprocess.Popen(  # noqa: S603 - the settings' own word, in a form that is checked there
            arguments,
            stdin=given,
            stdout=told,
            stderr=subprocess.DEVNULL,
            cwd=self._root,
            env=_environment(os.environ),
            start_new_session=True,
        )
        try:
            process.wait(min(self._seconds, left))
        except subprocess.TimeoutExpired:
            if left < self._seconds:
                raise Transient("deadline", "no time was left for the step") from None
            raise self._failed(f"took longer than {self._seconds:g} seconds") from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _answer(self, told: IO[bytes]) -> object:
        if told.seek(0, os.SEEK_END) > MOST:
            raise self._failed("gave back too much")
        told.seek(0)
        try:
            answer = json.loads(told.read())
        except (ValueError, RecursionError):
            answer = None
        match answer:
            case {"made": made}:
                return made
            case {"refused": str(said)}:
                raise Refused("step-refused", _plain(said))
            case {"failed": str(said)}:
                raise self._failed(_plain(said))
        raise self._failed("ended without an answer")

    def _failed(self, said: str) -> Permanent:
        return Permanent("step-failed", f"`{self._call}` {said}")


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What Python needs to find its packages, and nothing of ours."""
    return {name: value for name, value in environ.items() if name in _PASSED or name.startswith("PYTHON")}


def _plain(said: str) -> str:
    """Words of the team's own, in which a value may have slipped."""
    return credentials.hide_in_text(" ".join(said.split()))[:_LONGEST].replace("`", "'")
