"""A drill: the newest backup is read back, every hash is checked, and what was restored is compared with Git.

A backup that is found whole gets a mark of its own, by which the last proven restore is found again.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO

from ..domain import mark
from ..domain.drill_report import DrillLine, Proof, Verdict
from ..domain.drives import DriveSettings, Unreadable
from ..domain.errors import ServiceError
from ..domain.mark import Mark, Seal
from ..domain.run import Run
from ..ports.aic import Drive
from . import backups, beside_git, inspection
from .outside import Outside

InGit = Callable[[str], Mapping[str, str] | str]
PROOFS = 10
"""As many proofs are kept; older ones are deleted."""


def drill(
    project: str, workspace: str, *, run: Run, drives: Sequence[DriveSettings], outside: Outside
) -> tuple[DrillLine, ...]:
    """One line a drive, one drive after the other, since each backup is held on the temporary disk."""
    in_git = functools.cache(lambda commit: beside_git.configs(commit, outside))
    lines = (DrillLine(project, workspace, each.drive, Verdict.FAILED) for each in drives)
    return tuple(_on_drive(line, run, in_git, outside) for line in lines)


def _on_drive(line: DrillLine, run: Run, in_git: InGit, outside: Outside) -> DrillLine:
    try:
        drive = outside.open_drive(line.workspace, line.drive)
        newest = next((each for each in backups.marks(drive, line.workspace) if each.regular), None)
        line = replace(line, proof=last_proof(drive, line.workspace))
        if newest is None:
            return replace(line, verdict=Verdict.NONE)
        return _drilled(replace(line, folder=newest.folder), newest, drive, run=run, in_git=in_git, outside=outside)
    except ServiceError as error:
        return replace(line, reason=error.reason, detail=error.detail)


def _drilled(line: DrillLine, newest: Mark, drive: Drive, *, run: Run, in_git: InGit, outside: Outside) -> DrillLine:
    try:
        found = inspection.inspect(newest, drive, line.workspace, outside)
    except Unreadable as error:
        missing = inspection.listed(newest, drive)
        verdict = Verdict.DAMAGED if missing else Verdict.UNREADABLE
        return replace(line, verdict=verdict, damages=missing, detail=error.detail)
    manifest = found.manifest
    commit = manifest.commit if manifest else ""
    line = replace(
        line,
        verdict=Verdict.DAMAGED if found.damages else Verdict.PROVEN,
        pipelines=len(manifest.pipelines) if manifest else 0,
        files=found.files,
        commit=commit,
        damages=found.damages,
        compared=beside_git.compare(found.configs, in_git(commit)),
    )
    if found.damages or manifest is None:
        return line
    return _proven(line, Seal.of(manifest, folder=newest.folder), drive, run=run)


def _proven(line: DrillLine, seal: Seal, drive: Drive, *, run: Run) -> DrillLine:
    """Notes the proof, and lets the oldest ones go."""
    folder, proof = mark.proofs(line.workspace), mark.of_run(run, folder=line.folder)
    data = seal.encode()
    drive.put(f"{folder}/{proof.name}", BytesIO(data), size=len(data))
    old = mark.listed(drive.names(folder))[PROOFS:]
    drive.delete([f"{folder}/{each.name}" for each in old])
    return replace(line, proof=Proof(proof.moment, proof.folder))


def last_proof(drive: Drive, workspace: str) -> Proof | None:
    """The newest proof on the drive."""
    newest = next(iter(mark.listed(drive.names(mark.proofs(workspace)))), None)
    return None if newest is None else Proof(newest.moment, newest.folder)
