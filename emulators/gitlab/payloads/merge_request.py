"""The body of a Merge Request Hook."""

from emulators.gitlab.events import MergeRequestChanged
from emulators.gitlab.labels import hook_json
from emulators.gitlab.merge_requests import STATE_IDS
from emulators.gitlab.mergeability import detailed, is_draft, legacy
from emulators.gitlab.payloads.parts import commit_json, person_json, project_json, repository_json, user_json
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import hook_time

_UNTIMED = {
    "time_change": 0, "time_estimate": 0, "total_time_spent": 0, "human_time_change": None, "human_time_estimate": None,
    "human_total_time_spent": None,
}  # fmt: skip
_PEOPLE = ("assignees", "reviewers")


def body(event: MergeRequestChanged, base: str) -> Record:
    """`assignees` and `reviewers` are left out when there are none; `oldrev` is there only when commits came."""
    project, merge_request = event.project, event.merge_request
    attributes = attributes_json(project, merge_request, base=base) | {"action": event.action}
    if event.oldrev is not None:
        attributes["oldrev"] = event.oldrev
    return {
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": user_json(event.user),
        "project": project_json(project, base),
        "object_attributes": attributes,
        "labels": attributes["labels"],
        "changes": event.changes,
        "repository": repository_json(project, base),
        **{key: [person_json(one) for one in merge_request[key]] for key in _PEOPLE if merge_request[key]},
    }


def attributes_json(project: Project, merge_request: Record, *, base: str) -> Record:
    """The merge request as every body has it: never with `squash_commit_sha` and `merged_at`.

    `merge_user_id` is null even after a merge.
    """
    block = project_json(project, base)
    iid, assigned = merge_request["iid"], [person["id"] for person in merge_request["assignees"]]
    copied = (
        "id", "iid", "title", "description", "state", "source_branch", "target_branch", "source_project_id",
        "target_project_id", "merge_commit_sha", "merge_error",
    )  # fmt: skip
    times = ("created_at", "updated_at", "prepared_at")
    return {
        **{key: merge_request[key] for key in copied},
        **{key: hook_time(merge_request[key]) for key in times},
        **_UNTIMED,
        **_standing(project, merge_request),
        "author_id": merge_request["author"]["id"],
        "labels": [hook_json(project, name) for name in merge_request["labels"]],
        "assignee_id": next(iter(assigned), None),
        "assignee_ids": assigned,
        "reviewer_ids": [person["id"] for person in merge_request["reviewers"]],
        "last_edited_at": None,
        "last_edited_by_id": None,
        "updated_by_id": None,
        "milestone_id": None,
        "merge_user_id": None,
        "merge_when_pipeline_succeeds": merge_request["_auto_merge"] is not None,
        "merge_params": _merge_params(merge_request),
        "blocking_discussions_resolved": True,
        "first_contribution": False,
        "url": f"{project.web_url(base)}/-/merge_requests/{iid}",
        "source": block,
        "target": block,
        "last_commit": commit_json(project, project.repository.commit_of(merge_request["sha"]), base=base),
    }


def _standing(project: Project, merge_request: Record) -> Record:
    draft = is_draft(merge_request["title"])
    pipeline = project.newest_pipeline(merge_request["sha"])
    return {
        "state_id": STATE_IDS[merge_request["state"]],
        "draft": draft,
        "work_in_progress": draft,
        "merge_status": legacy(project, merge_request),
        "detailed_merge_status": detailed(project, merge_request),
        "head_pipeline_id": pipeline["id"] if pipeline else None,
    }


def _merge_params(merge_request: Record) -> Record:
    params = {"force_remove_source_branch": "1" if merge_request["force_remove_source_branch"] else "0"}
    if merge_request["should_remove_source_branch"]:
        params["should_remove_source_branch"] = "true"
    return params
