"""The body of a Push Hook."""

from emulators.gitlab.access import is_protected
from emulators.gitlab.events import Pushed
from emulators.gitlab.objects import CommitInfo
from emulators.gitlab.payloads.parts import REDACTED, commit_json, project_json, repository_json
from emulators.gitlab.pipelines import ZEROS
from emulators.gitlab.project import Project, Record
from emulators.gitlab.user import User

MOST_COMMITS = 20


def body(event: Pushed, base: str) -> Record:
    """Zeros stand for a branch that was not there or is gone; the newest commits are listed, all are counted."""
    project, fresh = event.project, _fresh(event)
    listed = [_commit(project, info, base=base) for info in reversed(fresh[:MOST_COMMITS])]
    return {
        "object_kind": "push",
        "event_name": "push",
        "before": event.before or ZEROS,
        "after": event.after or ZEROS,
        "ref": f"refs/heads/{event.branch}",
        "ref_protected": is_protected(project, event.branch),
        "checkout_sha": event.after,
        "message": None,
        **surroundings(project, event.user, base=base),
        "commits": listed,
        "total_commits_count": len(fresh),
        "push_options": {},
    }


def surroundings(project: Project, user: User, *, base: str) -> Record:
    """Who pushed, and where to: what pushes of branches and tags have in common."""
    block, repository = project_json(project, base), repository_json(project, base)
    return {
        "user_id": user.id,
        "user_name": user.name,
        "user_username": user.username,
        "user_email": REDACTED,
        "user_avatar": None,
        "project_id": project.id,
        "project": block,
        "repository": repository | {key: block[key] for key in ("git_http_url", "git_ssh_url", "visibility_level")},
    }


def _fresh(event: Pushed) -> list[CommitInfo]:
    """The commits that came with the push, newest first; a new branch counts from the default branch."""
    if event.after is None:
        return []
    known = event.before or _default_tip(event)
    return list(event.project.repository.log([event.after], exclude=[known] if known else []))


def _default_tip(event: Pushed) -> str | None:
    default = event.project.default_branch
    return event.project.repository.branch(default) if default and default != event.branch else None


def _commit(project: Project, info: CommitInfo, *, base: str) -> Record:
    shape = commit_json(project, info, base=base) | {"added": [], "modified": [], "removed": []}
    for diff in project.repository.diff(info.parents[0] if info.parents else None, info.id):
        if diff.new_file or diff.renamed_file:
            shape["added"].append(diff.new_path)
        if diff.deleted_file or diff.renamed_file:
            shape["removed"].append(diff.old_path)
        if not (diff.new_file or diff.renamed_file or diff.deleted_file):
            shape["modified"].append(diff.new_path)
    return shape
