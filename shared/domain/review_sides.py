"""A decision → the two versions of the pipeline that people compare, and what differs between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from . import picture, pipeline_diff, pipeline_tables, tasks
from .pipeline_diff import Fate, PipelineDiff
from .plan import Action, Decision
from .review_checks import whole
from .sql_tables import Tables


@dataclass(frozen=True, slots=True)
class Sides:
    """What is live and what would be, as far as a review tells it; nothing where neither changes."""

    diff: PipelineDiff = field(default_factory=PipelineDiff)
    before: Tables = field(default_factory=Tables)
    after: Tables = field(default_factory=Tables)
    graph: str = ""

    @property
    def written(self) -> tuple[str, ...]:
        """The tables that it wrote or will write: whoever reads one that goes is concerned as well."""
        return tuple(dict.fromkeys([*self.after.writes, *self.before.writes]))


def of(decision: Decision) -> Sides:
    """Beside an edit made in AIC the last deploy is what people compare with: the edit isn't theirs."""
    if decision.action is Action.NONE or decision.versions.defect:
        return Sides()
    before, after = _before(decision), whole(decision.versions.head)
    diff = pipeline_diff.between(before, after)
    if not (before and after):
        diff = replace(diff, settings=())  # of a pipeline that is new or goes the tasks tell all
    if not (diff.tasks or diff.settings):
        return Sides()
    gone = [each.task for each in diff.tasks if each.fate is Fate.REMOVED]
    graph = picture.draw(tasks.stages(after), diff.fates, removed=gone)
    return Sides(diff, pipeline_tables.of(before), pipeline_tables.of(after), graph)


def _before(decision: Decision) -> Mapping[str, object]:
    versions = decision.was or decision.versions
    live = versions.live.content if versions.live else None
    if decision.action is Action.CONFLICT or live is None:
        return whole(versions.base)
    return whole(live)
