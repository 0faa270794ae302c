"""The body of a Tag Push Hook."""

from emulators.gitlab.events import TagPushed
from emulators.gitlab.payloads.parts import commit_json
from emulators.gitlab.payloads.push import surroundings
from emulators.gitlab.pipelines import ZEROS
from emulators.gitlab.project import Record


def body(event: TagPushed, base: str) -> Record:
    """`after` is the tag's own object if it is annotated, `checkout_sha` always the commit."""
    project, git = event.project, event.project.repository
    commit = git.resolve(event.after) if event.after else None
    return {
        "object_kind": "tag_push",
        "event_name": "tag_push",
        "before": event.before or ZEROS,
        "after": event.after or ZEROS,
        "ref": f"refs/tags/{event.tag}",
        "ref_protected": False,
        "checkout_sha": commit,
        "message": None,
        **surroundings(project, event.user, base=base),
        "commits": [commit_json(project, git.commit_of(commit), base=base)] if commit else [],
        "total_commits_count": 1 if commit else 0,
        "push_options": {},
    }
