"""The report of a deploy → its line in the log. People search for these fields: they keep their names."""

from . import backup_report
from .plan import Action
from .report import FAILURES, Outcome, Report
from .told import Told

BLOCKS = (Action.CONFLICT, Action.REFUSE)
_MOST_TITLES = 20


def of(report: Report) -> Told:
    """A channel that could not be used makes it an error, though the outcome stays what it is."""
    fields = {
        "outcome": report.outcome.value,
        "reason": report.reason,
        "detail": report.detail,
        "project": report.project,
        "branch": report.branch,
        "workspace": report.workspace,
        "by": report.by,
        "base": report.base,
        "head": report.head,
        "source": report.source,
        "looked_at": len(report.rows),
        "written": report.written,
        "blocked_by": [row.title for row in report.rows if row.action in BLOCKS][:_MOST_TITLES],
        "taken_back": len(report.undone),
        **backup_report.fields(report.backups),
        "untold": list(report.untold),
    }
    ignored = report.outcome is Outcome.IGNORED
    said = f"ignored: {report.reason}" if ignored else f"deploy: {report.outcome.value}"
    return Told(said, fields, bad=report.outcome in FAILURES or bool(report.untold))
