"""What a snapshot may cost, in time and in requests, and whether it did."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from bench.snapshots import CHANGED, Kind, Result

LATENCY = 50.0
PIPELINES = 1000
WIDTH = 16
FASTER = {Kind.UNCHANGED: 12.0, Kind.FIRST: 4.0}
"""How many times faster than the incumbent's push it has to be."""
OF_THE_LEAST = 1.5
"""Times the time in which AIC can give so many pipelines, 16 at once."""


@dataclass(frozen=True, slots=True)
class Goal:
    """In words for a table, and whether it is met."""

    words: str
    met: bool


def goals(result: Result) -> tuple[Goal, ...]:
    """Those in time only where they were set: for a thousand pipelines at 50 ms."""
    return (*_in_time(result), *_in_requests(result))


def _in_time(result: Result) -> Iterator[Goal]:
    case = result.case
    if (case.pipelines, case.latency_ms) != (PIPELINES, LATENCY):
        return
    least = FASTER.get(case.kind)
    if least and result.faster is not None:
        yield Goal(f"at least {least:g} x", result.faster >= least)
    if case.kind is Kind.UNCHANGED:
        most = OF_THE_LEAST * case.pipelines * case.latency_ms / WIDTH / 1000
        yield Goal(f"at most {most:.2f} s", statistics.median(result.ours) <= most)


def _in_requests(result: Result) -> Iterator[Goal]:
    asked, kind, pipelines = result.requests, result.case.kind, result.case.pipelines
    more = 2 + CHANGED if kind is Kind.CHANGED else 0
    if kind is not Kind.FIRST:
        yield _most("GitLab", asked.gitlab, 16 + pipelines // 100 + more)
        yield _most("AIC", asked.aic, pipelines + 8 + more)
        yield _most("archives", asked.archives, 1)
    if kind in (Kind.CHANGED, Kind.FIRST):
        yield _most("commits", asked.commits, 1 if kind is Kind.CHANGED else 3)
    if kind is Kind.SAVED:
        yield _most("drive", asked.drive, 10)
        yield _most("bucket", asked.bucket, 10)


def _most(what: str, found: int, most: int) -> Goal:
    return Goal(f"{what} at most {most:,}", found <= most)
