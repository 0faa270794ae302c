"""Issues: made, edited, closed and opened again."""

from emulators.gitlab import labels, notes
from emulators.gitlab.acts import Act
from emulators.gitlab.events import IssueChanged
from emulators.gitlab.payloads.issue import changes_json
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import find, public
from emulators.gitlab.titles import check_title
from emulators.gitlab.world import World

_UNSPENT = {"time_estimate": 0, "total_time_spent": 0, "human_time_estimate": None, "human_total_time_spent": None}


def by_iid(project: Project, iid: int) -> Record:
    """The issue, or 404."""
    return find(project.issues, iid=iid)


def create(act: Act, *, values: Record) -> Record:
    """An open issue with the given title, description, labels and so on."""
    check_title(values["title"])
    with act.project.lock:
        iid = 1 + max((one["iid"] for one in act.project.issues), default=0)
        labels.ensure(act.world, act.project, values.get("labels", []))
        issue = _document(act, iid=iid) | values
        act.project.issues.append(issue)
        act.tell(IssueChanged(act.project, issue, "open", {}, act.user))
        return issue


def edit(act: Act, issue: Record, *, values: Record) -> None:
    """Sets the fields; 400 for a title that is none or too long. Labels that are new to the project are made."""
    check_title((issue | values)["title"])
    with act.project.lock:
        labels.ensure(act.world, act.project, values.get("labels", []))
        if {**issue, **values} != issue:
            _change(act, issue, values=values, action="update")


def close(act: Act, issue: Record) -> None:
    """Closes an open one; a closed one stays as it is."""
    if issue["state"] == "opened":
        values = {"state": "closed", "closed_at": act.now(), "closed_by": act.person()}
        notes.add_system(act, issue, body="closed")
        _change(act, issue, values=values, action="close")


def reopen(act: Act, issue: Record) -> None:
    """Opens a closed one again."""
    if issue["state"] == "closed":
        notes.add_system(act, issue, body="reopened")
        _change(act, issue, values={"state": "opened", "closed_at": None, "closed_by": None}, action="reopen")


def _change(act: Act, issue: Record, *, values: Record, action: str) -> None:
    before = dict(issue)
    issue.update(values, updated_at=act.now())
    changes = changes_json(act.project, before=before, after=issue)
    act.tell(IssueChanged(act.project, issue, action, changes, act.user))


def issue_json(world: World, project: Project, issue: Record) -> Record:
    """The document, by itself and in lists."""
    reference = f"#{issue['iid']}"
    own = f"{world.base_url}/api/v4/projects/{project.id}"
    return public(issue) | {
        "assignee": next(iter(issue["assignees"]), None),
        "user_notes_count": sum(not note["system"] for note in notes.of(project, issue)),
        "merge_requests_count": 0,
        "upvotes": 0,
        "downvotes": 0,
        "web_url": f"{project.web_url(world.base_url)}/-/issues/{issue['iid']}",
        "time_stats": _UNSPENT,
        "task_completion_status": {"count": 0, "completed_count": 0},
        "has_tasks": False,
        "_links": {
            "self": f"{own}/issues/{issue['iid']}",
            "notes": f"{own}/issues/{issue['iid']}/notes",
            "project": own,
        },
        "references": {"short": reference, "relative": reference, "full": f"{project.path}{reference}"},
        "severity": "UNKNOWN",
        "moved_to_id": None,
        "imported": False,
        "imported_from": "none",
        "service_desk_reply_to": None,
    }


def _document(act: Act, *, iid: int) -> Record:
    now = act.now()
    return {
        "id": act.next_id("issue"),
        "iid": iid,
        "project_id": act.project.id,
        "title": "",
        "description": None,
        "state": "opened",
        "created_at": now,
        "updated_at": now,
        "closed_at": None,
        "closed_by": None,
        "labels": [],
        "milestone": None,
        "assignees": [],
        "author": act.person(),
        "type": "ISSUE",
        "issue_type": "issue",
        "due_date": None,
        "confidential": False,
        "discussion_locked": None,
        "_noteable": notes.ISSUE,
    }
