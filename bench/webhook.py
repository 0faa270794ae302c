"""The webhook beside the least that a function can do: requests a second, and how long one waits at a steady load."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench import hooks
from bench.load import Load, flat_out, steady
from bench.processes import processor_seconds
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
class Server:
    """A function that is put under load."""

    url: str
    running: child.Child


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one round flat out: hooks a second, and the milliseconds of a processor that the server spent on each."""

    hooks: float
    processor: float


@dataclass(frozen=True, slots=True)
class Result:
    """Both in each round, and the steady load on ours."""

    ours: Sequence[Rate]
    bare: Sequence[Rate]
    steady: Sequence[Load]

    @property
    def share(self) -> float:
        """How much of the bare function's requests a second ours takes, by the medians."""
        return _median_hooks(self.ours) / _median_hooks(self.bare)

    @property
    def processor(self) -> tuple[float, float]:
        """Milliseconds of a processor for a hook, ours and bare, by the medians."""
        ours, bare = (statistics.median(each.processor for each in found) for found in (self.ours, self.bare))
        return ours, bare

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
        mine = Server(stack.urls["webhook"], stack.children[-1])
        with _bare(stack.environment([_SITE]), logs) as other:
            for server in (mine, other):
                _flat_out(server, body, 100)
            for _ in range(rounds):
                ours.append(_flat_out(mine, body, count))
                bare.append(_flat_out(other, body, count))
        loads = [_steady(mine.url, body, count=int(RATE * seconds)) for _ in range(rounds)]
    return Result(ours, bare, loads)


def _median_hooks(found: Sequence[Rate]) -> float:
    return statistics.median(each.hooks for each in found)


def _flat_out(server: Server, body: bytes, count: int) -> Rate:
    requests = hooks.requests(server.url, body, count=count)
    before = processor_seconds(server.running)
    load = flat_out(server.url, requests, lines=LINES)
    spent = processor_seconds(server.running) - before
    if set(load.statuses) != {204}:
        raise RuntimeError(f"hooks were not taken: {dict(load.statuses)}")
    return Rate(load.rate, spent / count * 1000)


def _steady(url: str, body: bytes, *, count: int) -> Load:
    return steady(url, hooks.requests(url, body, count=count), rate=RATE)


@contextmanager
def _bare(environment: dict[str, str], logs: Path) -> Iterator[Server]:
    port = ports.free()
    arguments = ["-m", "functions_framework", "--source", str(_BARE), "--target", "bare", "--port", str(port)]
    running = child.start(
        "bare", [*arguments, "--host", ports.HOST], environment={"THREADS": str(LINES), **environment}, logs=logs
    )
    url = f"http://{ports.HOST}:{port}"
    try:
        until(lambda: _answers(running, url), what="the bare function")
        yield Server(url, running)
    finally:
        child.stop([running])


def _answers(running: child.Child, url: str) -> bool:
    running.check()
    try:
        return wire.send("GET", f"{url}/robots.txt").status_code == 404
    except httpx.TransportError:
        return False
