"""The body of an Issue Hook, and of a confidential one."""

from emulators.gitlab.events import IssueChanged
from emulators.gitlab.labels import hook_json
from emulators.gitlab.payloads.parts import person_json, project_json, repository_json, user_json
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import hook_time

_TEXTS = ("title", "description", "confidential", "due_date", "discussion_locked")
_STATES = {"opened": 1, "closed": 2}
_NEVER = (
    "updated_by_id", "last_edited_at", "last_edited_by_id", "milestone_id", "moved_to_id", "duplicated_to_id",
    "human_total_time_spent", "human_time_estimate", "human_time_change", "weight", "health_status",
    "relative_position",
)  # fmt: skip


def body(event: IssueChanged, base: str) -> Record:
    """`assignees` and `assignee` are left out when there are none."""
    project, issue = event.project, event.issue
    attributes = attributes_json(project, issue, base=base)
    people = [person_json(one) for one in issue["assignees"]]
    return {
        "object_kind": "issue",
        "event_type": "confidential_issue" if issue["confidential"] else "issue",
        "user": user_json(event.user),
        "project": project_json(project, base),
        "object_attributes": attributes | ({"action": event.action} if event.action else {}),
        "repository": repository_json(project, base),
        "labels": attributes["labels"],
        "changes": event.changes,
        **({"assignees": people, "assignee": people[0]} if people else {}),
    }


def attributes_json(project: Project, issue: Record, *, base: str) -> Record:
    """The issue as every body has it."""
    copied = (
        "id",
        "iid",
        "title",
        "description",
        "state",
        "project_id",
        "confidential",
        "due_date",
        "discussion_locked",
    )
    times = ("created_at", "updated_at", "closed_at")
    assigned = [person["id"] for person in issue["assignees"]]
    return {
        **{key: issue[key] for key in copied},
        **{key: hook_time(issue[key]) for key in times},
        **dict.fromkeys(_NEVER),
        "author_id": issue["author"]["id"],
        "assignee_ids": assigned,
        "assignee_id": next(iter(assigned), None),
        "state_id": _STATES[issue["state"]],
        "time_estimate": 0,
        "total_time_spent": 0,
        "time_change": 0,
        "type": issue["issue_type"].replace("_", " ").title().replace(" ", ""),
        "severity": "unknown",
        "labels": [hook_json(project, name) for name in issue["labels"]],
        "url": f"{project.web_url(base)}/-/issues/{issue['iid']}",
    }


def changes_json(project: Project, *, before: Record, after: Record) -> Record:
    """`{field: {previous, current}}` of what differs, as web hooks write values."""
    pair = {"previous": _shown(project, before), "current": _shown(project, after)}
    return {
        key: {side: values[key] for side, values in pair.items()}
        for key in pair["current"]
        if pair["previous"][key] != pair["current"][key]
    }


def _shown(project: Project, issue: Record) -> Record:
    return {
        **{key: issue[key] for key in _TEXTS},
        **{key: hook_time(issue[key]) for key in ("updated_at", "closed_at")},
        "state_id": _STATES[issue["state"]],
        "labels": [hook_json(project, name) for name in issue["labels"]],
        "assignees": [person_json(one) for one in issue["assignees"]],
    }
