"""Commits, branches, differences and users as the JSON documents of GitLab's REST API."""

from datetime import UTC, datetime

from emulators.gitlab import trailers
from emulators.gitlab.access import is_protected, may_push, merge_level, needed_level
from emulators.gitlab.objects import CommitInfo, FileDiff
from emulators.gitlab.project import Project, Record
from emulators.gitlab.protection import DEVELOPER
from emulators.gitlab.records import public
from emulators.gitlab.user import User
from emulators.gitlab.world import World


def iso(at: datetime) -> str:
    """A time of GitLab's own records: `2026-01-02T03:04:05.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user_json(world: World, user: User) -> Record:
    """The short form that other documents embed."""
    return {
        "id": user.id,
        "username": user.username,
        "public_email": None,
        "name": user.name,
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"{world.base_url}/{user.username}",
    }


def commit_json(world: World, project: Project, info: CommitInfo, *, stats: bool = False) -> Record:
    """A commit of a list; with `stats` also its lines added and deleted."""
    found = trailers.of(info.message)
    shape: Record = {
        "id": info.id,
        "short_id": info.id[:8],
        "created_at": _zoned(info.committed_date),
        "parent_ids": list(info.parents),
        "title": info.title,
        "message": info.message,
        "author_name": info.author_name,
        "author_email": info.author_email,
        "authored_date": _zoned(info.authored_date),
        "committer_name": info.committer_name,
        "committer_email": info.committer_email,
        "committed_date": _zoned(info.committed_date),
        "trailers": {key: values[-1] for key, values in found.items()},
        "extended_trailers": found,
        "web_url": f"{project.web_url(world.base_url)}/-/commit/{info.id}",
    }
    return shape | ({"stats": _stats(project, info)} if stats else {})


def commit_detail(world: World, project: Project, info: CommitInfo, *, stats: bool = True) -> Record:
    """A commit by itself, with what its newest pipeline says of it."""
    pipeline = project.newest_pipeline(info.id)
    return commit_json(world, project, info, stats=stats) | {
        "status": pipeline["status"] if pipeline else None,
        "project_id": project.id,
        "last_pipeline": public(pipeline) if pipeline else None,
    }


def branch_json(world: World, project: Project, name: str, *, sha: str, user: User) -> Record:
    """A branch with its newest commit."""
    default = project.default_branch
    tip = project.repository.branch(default) if default else None
    protected = is_protected(project, name)
    return {
        "name": name,
        "commit": commit_json(world, project, project.repository.commit_of(sha)),
        "merged": name != default and tip is not None and project.repository.is_ancestor(sha, tip),
        "protected": protected,
        "developers_can_push": protected and 0 < needed_level(project, name) <= DEVELOPER,
        "developers_can_merge": protected and 0 < merge_level(project, name) <= DEVELOPER,
        "can_push": may_push(world, project, name, user=user),
        "default": name == default,
        "web_url": f"{project.web_url(world.base_url)}/-/tree/{name}",
    }


def diff_json(diff: FileDiff, *, collapsed: bool = False, too_large: bool = False) -> Record:
    """One file of a difference; one that is collapsed or too large comes without its text."""
    return {
        "diff": "" if collapsed or too_large else diff.diff,
        "collapsed": collapsed,
        "too_large": too_large,
        "new_path": diff.new_path,
        "old_path": diff.old_path,
        "a_mode": diff.a_mode,
        "b_mode": diff.b_mode,
        "new_file": diff.new_file,
        "renamed_file": diff.renamed_file,
        "deleted_file": diff.deleted_file,
        "generated_file": False,
    }


def diffs_json(world: World, diffs: list[FileDiff]) -> list[Record]:
    """All files of a difference within GitLab's limits: what is beyond them loses its text."""
    most, size = world.settings.number("diff_max_files"), world.settings.number("diff_max_bytes")
    return [
        diff_json(diff, collapsed=at >= most, too_large=len(diff.diff.encode()) > size) for at, diff in enumerate(diffs)
    ]


def _stats(project: Project, info: CommitInfo) -> Record:
    diffs = project.repository.diff(info.parents[0] if info.parents else None, info.id)
    additions, deletions = (sum(diff.additions for diff in diffs), sum(diff.deletions for diff in diffs))
    return {"additions": additions, "deletions": deletions, "total": additions + deletions}


def _zoned(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
