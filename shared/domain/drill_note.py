"""The lines of a drill → the note on the branch's newest commit."""

from . import drill_report
from .drill_report import DrillReport
from .markdown import code


def render(report: DrillReport, workspace: str, *, first_line: str) -> str:
    """What could be restored, drive by drive."""
    bad = any(line.bad for line in report.lines)
    asker = f"Asked for by {code(report.by)}." if report.by else ""
    table = drill_report.markdown(report.lines) or "The settings name no drives for backups."
    headline = f"### {'❌ A backup' if bad else '🛟 Backups'} of {code(workspace)}{' can’t be trusted' if bad else ''}"
    return "\n\n".join(part for part in (first_line, headline, asker, table) if part)
