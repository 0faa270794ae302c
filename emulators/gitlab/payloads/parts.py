"""What the bodies of several events share: the project, its repository, the acting user and commits."""

from datetime import UTC
from urllib.parse import urlsplit

from emulators.gitlab.objects import CommitInfo
from emulators.gitlab.project import Project, Record
from emulators.gitlab.user import User

REDACTED = "[REDACTED]"


def project_json(project: Project, base: str) -> Record:
    """The `project` block; merge requests repeat it as `source` and `target`."""
    page, ssh = project.web_url(base), _ssh(project, base)
    return short_project_json(project, base) | {
        "homepage": page,
        "url": ssh,
        "ssh_url": ssh,
        "http_url": f"{page}.git",
    }


def short_project_json(project: Project, base: str) -> Record:
    """The `project` block of pipelines, without the old names of its addresses."""
    page = project.web_url(base)
    return {
        "id": project.id,
        "name": project.name,
        "description": None,
        "web_url": page,
        "avatar_url": None,
        "git_ssh_url": _ssh(project, base),
        "git_http_url": f"{page}.git",
        "namespace": project.namespace,
        "visibility_level": 0,
        "path_with_namespace": project.path,
        "default_branch": project.default_branch,
        "ci_config_path": None,
    }


def repository_json(project: Project, base: str) -> Record:
    """The short `repository` block."""
    page = project.web_url(base)
    return {"name": project.name, "url": _ssh(project, base), "description": None, "homepage": page}


def user_json(user: User) -> Record:
    """The `user` block: an e-mail address that is not public is never shown."""
    return person_json({"id": user.id, "name": user.name, "username": user.username})


def person_json(person: Record) -> Record:
    """The same block for somebody whom a document embeds."""
    return {**{key: person[key] for key in ("id", "name", "username")}, "avatar_url": None, "email": REDACTED}


def commit_json(project: Project, info: CommitInfo, *, base: str) -> Record:
    """A commit as events mention it."""
    return {
        "id": info.id,
        "message": info.message,
        "title": info.title,
        "timestamp": info.committed_date.astimezone(UTC).isoformat(timespec="seconds"),
        "url": f"{project.web_url(base)}/-/commit/{info.id}",
        "author": {"name": info.author_name, "email": info.author_email},
    }


def _ssh(project: Project, base: str) -> str:
    return f"git@{urlsplit(base).hostname or 'localhost'}:{project.path}.git"
