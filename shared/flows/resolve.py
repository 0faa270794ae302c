"""An issue is resolved by pipelines as AIC runs them: a branch named after it, its merge request, a comment on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from ..domain import note, promotion_note, route
from ..domain.errors import Permanent, Refused
from ..domain.gitlab import Issue, OnIssue
from ..domain.layout import titles_of
from ..domain.messages.promotion import ResolveIssue
from ..domain.promotion_report import Promoted
from ..domain.route import Route
from ..ports.step import Step
from . import branching, hotfix
from .answering import Asker, answered, write
from .outside import Outside
from .proposing import Wording, proposed
from .push import captured_first
from .snapshot import SnapshotOrder
from .target import read_mapping

WORKFLOW = "resolve_issue"


@dataclass(frozen=True, slots=True)
class _Way:
    """`make` makes the branch; what it needs to know of the route is in it."""

    begun: Promoted
    make: Callable[[], Promoted]


def resolve_issue(
    request: ResolveIssue, order: SnapshotOrder, *, step: Step | None = None, asker: Asker, outside: Outside
) -> Promoted:
    """Captures, makes or renews branch and merge request, or says why not.

    `order` is the snapshot of the workspace and these pipelines, `step` what the team does with what it captured; a
    hotfix goes as production runs it. Raises Transient while another delivery may do
    better, Refused `issue-unknown`, `issue-closed` or `route-unknown`.
    """
    issue = outside.repository.issue(request.issue)
    if issue is None:
        raise Refused("issue-unknown", f"the project has no issue #{request.issue}")
    if issue.state != "opened":
        raise Refused("issue-closed", f"#{issue.iid} is closed; open it again, or use `push_feature`")
    way = _way(request, issue, order, step=step, asker=asker, outside=outside)
    find = partial(_resolved, way, issue, outside)
    return answered(way.begun, find, promotion_note.answer, asker=asker, outside=outside)


def _way(
    request: ResolveIssue, issue: Issue, order: SnapshotOrder, *, step: Step | None, asker: Asker, outside: Outside
) -> _Way:
    found, name = _route(request.workspace, outside), f"{issue.iid}-{issue.title}"
    if found is route.HOTFIX:
        begun = hotfix.begin(WORKFLOW, request.project, name, asker=asker, outside=outside)
        begun = replace(begun, issue=issue.iid)
        fixed = partial(hotfix.made, begun, request.pipelines, dry_run=request.dry_run, asker=asker, outside=outside)
        return _Way(begun, fixed)
    ends = branching.ends_of(found, asker, outside)
    begun = branching.begin(WORKFLOW, request.project, ends, name=found.branch(name), asker=asker)
    begun = replace(begun, issue=issue.iid)
    return _Way(begun, partial(captured_first, begun, ends, order, step=step, run=asker.run, outside=outside))


def _route(workspace: str, outside: Outside) -> Route:
    """By the role of the branch that the workspace is mapped to."""
    mapping, _ = read_mapping(outside.repository)
    for each in route.ROUTES:
        if mapping.exact.get(mapping.branch_of_role(each.source) or "") == workspace:
            return each
    raise Refused("route-unknown", f"no branch of the Git flow is mapped to `{workspace}`")


def _resolved(way: _Way, issue: Issue, outside: Outside) -> Promoted:
    report = way.make()
    if report.branch != report.name:
        return report
    report = proposed(replace(report, titles=_brought(report, outside)), Wording(), outside)
    try:
        _comment(report, issue, outside)
    except Permanent as error:
        return replace(report, untold=(*report.untold, error.reason))
    return report


def _brought(report: Promoted, outside: Outside) -> tuple[str, ...]:
    """All that the branch has by now; an earlier question may have brought others."""
    tip, target = outside.repository.head(report.name), outside.repository.head(report.target)
    paths = outside.repository.compare(target, tip).paths if tip and target else ()
    return tuple(sorted({*report.titles, *titles_of(paths)}))


def _comment(report: Promoted, issue: Issue, outside: Outside) -> None:
    place, mark = OnIssue(issue.iid), note.marker(report.name, kind=WORKFLOW)
    write(place, mark, promotion_note.on_issue(report, first_line=mark), outside.repository)
