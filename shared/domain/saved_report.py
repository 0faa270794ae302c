"""What became of a backup that a person asked for, as one value."""

from dataclasses import dataclass

from . import backup_report
from .backup_report import BackupLine
from .markdown import code, sentence
from .told import Told

_MOST = 20


@dataclass(frozen=True, slots=True)
class SavedReport:
    """One line a drive; `missing` are titles that AIC did not give. `reason` and `detail`: why nothing was stored."""

    project: str
    workspace: str
    branch: str = ""
    head: str = ""
    lines: tuple[BackupLine, ...] = ()
    missing: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""
    detail: str = ""
    untold: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is on every drive."""
        return not self.reason and not self.missing and all(each.ok for each in self.lines)

    def told(self) -> Told:
        """The end of it in the log."""
        fields = {
            "outcome": "saved" if self.complete else "incomplete",
            "reason": self.reason,
            "detail": self.detail,
            "project": self.project,
            "branch": self.branch,
            "workspace": self.workspace,
            "by": self.by,
            "head": self.head,
            "missing": list(self.missing[:_MOST]),
            **backup_report.fields(self.lines),
            "untold": list(self.untold),
        }
        said = f"backup: {self.reason or backup_report.summary(self.lines)}"
        return Told(said, fields, bad=not self.complete or bool(self.untold))


def render(report: SavedReport, *, first_line: str) -> str:
    """The note on the branch's newest commit."""
    detail = f": {sentence(report.detail)}" if report.detail else ""
    missing = ", ".join(code(title) for title in report.missing[:_MOST])
    more = f" and {len(report.missing) - _MOST} more" if len(report.missing) > _MOST else ""
    parts = [
        first_line,
        f"### {'💾 Backup' if report.complete else '❌ No complete backup'} of {code(report.workspace)}",
        f"Asked for by {code(report.by)}." if report.by else "",
        f"**Reason** {code(report.reason)}{detail}" if report.reason else "",
        f"AIC did not give {missing}{more}." if missing else "",
        backup_report.markdown(report.lines),
    ]
    return "\n\n".join(part for part in parts if part)
