"""What the stand-ins have seen, as spans of time on one clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from emulators.stack import wire
from emulators.stack.stack import Stack


@dataclass(frozen=True, slots=True)
class Span:
    """One request; seconds since 1970."""

    system: str
    method: str
    route: str
    query: str
    start: float
    end: float
    status: int

    @property
    def ends_deploy(self) -> bool:
        """Whether GitLab has just recorded the end of a deployment."""
        return self.method != "GET" and "/deployments" in self.route and self.status < 300

    @property
    def makes_commit(self) -> bool:
        """Whether GitLab has just made a commit."""
        asked = (self.method, self.route.rsplit("/", 1)[-1])
        return asked in (("POST", "commits"), ("PUT", "merge")) and self.status < 300


@dataclass(frozen=True, slots=True)
class Requests:
    """How many there were. `drive` are those of AIC's that are about a drive, and in none of the other numbers."""

    gitlab: int = 0
    aic: int = 0
    drive: int = 0
    bucket: int = 0
    archives: int = 0
    commits: int = 0


def counted(found: Iterable[Span], *, bucket: int = 0) -> Requests:
    """`commits` are those that GitLab was asked for and made, merges among them."""
    spans = list(found)
    gitlab = [span for span in spans if span.system == "GitLab"]
    drive = sum("/drives" in span.route for span in spans)
    return Requests(
        gitlab=len(gitlab),
        aic=len(spans) - len(gitlab) - drive,
        drive=drive,
        bucket=bucket,
        archives=sum("/archive" in span.route for span in gitlab),
        commits=sum(span.makes_commit for span in gitlab),
    )


def clear(stack: Stack) -> None:
    """Forgets what was."""
    for url in (stack.gitlab_url, stack.aic_url):
        wire.ask("DELETE", f"{url}/__admin__/counters")


def spans(stack: Stack, *, latency_ms: float) -> list[Span]:
    """Since the last `clear`, by their start."""
    found = [
        *_of("GitLab", stack.gitlab_url, latency_ms),
        *_of("AIC", stack.aic_url, latency_ms),
    ]
    return sorted(found, key=lambda span: span.start)


def recorded(found: Iterable[Span]) -> float:
    """When the success was on record; raises LookupError where it never was."""
    ends = [span.end for span in found if span.ends_deploy]
    if not ends:
        raise LookupError("GitLab has recorded no deployment")
    return max(ends)


def _of(system: str, url: str, latency_ms: float) -> list[Span]:
    rows: list[dict[str, Any]] = wire.ask("GET", f"{url}/__admin__/log")
    return [
        Span(
            system,
            row["method"],
            row["route"],
            row["query"],
            row["time"] - (latency_ms + row["busy_ms"]) / 1000,
            row["time"],
            row["status"],
        )
        for row in rows
    ]
