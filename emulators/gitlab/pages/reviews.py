"""What the page of a merge request shows."""

from emulators.gitlab import notes
from emulators.gitlab.merge_request_json import commits, differences
from emulators.gitlab.mergeability import detailed
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import numbered
from emulators.gitlab.statuses import of_commit

Page = tuple[str, Record]


def page(project: Project, number: str) -> Page | None:
    """Its text, notes, commits, changes, and the statuses of its head and of what its merge made."""
    iid = numbered(number)
    found = next((one for one in project.merge_requests if one["iid"] == iid), None)
    if found is None:
        return None
    shas = dict.fromkeys(found[key] for key in ("merge_commit_sha", "squash_commit_sha", "sha") if found[key])
    return "merge_request.html", {
        "merge_request": found,
        "mergeable": detailed(project, found),
        "notes": notes.of(project, found),
        "commits": commits(project, found),
        "files": differences(project, found),
        "statuses": [row for sha in shas for row in of_commit(project, sha, every=False)],
    }
