"""Opening a merge request: what is refused, and the document that it begins as."""

from dataclasses import dataclass

from emulators.gitlab import labels
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import message, not_found
from emulators.gitlab.events import MergeRequestChanged
from emulators.gitlab.merge_requests import check_twin, compare
from emulators.gitlab.mergeability import forget
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import hook_time
from emulators.gitlab.titles import check_title


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new merge request is to be."""

    title: str
    source_branch: str
    target_branch: str
    description: str | None
    labels: tuple[str, ...]
    squash: bool
    remove_source_branch: bool
    assignees: tuple[Record, ...] = ()
    reviewers: tuple[Record, ...] = ()


def create(act: Act, *, wanted: Wish) -> Record:
    """An open merge request; equal branches are a 422, an open twin a 409, branches that are not there a 400.

    The answer for a branch that is not there is a choice: GitLab's own words for it are not known.
    """
    with act.project.lock:
        _check(act.project, wanted)
        iid = 1 + max((m["iid"] for m in act.project.merge_requests), default=0)
        merge_request = _document(act, wanted=wanted, iid=iid)
        compare(act.project, merge_request)
        labels.ensure(act.world, act.project, wanted.labels)
        forget(merge_request, act.world.settings)
        merge_request["prepared_at"] = None if merge_request["_unread"] else merge_request["created_at"]
        act.project.merge_requests.append(merge_request)
        act.tell(MergeRequestChanged(act.project, merge_request, "open", _prepared(merge_request), act.user))
        return merge_request


def _check(project: Project, wanted: Wish) -> None:
    if wanted.source_branch == wanted.target_branch:
        raise message(422, ["You can't use same project/branch for source and target"])
    check_twin(project, source=wanted.source_branch, target=wanted.target_branch)
    for field in ("source_branch", "target_branch"):
        if project.repository.branch(getattr(wanted, field)) is None:
            raise message(400, {field: ["does not exist"]})
    check_title(wanted.title)


def check_place(act: Act, target: str) -> None:
    """No project here is a fork of another, so that a merge request stays within its own."""
    project = act.world.project(target) if target else act.project
    if project is None:
        raise not_found("Project")
    if project is not act.project:
        raise message(422, ["Source project is not a fork of the target project"])


def _prepared(merge_request: Record) -> Record:
    """What changes before GitLab tells of a new one: it has been prepared."""
    return {
        "merge_status": {"previous": "preparing", "current": "checking"},
        "prepared_at": {"previous": None, "current": hook_time(merge_request["created_at"])},
    }


def _document(act: Act, *, wanted: Wish, iid: int) -> Record:
    now = act.now()
    return {
        "id": act.next_id("merge_request"),
        "iid": iid,
        "project_id": act.project.id,
        "title": wanted.title,
        "description": wanted.description,
        "state": "opened",
        "created_at": now,
        "updated_at": now,
        "prepared_at": now,
        "merged_by": None,
        "merge_user": None,
        "merged_at": None,
        "closed_by": None,
        "closed_at": None,
        "source_branch": wanted.source_branch,
        "target_branch": wanted.target_branch,
        "source_project_id": act.project.id,
        "target_project_id": act.project.id,
        "author": act.person(),
        "labels": list(wanted.labels),
        "assignees": list(wanted.assignees),
        "reviewers": list(wanted.reviewers),
        "sha": None,
        "merge_commit_sha": None,
        "squash_commit_sha": None,
        "should_remove_source_branch": None,
        "force_remove_source_branch": wanted.remove_source_branch,
        "squash": wanted.squash,
        "merge_error": None,
        "_refs": None,
        "_unread": 0,
        "_asked": False,
        "_approved_by": [],
        "_auto_merge": None,
    }
