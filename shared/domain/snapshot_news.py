"""A report of a snapshot → what people hear of it beside GitLab."""

from collections.abc import Iterator

from . import snapshot_note
from .backup_report import BackupLine
from .capture import Action
from .deploy_news import backup_rows
from .news import News, NewsRow, Tone, fitted, identity, quoted
from .occasion import Kind
from .snapshot_report import Outcome, SnapshotReport, SnapshotRow

_KINDS = {
    Outcome.CAPTURED: (Kind.DRIFT, Tone.PLAIN),
    Outcome.PROPOSED: (Kind.DRIFT, Tone.WARN),
    Outcome.CONFLICT: (Kind.CONFLICT, Tone.BAD),
    Outcome.WITHHELD: (Kind.SNAPSHOT_INCOMPLETE, Tone.WARN),
    Outcome.INCOMPLETE: (Kind.SNAPSHOT_INCOMPLETE, Tone.WARN),
    Outcome.REFUSED: (Kind.SNAPSHOT_INCOMPLETE, Tone.BAD),
    Outcome.FAILED: (Kind.SNAPSHOT_INCOMPLETE, Tone.BAD),
}
_DAILY = (Kind.SNAPSHOT_INCOMPLETE, Kind.BACKUP_FAILED)
"""As long as nobody mends it, it is told with each night's snapshot."""
_TONES = {
    Action.CONFLICT: Tone.BAD,
    Action.WITHHOLD: Tone.BAD,
    Action.UNREADABLE: Tone.BAD,
    Action.DELETE: Tone.WARN,
    Action.MOVE: Tone.GOOD,
    Action.CAPTURE: Tone.GOOD,
}


def of(report: SnapshotReport) -> tuple[News, ...]:
    """One of the pipelines and one of the backups, where there is something to tell."""
    kinds = _KINDS.get(report.outcome)
    found = [] if kinds is None else [_news(report, *kinds)]
    failed = [each for each in report.backups if not each.ok]
    if failed:
        found.append(_unsaved(report, failed))
    return tuple(found)


def _news(report: SnapshotReport, kind: Kind, tone: Tone) -> News:
    rows = [each for each in report.rows if each.action is not Action.AHEAD]
    named = sorted(f"{each.action} {each.title}" for each in rows)
    news = News(
        kind,
        report.project,
        identity(kind, report.project, report.workspace, report.outcome, report.reason, report.commit, *named),
        snapshot_note.HEADLINES[report.outcome].format(quoted(report.workspace)),
        tone,
        " ".join(filter(None, (snapshot_note.ADVICE.get(report.outcome, ""), _problem(report)))),
        tuple(_facts(report)),
        commit=report.commit or report.head,
        merge_request=_about(report),
        merged=tuple(iid for iid, _ in report.proposals),
        daily=kind in _DAILY,
        untold=tuple(f"GitLab: {quoted(reason)}" for reason in report.untold),
    )
    ordered = sorted(rows, key=lambda each: (snapshot_note.RISK.index(each.action), each.title))
    return fitted(news, map(_row, ordered))


def _about(report: SnapshotReport) -> int | None:
    """What one merge request holds stays told there, whatever becomes of the branch."""
    return report.proposals[0][0] if len(report.proposals) == 1 and not report.commit else None


def _problem(report: SnapshotReport) -> str:
    detail = f": {report.detail}" if report.detail else ""
    return f"Reason: {quoted(report.reason)}{detail}" if report.reason else ""


def _facts(report: SnapshotReport) -> Iterator[str]:
    if report.branch:
        yield f"branch {quoted(report.branch)}"
    if report.looked_at:
        yield f"{report.looked_at} pipelines looked at"
    if report.by:
        yield f"asked for by {quoted(report.by)}"


def _row(row: SnapshotRow) -> NewsRow:
    return NewsRow(row.title, snapshot_note.DONE[row.action], row.why, _TONES.get(row.action, Tone.PLAIN), row.iid)


def _unsaved(report: SnapshotReport, failed: list[BackupLine]) -> News:
    named = sorted(f"{each.drive} {each.reason}" for each in failed)
    news = News(
        Kind.BACKUP_FAILED,
        report.project,
        identity(Kind.BACKUP_FAILED, report.project, report.workspace, *named),
        f"❌ No complete backup of {quoted(report.workspace)}",
        Tone.BAD,
        "Git was brought up to date all the same. The next snapshot tries again.",
        about="Drive",
        commit=report.commit or report.head,
        daily=True,
    )
    return fitted(news, backup_rows(report.backups))
