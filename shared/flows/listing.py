"""What AIC lists, believed only as far as it can be proven."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..domain.aic import Job
from ..domain.errors import Refused, Transient
from ..ports.aic import Workspace
from .outside import Outside
from .pace import all_of

MOST_PIPELINES = 2000
"""What a run can look at within its time and memory."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Ids by title. Jobs that AIC lists without a title are looked up in their own config."""

    ids: Mapping[str, tuple[str, ...]]

    def absent(self, title: str) -> bool:
        """Whether this list doesn't have the title."""
        return title not in self.ids

    def title_of(self, job_id: str) -> str | None:
        """The title that the id has in this list."""
        return next((title for title, ids in self.ids.items() if job_id in ids), None)

    def twins(self, title: str) -> tuple[str, ...]:
        """The ids, if there are several pipelines of this title."""
        ids = self.ids.get(title, ())
        return ids if len(ids) > 1 else ()


def read(workspace: Workspace, outside: Outside, *, may_be_empty: bool) -> Listing:
    """Raises Transient `aic-list-empty` where nobody vouched that there may be none, Refused for far too many."""
    outside.deadline.check()
    jobs = workspace.jobs()
    if len(jobs) > MOST_PIPELINES:
        raise Refused("workspace-too-big", f"AIC lists {len(jobs)} pipelines, at most {MOST_PIPELINES} are taken")
    if not jobs and not may_be_empty:
        raise Transient("aic-list-empty", "AIC listed no pipelines; deploy by hand with `confirm` if that is so")
    unnamed = [job for job in jobs if job.title is None]
    found = all_of(outside.together, lambda job: _named(job, workspace), unnamed, width=outside.pace.width)
    ids: dict[str, tuple[str, ...]] = {}
    for job in [*(job for job in jobs if job.title is not None), *found]:
        if job.title is not None:
            ids[job.title] = (*ids.get(job.title, ()), job.id)
    return Listing(ids)


def prove_absent(titles: list[str], first: Listing, second: Listing, workspace: Workspace) -> None:
    """Two lists must agree that the titles are absent, and ids that vanished between them must be gone.

    Raises Transient `aic-list-unsteady`.
    """
    for title in titles:
        if not second.absent(title):
            raise Transient("aic-list-unsteady", f"AIC listed `{title}` in one of two lists only")
        if any(workspace.read(job_id) is not None for job_id in first.ids.get(title, ())):
            raise Transient("aic-list-unsteady", f"AIC no longer lists `{title}` but still has it")


def _named(job: Job, workspace: Workspace) -> Job:
    config = workspace.read(job.id)
    title = config.get("title") if config else None
    return Job(job.id, title if isinstance(title, str) else None)
