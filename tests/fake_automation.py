"""What a GitLab project does by itself, in memory: hooks, the token, and CI pipelines, in which nothing runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from shared.domain.errors import Permanent
from shared.domain.gitlab import CiJob, CiPipeline, Hook, Token

from .fake_proposals import FakeProposals
from .fakes import FakeClock


@dataclass(frozen=True, slots=True)
class CiRun:
    """A pipeline with what it was told, on which branch, when it was last touched, and the jobs in it."""

    pipeline: CiPipeline
    branch: str
    told: Mapping[str, str]
    touched: str
    jobs: tuple[CiJob, ...]


@dataclass
class FakeAutomation(FakeProposals):
    """`hooked` are the web hooks, shown to one who `maintains` the project; `runs` the pipelines by their ids.

    `ends` and `scopes` are the token's.
    """

    clock: FakeClock = field(default_factory=FakeClock)
    hooked: list[Hook] = field(default_factory=list)
    maintains: bool = True
    ends: str = ""
    scopes: tuple[str, ...] = ("api",)
    runs: dict[int, CiRun] = field(default_factory=dict)

    @property
    def pipelines(self) -> list[str]:
        """The branches that pipelines were started on, oldest first."""
        return [each.branch for each in self.runs.values()]

    # What runners do.

    def finish(self, number: int, state: str, *, jobs: tuple[CiJob, ...] | None = None) -> None:
        """Ends a pipeline and its only job, or leaves it with these."""
        run = self.runs[number]
        ended = tuple(replace(each, state=state) for each in run.jobs) if jobs is None else jobs
        self.runs[number] = replace(run, pipeline=replace(run.pipeline, state=state), jobs=ended, touched=self._now())

    # What the port asks.

    def hooks(self) -> tuple[Hook, ...]:
        """For maintainers only."""
        self._called("hooks")
        if not self.maintains:
            raise Permanent("gitlab-forbidden", "the hooks")
        return tuple(self.hooked)

    def token(self) -> Token:
        """Everybody's is number 1."""
        self._called("token")
        return Token(1, "service", self.ends, self.scopes)

    def access(self) -> int:
        """Maintainer or developer."""
        self._called("access")
        return 40 if self.maintains else 30

    def start_pipeline(self, branch: str, *, variables: Mapping[str, str] | None = None) -> int:
        """Nothing runs in it."""
        self._called("start_pipeline")
        if branch not in self.branches:
            raise Permanent("gitlab-refused", "reference not found")
        number = len(self.runs) + 1
        url = f"https://gitlab.test/-/pipelines/{number}"
        made = CiPipeline(number, self.branches[branch], "pending", self.user, url)
        jobs = (CiJob("test", "pending", self.user),)
        self.runs[number] = CiRun(made, branch, dict(variables or {}), self._now(), jobs)
        return number

    def started_pipelines(self, branch: str, *, since: str) -> Iterator[int]:
        """Newest first."""
        self._called("started_pipelines")
        early = datetime.fromisoformat(since)
        for number, each in sorted(self.runs.items(), reverse=True):
            if each.branch == branch and datetime.fromisoformat(each.touched) >= early:
                yield number

    def ci_pipeline(self, number: int) -> CiPipeline | None:
        """Whoever started it."""
        self._called("ci_pipeline")
        return self.runs[number].pipeline if number in self.runs else None

    def ci_variables(self, number: int) -> Mapping[str, str] | None:
        """Shown to whoever started it, and to maintainers."""
        self._called("ci_variables")
        run = self.runs.get(number)
        return run.told if run and (self.maintains or run.pipeline.user == self.user) else None

    def ci_jobs(self, pipeline: CiPipeline) -> tuple[CiJob, ...]:
        """As they are now."""
        self._called("ci_jobs")
        return self.runs[pipeline.id].jobs if pipeline.id in self.runs else ()

    def cancel_pipeline(self, number: int) -> None:
        """Fine if it has ended."""
        self._called("cancel_pipeline")
        if number in self.runs and self.runs[number].pipeline.state not in ("success", "failed"):
            self.finish(number, "canceled")

    def _now(self) -> str:
        return datetime.fromtimestamp(self.clock.now(), UTC).isoformat()
