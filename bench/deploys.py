"""How long a merged change takes until it runs and that is on record: the service, and the incumbent."""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import incumbent, requests_log
from bench.ground import Ground, delay, lay
from bench.requests_log import Span
from emulators.stack.site import Site
from emulators.stack.stack import Stack, started

GOALS = {(1000, 1): 40.0, (1000, 10): 25.0}
"""Pipelines and changes: how many times faster than the incumbent's deploy of the workspace it has to be."""
GOAL_LATENCY = 50.0


@dataclass(frozen=True, slots=True)
class Case:
    """`changed` of `pipelines`, with so many milliseconds a request."""

    latency_ms: float
    pipelines: int
    changed: int


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds of each round. `requests` are those of the service in its last round."""

    case: Case
    ours: Sequence[float]
    whole: Sequence[float]
    named: Sequence[float]
    requests: dict[str, int]

    @property
    def faster(self) -> float:
        """Than the incumbent's deploy of the workspace, by the medians."""
        return statistics.median(self.whole) / statistics.median(self.ours)

    @property
    def goal(self) -> float | None:
        """What `faster` has to be, where something is asked for."""
        known = self.case.latency_ms == GOAL_LATENCY
        return GOALS.get((self.case.pipelines, self.case.changed)) if known else None


@dataclass(frozen=True, slots=True)
class Arena:
    """The stand-ins with both sides' grounds, by their number of pipelines."""

    stack: Stack
    ours: dict[int, Ground]
    theirs: dict[int, Ground]

    def measure(self, case: Case, *, rounds: int) -> Result:
        """Both sides in turns, so that what else the machine does meets both."""
        ours, whole, named = [], [], []
        spans: list[Span] = []
        for _ in range(rounds):
            seconds, spans = self.run_ours(case)
            ours.append(seconds)
            whole.append(self._run_theirs(case, named=False))
            named.append(self._run_theirs(case, named=True))
        requests = {system: sum(span.system == system for span in spans) for system in ("GitLab", "AIC")}
        return Result(case, ours, whole, named, requests)

    def run_ours(self, case: Case) -> tuple[float, list[Span]]:
        """From the message's publication, as the webhook does it, to the recorded success."""
        ground = self.ours[case.pipelines]
        change = ground.change(case.changed)
        place, attributes = ground.place, {"origin": "webhook", "merge_request": str(change.number)}
        with self._delayed(case):
            requests_log.clear(self.stack)
            begun = time.time()
            message = {"project": place.site.path, "branch": "develop"}
            place.queue.publish("aic-deploy", message, attributes=attributes)
            place.queue.settle()
            spans = requests_log.spans(self.stack, latency_ms=case.latency_ms)
        ground.check(change)
        newest = place.person.deployments(place.site.environment("develop"))[0]
        if (newest["sha"], newest["status"]) != (change.head, "success"):
            raise RuntimeError(f"the deploy is not on record: {newest['status']}")
        return requests_log.recorded(spans) - begun, spans

    def _run_theirs(self, case: Case, *, named: bool) -> float:
        ground = self.theirs[case.pipelines]
        change = ground.change(case.changed)
        with self._delayed(case):
            wanted = list(change.titles) if named else ["*"]
            run = incumbent.deploy(ground.place, self.stack.gitlab_url, pipelines=wanted)
        ground.check(change)
        looked_at = case.changed if named else case.pipelines
        if (run.updated, run.updated + run.skipped) != (case.changed, looked_at):
            raise RuntimeError(f"the incumbent did not do what was measured: {run}")
        return run.seconds

    @contextmanager
    def _delayed(self, case: Case) -> Iterator[None]:
        delay(self.stack, case.latency_ms)
        try:
            yield
        finally:
            delay(self.stack, 0)


@contextmanager
def arena(sizes: Sequence[int], logs: Path) -> Iterator[Arena]:
    """Everything seeded; the service has deployed each of its workspaces once."""
    own = {size: Site(f"bench/ours-{size}", f"ours-{size}") for size in sizes}
    other = {size: Site(f"bench/theirs-{size}", f"theirs-{size}") for size in sizes}
    with started(logs=logs) as stack:
        stack.start_functions(list(own.values()), targets=("deploy",))
        ours = {size: lay(stack, site, pipelines=size) for size, site in own.items()}
        theirs = {size: lay(stack, site, pipelines=size) for size, site in other.items()}
        for ground in ours.values():
            ground.place.deploy()
        yield Arena(stack, ours, theirs)
