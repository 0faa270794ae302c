"""Where a snapshot is told in GitLab: on the commit that it found, or made."""

from dataclasses import replace

from ..domain import snapshot_note
from ..domain.errors import Permanent
from ..domain.gitlab import OnCommit
from ..domain.snapshot_report import SnapshotReport
from .journals import own_note
from .outside import Outside


def tell(report: SnapshotReport, outside: Outside, *, asked: bool) -> SnapshotReport:
    """One note, kept up to date; where all is as it should be only for somebody who `asked`, or who was told otherwise.

    What a commit has captured stays told there. A note that GitLab refuses never changes the outcome.
    """
    if not report.head:
        return report
    mark, place = snapshot_note.marker(report.branch), OnCommit(report.commit or report.head)
    try:
        old = own_note(place, mark, outside.repository)
        body = snapshot_note.render(report, first_line=mark)
        if old is None and report.uneventful and not asked:
            return report
        if old is not None and snapshot_note.still_holds(old.body, report, asked=asked):
            return report
        if old is None or old.body != body:
            outside.repository.write_note(place, body, replaces=old)
    except Permanent as error:
        return replace(report, untold=(*report.untold, error.reason))
    return report
