"""Whether a merge request can be merged now, in GitLab's words; worked out anew each time it is asked."""

from datetime import UTC, datetime

from emulators.gitlab.access import is_protected
from emulators.gitlab.objects import Signature
from emulators.gitlab.project import Project, Record
from emulators.settings import Settings

_NOBODY = Signature("merge check", "merge-check@example.com", datetime.fromtimestamp(0, UTC))
_DRAFT = ("draft:", "[draft]", "(draft)")


def is_draft(title: str) -> bool:
    """A title that begins with one of GitLab's three marks."""
    return title.lower().lstrip().startswith(_DRAFT)


def detailed(project: Project, merge_request: Record) -> str:
    """`detailed_merge_status`: `mergeable`, or the first reason why not."""
    if merge_request["state"] != "opened":
        return "not_open"
    if merge_request["_unread"]:
        return "checking"
    if is_draft(merge_request["title"]):
        return "draft_status"
    source, target = branches(project, merge_request)
    if source is None or target is None or project.repository.is_ancestor(source, target):
        return "commits_status"
    if _conflict(project, merge_request, source=source, target=target):
        return "conflict"
    if project.merge_method != "merge" and not project.repository.is_ancestor(target, source):
        return "need_rebase"
    return "mergeable"


def legacy(project: Project, merge_request: Record) -> str:
    """`merge_status`, which only knows of conflicts."""
    if detailed(project, merge_request) == "checking":
        return "checking"
    return "cannot_be_merged" if has_conflicts(project, merge_request) else "can_be_merged"


def forget(merge_request: Record, settings: Settings) -> None:
    """Begins the check anew: the setting `mergeability_reads` says how many reads of it see `checking`."""
    merge_request["_unread"] = int(settings.number("mergeability_reads"))


def has_conflicts(project: Project, merge_request: Record) -> bool:
    """Whether git cannot merge the two branches by itself; only asked of open ones."""
    source, target = branches(project, merge_request)
    if merge_request["state"] != "opened" or merge_request["_unread"] or source is None or target is None:
        return False
    return _conflict(project, merge_request, source=source, target=target)


def branches(project: Project, merge_request: Record) -> tuple[str | None, str | None]:
    """The newest commits of source and target."""
    repository = project.repository
    return repository.branch(merge_request["source_branch"]), repository.branch(merge_request["target_branch"])


def keeps_branch(project: Project, branch: str) -> bool:
    """Whether a merge must leave this source branch alone whatever was asked: the default one and protected ones."""
    return branch == project.default_branch or is_protected(project, branch)


def _conflict(project: Project, merge_request: Record, *, source: str, target: str) -> bool:
    """Tried in git once for each pair of commits."""
    tried = merge_request.get("_tried")
    if tried is None or tried["pair"] != (source, target):
        merged = project.repository.merge(target, source, message="merge check", signature=_NOBODY)
        tried = merge_request["_tried"] = {"pair": (source, target), "conflict": merged is None}
    return bool(tried["conflict"])
