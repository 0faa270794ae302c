"""A merge request as the REST API shows it: in a list, and by itself."""

from dataclasses import dataclass

from emulators.gitlab import labels, merging
from emulators.gitlab.access import may_merge
from emulators.gitlab.mergeability import detailed, has_conflicts, is_draft, legacy
from emulators.gitlab.notes import of
from emulators.gitlab.objects import CommitInfo, FileDiff
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import choice, public
from emulators.gitlab.user import User
from emulators.gitlab.world import World

_UNSPENT = {
    "time_estimate": 0, "total_time_spent": 0, "human_time_estimate": None, "human_total_time_spent": None,
}  # fmt: skip
_SHOWN_CHANGES = 1000
_SIMPLE = ("id", "iid", "project_id", "title", "description", "state", "created_at", "updated_at", "web_url")


def listed(project: Project, merge_request: Record, *, world: World) -> Record:
    """One row of a list."""
    conflicts, draft = has_conflicts(project, merge_request), is_draft(merge_request["title"])
    reference = f"!{merge_request['iid']}"
    return public(merge_request) | {
        "draft": draft,
        "work_in_progress": draft,
        "imported": False,
        "imported_from": "none",
        "assignee": next(iter(merge_request["assignees"]), None),
        "milestone": None,
        "upvotes": 0,
        "downvotes": 0,
        "user_notes_count": sum(not note["system"] for note in of(project, merge_request)),
        "merge_when_pipeline_succeeds": merge_request["_auto_merge"] is not None,
        "merge_status": legacy(project, merge_request),
        "detailed_merge_status": detailed(project, merge_request),
        "merge_after": None,
        "discussion_locked": None,
        "reference": reference,
        "references": {"short": reference, "relative": reference, "full": f"{project.path}{reference}"},
        "web_url": f"{project.web_url(world.base_url)}/-/merge_requests/{merge_request['iid']}",
        "time_stats": _UNSPENT,
        "squash_on_merge": merging.squashes(project, merge_request),
        "task_completion_status": {"count": 0, "completed_count": 0},
        "has_conflicts": conflicts,
        "blocking_discussions_resolved": True,
        "approvals_before_merge": None,
    }


@dataclass(frozen=True, slots=True)
class Form:
    """How the rows of a list are wanted: in short, with whole labels in the place of their names."""

    simple: bool
    labels: bool


def form_of(given: Params) -> Form:
    """What `view` and `with_labels_details` ask for."""
    return Form(choice(given, "view", among=("", "simple"), default="") == "simple", given.flag("with_labels_details"))


def row(project: Project, merge_request: Record, *, world: World, form: Form) -> Record:
    """One row of a list in the form that was asked for."""
    shown = listed(project, merge_request, world=world)
    if form.labels:
        shown["labels"] = labels.details(project, merge_request["labels"])
    return {name: shown[name] for name in _SIMPLE} if form.simple else shown


def single(project: Project, merge_request: Record, *, world: World, user: User) -> Record:
    """The whole document; `changes_count` is a text, and null when nothing differs."""
    count = len(differences(project, merge_request))
    pipeline = project.newest_pipeline(merge_request["sha"])
    shown = public(pipeline) if pipeline else None
    return listed(project, merge_request, world=world) | {
        "subscribed": False,
        "changes_count": f"{_SHOWN_CHANGES}+" if count > _SHOWN_CHANGES else str(count) if count else None,
        "latest_build_started_at": None,
        "latest_build_finished_at": None,
        "first_deployed_to_production_at": None,
        "pipeline": shown,
        "head_pipeline": shown,
        "diff_refs": merge_request["_refs"],
        "first_contribution": False,
        "user": {"can_merge": may_merge(world, project, merge_request["target_branch"], user=user)},
    }


def differences(project: Project, merge_request: Record) -> list[FileDiff]:
    """What it would change, from the common ancestor to its head as last compared."""
    refs = merge_request["_refs"]
    return project.repository.diff(refs["base_sha"], refs["head_sha"])


def commits(project: Project, merge_request: Record) -> list[CommitInfo]:
    """Its own commits, newest first."""
    refs = merge_request["_refs"]
    return list(project.repository.log([refs["head_sha"]], exclude=[refs["start_sha"]]))
