"""A drill of one workspace, told on its branch where somebody waits for it or has to look."""

from collections.abc import Sequence
from dataclasses import replace

from ..domain import command_news, drill_note, note
from ..domain.drill_report import DrillReport
from ..domain.drives import DriveSettings
from ..domain.errors import Permanent
from ..domain.gitlab import OnCommit
from . import answering
from .answering import Asker
from .drill import drill
from .outside import Outside
from .target import branch_of


def practise(
    project: str, workspace: str, *, asker: Asker, drives: Sequence[DriveSettings], outside: Outside
) -> DrillReport:
    """Raises Refused `workspace-not-allowed`, and Transient while another delivery may do better."""
    branch = branch_of(workspace, allowed=asker.allowed, repository=outside.repository)
    lines = drill(project, workspace, run=asker.run, drives=drives, outside=outside)
    report = DrillReport(lines, by=asker.by)
    waited_for, reserve = asker.by_hand or any(line.bad for line in lines), outside.in_reserve()
    told = report if not branch or not waited_for else _told(report, workspace, branch, reserve)
    news = command_news.of_drill(told, project=project, workspace=workspace, same=asker.run.id)
    missed = answering.announced(news, asker, reserve)
    return replace(told, failed=told.failed + tuple(("the news of it", reason) for reason in missed))


def _told(report: DrillReport, workspace: str, branch: str, outside: Outside) -> DrillReport:
    repository = outside.repository
    head = repository.head(branch)
    if head is None:
        return report
    mark = note.marker(branch, kind="drill")
    try:
        answering.write(OnCommit(head), mark, drill_note.render(report, workspace, first_line=mark), repository)
    except Permanent as error:
        return replace(report, failed=((f"the note on {branch}", error.reason),))
    return report
