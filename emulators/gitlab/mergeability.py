"""Whether a merge request can be merged now, in GitLab's words; worked out anew each time it is asked."""

from datetime import UTC, datetime

from emulators.gitlab.access import is_protected
from emulators.gitlab.objects import Signature
from emulators.gitlab.project import Project, Record
from emulators.gitlab.status_machine import UNFINISHED
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
        return _under_way(merge_request)
    if is_draft(merge_request["title"]):
        return "draft_status"
    source, target = branches(project, merge_request)
    if source is None or target is None or project.repository.is_ancestor(source, target):
        return "commits_status"
    if held_up := _held_up(project, merge_request):
        return held_up
    if _conflict(project, merge_request, source=source, target=target):
        return "conflict"
    if project.merge_method != "merge" and not project.repository.is_ancestor(target, source):
        return "need_rebase"
    return "mergeable"


def legacy(project: Project, merge_request: Record) -> str:
    """`merge_status`, which only knows of conflicts; one that is being prepared is said to be checked."""
    if merge_request["state"] == "opened" and merge_request["_unread"]:
        return "unchecked" if _under_way(merge_request) == "unchecked" else "checking"
    return "cannot_be_merged" if has_conflicts(project, merge_request) else "can_be_merged"


def forget(merge_request: Record, settings: Settings) -> None:
    """Begins the check anew: the setting `mergeability_reads` says how many reads see it under way.

    Nothing happens until the first of them: a read is what makes GitLab check.
    """
    merge_request["_unread"] = int(settings.number("mergeability_reads"))
    merge_request["_asked"] = False


def read(merge_request: Record, *, now: str) -> None:
    """What a read sets off: what was being prepared is ready, what was unchecked is being checked, or done."""
    merge_request["_asked"] = True
    merge_request["_unread"] = max(0, merge_request["_unread"] - 1)
    merge_request["prepared_at"] = merge_request["prepared_at"] or now


def ask(merge_request: Record) -> None:
    """Sets the check off, as the read of a single one does before it answers; preparing comes first."""
    merge_request["_asked"] = merge_request["_asked"] or merge_request["prepared_at"] is not None


def _under_way(merge_request: Record) -> str:
    if merge_request["prepared_at"] is None:
        return "preparing"
    return "checking" if merge_request["_asked"] else "unchecked"


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


def _held_up(project: Project, merge_request: Record) -> str:
    """What the pipeline of the head keeps from being merged, where the project demands that it has succeeded."""
    if not project.attributes.get("only_allow_merge_if_pipeline_succeeds"):
        return ""
    pipeline = project.newest_pipeline(merge_request["sha"])
    status = pipeline["status"] if pipeline else "none"
    skipped = {"skipped"} if project.attributes.get("allow_merge_on_skipped_pipeline") else set()
    if status in {"success"} | skipped:
        return ""
    return "ci_still_running" if status in UNFINISHED else "ci_must_pass"


def _conflict(project: Project, merge_request: Record, *, source: str, target: str) -> bool:
    """Tried in git once for each pair of commits."""
    tried = merge_request.get("_tried")
    if tried is None or tried["pair"] != (source, target):
        merged = project.repository.merge(target, source, message="merge check", signature=_NOBODY)
        tried = merge_request["_tried"] = {"pair": (source, target), "conflict": merged is None}
    return bool(tried["conflict"])
