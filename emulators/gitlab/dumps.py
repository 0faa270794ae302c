"""A project's records as plain JSON, for the control plane."""

from datetime import datetime

from emulators.gitlab import deployments, hooks
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import public


def records(project: Project, *, now: datetime) -> Record:
    """Each kind of record under its name, as it is stored, secrets left out."""
    with project.lock:
        return {
            "merge_requests": [public(m) | {"approved_by": list(m["_approved_by"])} for m in project.merge_requests],
            "notes": [public(note) for note in project.notes],
            "statuses": [public(row) for row in project.statuses],
            "deployments": [deployments.render(row) for row in project.deployments],
            "environments": [public(row) for row in project.environments],
            "hooks": [hooks.render(hook, now=now) | {"deliveries": len(hook["_deliveries"])} for hook in project.hooks],
            "pipelines": [public(row) for row in project.pipelines],
            "issues": [public(row) for row in project.issues],
            "labels": [public(row) for row in project.labels],
        }
