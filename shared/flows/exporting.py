"""An export: what runs, as plain files on a drive."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO

from ..domain import export_report, files
from ..domain.answer import Outcome
from ..domain.drives import DriveSettings
from ..domain.errors import Refused, ServiceError, Transient
from ..domain.export_report import Exported
from ..domain.messages.manual import Export
from ..domain.titles import known
from . import inventory
from .answering import Asker, answered
from .inventory import Inventory
from .outside import Outside
from .target import branch_of

_FOLDER = "exports"
_WIDTH = 4


def export(request: Export, asker: Asker, drives: Sequence[DriveSettings], outside: Outside) -> Exported:
    """Stores the files, or says why not; raises Transient while another delivery may do better.

    `drives` are those of the settings. Raises Refused where the project may not touch the workspace.
    """
    branch = branch_of(request.workspace, allowed=asker.allowed, repository=outside.repository)
    begun = Exported("export", Outcome.REFUSED, request.project, branch, request.workspace, by=asker.by)
    find = partial(_exported, begun, request, asker, drives, outside)
    return answered(begun, find, export_report.answer, asker=asker, outside=outside)


def _exported(
    begun: Exported, request: Export, asker: Asker, drives: Sequence[DriveSettings], outside: Outside
) -> Exported:
    chosen = next((each.drive for each in drives if request.drive in (None, each.drive)), None)
    if chosen is None:
        raise Refused("drive-unknown", "the settings of the project have no such drive under `backup_drives`")
    workspace = outside.open_workspace(request.workspace)
    live = inventory.read(workspace, outside, only=request.pipelines, may_be_empty=False)
    missing = [title for title in request.pipelines or () if title not in live.titles]
    if missing:
        raise Refused("unknown-pipeline", f"`{request.workspace}` has no pipeline `{missing[0]}`; check the spelling")
    if live.unreadable and not asker.final:
        raise Transient("aic-odd-answer", f"AIC did not give {len(live.unreadable)} of the pipelines")
    folder = request.folder or f"{_FOLDER}/{asker.run.folder}"
    stored, left_out = _sorted(live)
    report = replace(begun, drive=chosen, folder=folder, left_out=tuple(sorted(left_out.items())))
    if request.dry_run:
        return _counted(report, stored, Outcome.PLANNED)
    return _stored(report, stored, asker, outside)


def _sorted(live: Inventory) -> tuple[Mapping[str, Mapping[str, bytes]], dict[str, str]]:
    """Files by pipeline, and why there are none of others."""
    titles = known(live=live.titles)
    stored: dict[str, Mapping[str, bytes]] = {}
    left_out = {**live.unreadable, **dict.fromkeys(live.twins, "AIC has several pipelines of this title")}
    for title, each in live.found.items():
        try:
            stored[title] = files.Packed(files.files_with(each.file, title, titles=titles))
        except Refused as error:
            left_out[title] = error.detail
    return stored, left_out


def _stored(report: Exported, stored: Mapping[str, Mapping[str, bytes]], asker: Asker, outside: Outside) -> Exported:
    """A pipeline that fails stops no other."""
    drive = outside.open_drive(report.workspace, report.drive)

    def put(title: str) -> None:
        for path, data in stored[title].items():
            outside.deadline.check()
            drive.put(f"{report.folder}/{path}", BytesIO(data), size=len(data))

    results = outside.together.map(put, stored, width=_WIDTH)
    troubles: dict[str, str] = {}
    for title, result in zip(stored, results, strict=True):
        if isinstance(result, Exception):
            if not isinstance(result, ServiceError) or (isinstance(result, Transient) and not asker.final):
                raise result
            troubles[title] = result.detail or result.reason
    done = {title: each for title, each in stored.items() if title not in troubles}
    report = replace(report, left_out=tuple(sorted({**dict(report.left_out), **troubles}.items())))
    if report.left_out:
        detail = f"{len(report.left_out)} of the pipelines could not be exported"
        return _counted(replace(report, reason="export-incomplete", detail=detail), done, Outcome.FAILED)
    return _counted(report, done, Outcome.DONE)


def _counted(report: Exported, done: Mapping[str, Mapping[str, bytes]], outcome: Outcome) -> Exported:
    return replace(report, outcome=outcome, titles=tuple(sorted(done)), files=sum(map(len, done.values())))
