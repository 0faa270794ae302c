"""How long a workspace takes to be brought into Git, or to be found there: by the service, and by the incumbent."""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench import incumbent, requests_log
from bench.bare_ground import Bare, lay_bare
from bench.ground import delay
from bench.requests_log import Requests
from emulators.stack import functions, traffic
from emulators.stack.push import push
from emulators.stack.site import Site
from emulators.stack.stack import Stack, started

CHANGED = 10


class Kind(StrEnum):
    """What a snapshot finds. FOREIGN: Git's files are those of another workspace but for its ids."""

    UNCHANGED = "unchanged"
    FOREIGN = "foreign ids"
    CHANGED = "10 changed"
    FIRST = "first"
    SAVED = "with backup"


BESIDE = (Kind.UNCHANGED, Kind.FIRST)
"""What the incumbent is measured at, too."""


@dataclass(frozen=True, slots=True)
class Case:
    """So many milliseconds a request."""

    kind: Kind
    pipelines: int
    latency_ms: float


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds of each round, and what the service asked for in its last one; the incumbent's commits were as many."""

    case: Case
    ours: Sequence[float]
    theirs: Sequence[float]
    requests: Requests
    their_commits: int = 0

    @property
    def faster(self) -> float | None:
        """Than the incumbent, by the medians."""
        return statistics.median(self.theirs) / statistics.median(self.ours) if self.theirs else None


@dataclass(frozen=True, slots=True)
class Arena:
    """The stand-ins with the grounds of both sides: those that last by kind and size, and new ones by size."""

    stack: Stack
    deploy: str
    snapshot: str
    lasting: dict[tuple[Kind, int], Bare]
    fresh: dict[int, Iterator[Bare]]
    theirs: dict[int, Bare]
    theirs_fresh: dict[int, Iterator[Bare]]

    def measure(self, case: Case, *, rounds: int) -> Result:
        """Both sides in turns, so that what else the machine does meets both."""
        ours, theirs, commits = list[float](), list[float](), 0
        asked = Requests()
        for number in range(rounds):
            seconds, asked = self._run_ours(case, number)
            ours.append(seconds)
            if case.kind in BESIDE:
                pushed = self._run_theirs(case)
                theirs.append(pushed.seconds)
                commits = pushed.commits
        return Result(case, ours, theirs, asked, commits)

    def settle(self, ground: Bare) -> None:
        """Whatever is live is in Git and on record afterwards."""
        push(self.snapshot, ground.snapshot_message, origin="scheduler")
        push(self.deploy, ground.deploy_message, origin="capture")

    def _run_ours(self, case: Case, number: int) -> tuple[float, Requests]:
        """From the delivery of the message to its acknowledgement."""
        first = case.kind is Kind.FIRST
        ground = next(self.fresh[case.pipelines]) if first else self.lasting[case.kind, case.pipelines]
        edited = ground.edit(CHANGED, salt=f"round {number}") if case.kind is Kind.CHANGED else ()
        with self._delayed(case):
            requests_log.clear(self.stack)
            traffic.restart(self.stack.storage_url)
            begun = time.perf_counter()
            push(self.snapshot, ground.snapshot_message, origin="scheduler")
            seconds = time.perf_counter() - begun
            spans = requests_log.spans(self.stack, latency_ms=case.latency_ms)
            bucket = sum(traffic.requests(self.stack.storage_url).values())
        ground.check(edited, whole=first)
        self.settle(ground)
        return seconds, requests_log.counted(spans, bucket=bucket)

    def _run_theirs(self, case: Case) -> incumbent.Pushed:
        first = case.kind is Kind.FIRST
        ground = next(self.theirs_fresh[case.pipelines]) if first else self.theirs[case.pipelines]
        with self._delayed(case):
            pushed = incumbent.push(ground.place, self.stack.gitlab_url)
        ground.check((), whole=first)
        if (pushed.commits > 0) is not first:
            raise RuntimeError(f"the incumbent did not do what was measured: {pushed}")
        return pushed

    @contextmanager
    def _delayed(self, case: Case) -> Iterator[None]:
        delay(self.stack, case.latency_ms)
        try:
            yield
        finally:
            delay(self.stack, 0)


@contextmanager
def arena(sizes: Sequence[int], logs: Path, *, rounds: int) -> Iterator[Arena]:
    """Everything seeded; each lasting ground is in Git as its side itself puts it there."""
    lasting = {(kind, size): _site(f"{kind.name}-{size}") for kind in Kind if kind is not Kind.FIRST for size in sizes}
    fresh = {size: [_site(f"first-{size}-{number}") for number in range(rounds)] for size in sizes}
    with started(logs=logs) as stack:
        sites = [*lasting.values(), *(site for each in fresh.values() for site in each)]
        deploy, snapshot = (_start(stack, target, sites, logs) for target in ("deploy", "snapshot"))
        made = Arena(
            stack,
            deploy,
            snapshot,
            {key: lay_bare(stack, site, pipelines=key[1]) for key, site in lasting.items()},
            {size: iter([lay_bare(stack, site, pipelines=size) for site in each]) for size, each in fresh.items()},
            {size: lay_bare(stack, _site(f"theirs-{size}"), pipelines=size) for size in sizes},
            {size: _of_theirs(stack, size, rounds) for size in sizes},
        )
        for (kind, _), ground in made.lasting.items():
            made.settle(ground)
            if kind is Kind.FOREIGN:
                ground.promote()
                push(made.deploy, ground.deploy_message, origin="webhook")
        for ground in made.theirs.values():
            incumbent.push(ground.place, stack.gitlab_url)
        yield made


def _site(name: str) -> Site:
    return Site(f"bench/{name.lower()}", name.lower(), saved=name.startswith(Kind.SAVED.name))


def _of_theirs(stack: Stack, size: int, rounds: int) -> Iterator[Bare]:
    return iter([lay_bare(stack, _site(f"theirs-{size}-{number}"), pipelines=size) for number in range(rounds)])


def _start(stack: Stack, target: str, sites: Sequence[Site], logs: Path) -> str:
    """Without a subscription: what is measured is one message, and not what follows from it."""
    running, url = functions.start(target, port=0, environment=stack.environment(sites), logs=logs)
    stack.children.append(running)
    return url
