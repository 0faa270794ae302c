"""The body of a Deployment Hook."""

from datetime import UTC

from emulators.gitlab.events import DeploymentChanged
from emulators.gitlab.payloads.parts import person_json, project_json
from emulators.gitlab.project import Record
from emulators.gitlab.records import parsed


def body(event: DeploymentChanged, base: str) -> Record:
    """No job made it, so what would be said of the job is null; the user is whoever began the deployment."""
    project, deployment = event.project, event.deployment
    environment, user = deployment["_environment"], deployment["user"]
    commit = project.repository.commit_of(deployment["sha"])
    return {
        "object_kind": "deployment",
        "status": deployment["status"],
        "status_changed_at": _zoned(deployment["updated_at"]),
        "deployment_id": deployment["id"],
        "deployable_id": None,
        "deployable_url": None,
        "environment": environment["name"],
        "environment_tier": environment["tier"],
        "environment_slug": environment["slug"],
        "environment_external_url": environment["external_url"],
        "project": project_json(project, base),
        "short_sha": commit.id[:8],
        "user": person_json(user),
        "user_url": f"{base}/{user['username']}",
        "commit_url": f"{project.web_url(base)}/-/commit/{commit.id}",
        "commit_title": commit.title,
        "ref": deployment["ref"],
    }


def _zoned(stamp: str) -> str:
    """Unlike other hooks' times this one has its offset: `2026-01-02 03:04:05 +0000`."""
    return parsed(stamp).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S %z")
