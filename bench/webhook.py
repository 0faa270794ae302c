"""The webhook beside the least that a function can do: requests a second, and how long one waits at a steady load."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench import hooks
from bench.load import Load, flat_out, steady
from emulators.stack import child, ports, wire
from emulators.stack.site import Site
from emulators.stack.stack import started
from emulators.stack.waiting import until
from emulators.stack.workplace import prepare

GOAL_SHARE = 0.8
GOAL_P99 = 50.0
RATE = 300.0
LINES = 8
_SITE = Site("bench/hooks", "hooks")
_BARE = Path(__file__).parent / "bare" / "main.py"


@dataclass(frozen=True, slots=True)
class Result:
    """Requests a second of both in each round, and the steady load on ours."""

    ours: Sequence[float]
    bare: Sequence[float]
    steady: Sequence[Load]

    @property
    def share(self) -> float:
        """How much of the bare function's requests a second ours takes, by the medians."""
        return statistics.median(self.ours) / statistics.median(self.bare)

    @property
    def p99(self) -> float:
        """The median of the rounds, in milliseconds."""
        return statistics.median(each.percentile(0.99) for each in self.steady)

    @property
    def failed(self) -> int:
        """How many hooks of the steady load were not answered with success."""
        return sum(count for each in self.steady for status, count in each.statuses.items() if not 200 <= status < 300)


def measure(logs: Path, *, rounds: int, count: int, seconds: float) -> Result:
    """`count` hooks a round flat out, then `seconds` of the steady load."""
    ours, bare = [], []
    with started(logs=logs) as stack:
        body = hooks.body(stack, prepare(stack, _SITE, pipelines=1))
        stack.start_functions([_SITE], targets=("webhook",))
        mine = stack.urls["webhook"]
        with _bare(stack.environment([_SITE]), logs) as other:
            for url in (mine, other):
                _flat_out(url, body, 100)
            for _ in range(rounds):
                ours.append(_flat_out(mine, body, count))
                bare.append(_flat_out(other, body, count))
        loads = [_steady(mine, body, count=int(RATE * seconds)) for _ in range(rounds)]
    return Result(ours, bare, loads)


def _flat_out(url: str, body: bytes, count: int) -> float:
    load = flat_out(url, hooks.requests(url, body, count=count), lines=LINES)
    if set(load.statuses) != {204}:
        raise RuntimeError(f"hooks were not taken: {dict(load.statuses)}")
    return load.rate


def _steady(url: str, body: bytes, *, count: int) -> Load:
    return steady(url, hooks.requests(url, body, count=count), rate=RATE)


@contextmanager
def _bare(environment: dict[str, str], logs: Path) -> Iterator[str]:
    port = ports.free()
    arguments = ["-m", "functions_framework", "--source", str(_BARE), "--target", "bare", "--port", str(port)]
    running = child.start(
        "bare", [*arguments, "--host", ports.HOST], environment={"THREADS": str(LINES), **environment}, logs=logs
    )
    url = f"http://{ports.HOST}:{port}"
    try:
        until(lambda: _answers(running, url), what="the bare function")
        yield url
    finally:
        child.stop([running])


def _answers(running: child.Child, url: str) -> bool:
    running.check()
    try:
        return wire.send("GET", f"{url}/robots.txt").status_code == 404
    except httpx.TransportError:
        return False
