"""A backup that a person asks for: of a workspace or some of its pipelines, onto all drives or one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from ..domain import command_news, mark, note, saved_report
from ..domain.backup import BackupPlace
from ..domain.drives import DriveSettings
from ..domain.errors import Permanent, Refused, ServiceError, Transient
from ..domain.gitlab import OnCommit
from ..domain.messages.command import Backup
from ..domain.saved_report import SavedReport
from ..domain.titles import known
from . import answering, backup, inventory, saving
from .answering import Asker
from .inventory import Inventory
from .outside import Outside
from .target import branch_of


def save(request: Backup, asker: Asker, drives: Sequence[DriveSettings], outside: Outside) -> SavedReport:
    """What became of it, as the branch's newest commit says too; raises Transient while another delivery may do better.

    `drives` are those of the settings. Raises Refused where the project may not touch the workspace.
    """
    begun, reserve = _begun(request, asker, outside), outside.in_reserve()
    try:
        done = _saved(begun, request, asker, drives, outside)
    except Refused as error:
        return _told(replace(begun, reason=error.reason, detail=error.detail), reserve)  # news for the asker alone
    except ServiceError as error:
        if isinstance(error, Transient) and not asker.final:
            raise
        done = replace(begun, reason=error.reason, detail=error.detail)
    told = _told(done, reserve)
    missed = answering.announced(command_news.of_saved(told, same=asker.run.id), asker, reserve)
    return replace(told, untold=told.untold + missed)


def _begun(request: Backup, asker: Asker, outside: Outside) -> SavedReport:
    """A workspace without a branch is saved all the same."""
    branch = branch_of(request.workspace, allowed=asker.allowed, repository=outside.repository)
    head = outside.repository.head(branch) if branch else None
    return SavedReport(request.project, request.workspace, branch, head or "", by=asker.by)


def _saved(
    begun: SavedReport, request: Backup, asker: Asker, drives: Sequence[DriveSettings], outside: Outside
) -> SavedReport:
    chosen = [each for each in drives if request.drive in (None, each.drive)]
    if not chosen:
        raise Refused("drive-unknown", "the settings of the project have no such drive under `backup_drives`")
    workspace = outside.open_workspace(request.workspace)
    found = inventory.read(workspace, outside, only=request.pipelines, may_be_empty=False)
    _check_known(request, found)
    titles, folder = known(live=found.titles), request.folder or ""
    if found.unreadable and not request.pipelines:
        folder = mark.beside(asker.run, folder=folder)
    lines = backup.store(
        chain(saving.stored(found, titles), saving.twins(found, titles, workspace, outside)),
        place=BackupPlace(request.project, request.workspace, begun.branch, begun.head),
        run=asker.run,
        drives=chosen,
        outside=outside,
        folder=folder,
        some=bool(request.pipelines or found.unreadable),
    )
    return replace(begun, lines=lines, missing=tuple(sorted(found.unreadable)))


def _check_known(request: Backup, found: Inventory) -> None:
    unknown = [title for title in request.pipelines or () if title not in found.titles]
    if unknown:
        raise Refused("unknown-pipeline", f"AIC has no pipeline `{unknown[0]}`; check the spelling")


def _told(report: SavedReport, outside: Outside) -> SavedReport:
    first_line = note.marker(report.branch, kind="backup")
    body = saved_report.render(report, first_line=first_line)
    try:
        if report.head:
            answering.write(OnCommit(report.head), first_line, body, outside.repository)
    except Permanent as error:
        return replace(report, untold=(error.reason,))
    return report
