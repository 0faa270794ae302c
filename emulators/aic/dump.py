"""A workspace as the control plane shows it: whole, or as counts and hashes."""

import base64

from emulators.aic.drive import Drive, File
from emulators.aic.workspace import Workspace


def summary(workspace: Workspace) -> dict[str, object]:
    """For comparing large workspaces cheaply."""
    return {
        "state_sha256": workspace.state_sha256(),
        "jobs_count": len(workspace.jobs),
        "interactive_branches": sum(len(branches) for branches in workspace.branches.values()),
        "drive_files": sum(len(drive.files) for drive in workspace.drives.values()),
    }


def whole(workspace: Workspace) -> dict[str, object]:
    """`branches`: id of a job to `{id: {"$id", "name", "config"}}`, for the jobs that have any."""
    branches = {
        job: {each.id: {"$id": each.id, "name": each.name, "config": each.config} for each in found}
        for job, found in workspace.branches.items()
        if found
    }
    drives = {drive.name: _drive(drive) for drive in workspace.drives.values()}
    return {
        **summary(workspace),
        "jobs": list(workspace.jobs.values()),
        "branches": branches,
        "drives": drives,
    }


def _drive(drive: Drive) -> dict[str, object]:
    return {"folders": list(drive.folders), "files": [_file(file) for file in drive.files.values()]}


def _file(file: File) -> dict[str, str]:
    """`path` is the folder; bytes that are no UTF-8 text are given as `base64` instead of `text`."""
    place = {"path": file.folder, "name": file.name}
    try:
        return place | {"text": file.data.decode()}
    except UnicodeDecodeError:
        return place | {"base64": base64.b64encode(file.data).decode()}
