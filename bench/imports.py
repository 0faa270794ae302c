"""How long a new instance of the webhook imports, beside the least that any such function has to import."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from emulators.stack import functions
from emulators.stack.child import ROOT
from emulators.stack.site import Site

GOAL_TIMES = 1.15
_SHARES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
_TIMED = "import time; begun = time.perf_counter(); {}; print(time.perf_counter() - begun)"
_MAIN = "import main"
_FIRST_REQUEST = "import main; import functions.webhook"
_LEAST = "import functions_framework; from google.pubsub_v1 import PublisherClient"


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds of each round. `ready` adds to `main` what the first request still imports."""

    main: Sequence[float]
    ready: Sequence[float]
    least: Sequence[float]

    def times(self, ours: Sequence[float]) -> float:
        """How many times as long as the least, by the medians."""
        return statistics.median(ours) / statistics.median(self.least)


def measure(*, rounds: int) -> Result:
    """In processes of their own, in turns."""
    environment = functions.environment(
        gitlab="http://127.0.0.1:9", aic="http://127.0.0.1:9", pubsub_port=9, sites=[Site("bench/imports", "imports")]
    )
    found: dict[str, list[float]] = {_MAIN: [], _FIRST_REQUEST: [], _LEAST: []}
    for code in found:
        _seconds(code, environment)  # once unmeasured, so that the files are at hand
    for _ in range(rounds):
        for code, seconds in found.items():
            seconds.append(_seconds(code, environment))
    return Result(found[_MAIN], found[_FIRST_REQUEST], found[_LEAST])


def _seconds(code: str, environment: Mapping[str, str]) -> float:
    kept = {name: os.environ[name] for name in _SHARES if name in os.environ}
    ended = subprocess.run(
        [sys.executable, "-c", _TIMED.format(code)],
        cwd=ROOT,
        env={**kept, "FUNCTION_TARGET": "webhook", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return float(json.loads(ended.stdout))
