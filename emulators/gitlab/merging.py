"""Merging: what lands on the target branch by each merge method, and the state a merge request has afterwards."""

from dataclasses import dataclass

from emulators.gitlab import mergeability, notes
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import message
from emulators.gitlab.events import MergeRequestChanged
from emulators.gitlab.merge_requests import state_change, touch
from emulators.gitlab.project import Project, Record


@dataclass(frozen=True, slots=True)
class Wish:
    """How to merge; None leaves it to the merge request, an empty text to GitLab's own wording."""

    squash: bool | None
    remove_source_branch: bool | None
    merge_message: str
    squash_message: str


@dataclass(frozen=True, slots=True)
class Landed:
    """The target's new tip, and the two shas the merge request tells about it."""

    tip: str
    merge_commit: str | None
    squash_commit: str | None


DEFAULTS = Wish(squash=None, remove_source_branch=None, merge_message="", squash_message="")


def merge(act: Act, merge_request: Record, *, wanted: Wish = DEFAULTS) -> None:
    """Merges at once, 405 unless it is mergeable now. Told as up to three events: push, merge, removal."""
    with act.project.lock:
        if wanted.squash is not None:
            merge_request["squash"] = wanted.squash
        if mergeability.detailed(act.project, merge_request) != "mergeable":
            raise message(405, "405 Method Not Allowed")
        landed = _land(act, merge_request, wanted=wanted)
        merge_request["state"] = "locked"
        act.move(merge_request["target_branch"], landed.tip)
        merge_request.update(merge_commit_sha=landed.merge_commit, squash_commit_sha=landed.squash_commit)
        conclude(act, merge_request)
        _tidy(act, merge_request, wanted=wanted)


def merge_ref(act: Act, merge_request: Record) -> str | None:
    """The head of `refs/merge-requests/<iid>/merge`, made anew when one of the branches has moved; whatever the
    project's merge method, it is a merge commit.
    """
    source, target = mergeability.branches(act.project, merge_request)
    if merge_request["state"] != "opened" or source is None or target is None:
        return None
    if act.project.repository.is_ancestor(source, target):
        return None
    known = merge_request.get("_merge_ref")
    if known is None or known["pair"] != (source, target):
        text = merge_message(act.project, merge_request)
        made = act.project.repository.merge(target, source, message=text, signature=act.signature())
        known = merge_request["_merge_ref"] = {"pair": (source, target), "sha": made}
    return None if known["sha"] is None else str(known["sha"])


def conclude(act: Act, merge_request: Record) -> None:
    """What every merge ends in, by this API or by a push: state, person, system note, event."""
    changes = {"state_id": state_change(merge_request["state"], "merged")}
    who = act.person()
    merge_request.update(state="merged", merged_by=who, merge_user=who, merged_at=act.now())
    changes["updated_at"] = touch(act, merge_request)
    notes.add_system(act, merge_request, body="merged")
    act.tell(MergeRequestChanged(act.project, merge_request, "merge", changes, act.user))


def _land(act: Act, merge_request: Record, *, wanted: Wish) -> Landed:
    source, target = mergeability.branches(act.project, merge_request)
    if source is None or target is None:
        raise message(422, "Branch cannot be merged")
    squashed = _squashed(act, merge_request, wanted=wanted)
    if act.project.merge_method == "ff":
        return Landed(squashed or source, None, squashed)
    text = wanted.merge_message or merge_message(act.project, merge_request)
    merged = act.project.repository.merge(target, squashed or source, message=text, signature=act.signature())
    if merged is None:
        raise message(422, "Branch cannot be merged")
    return Landed(merged, merged, squashed)


def _squashed(act: Act, merge_request: Record, *, wanted: Wish) -> str | None:
    """One commit upon the common ancestor, where the merge request asks for a squash or the project demands it."""
    if not squashes(act.project, merge_request):
        return None
    source, target = mergeability.branches(act.project, merge_request)
    base = act.project.repository.merge_base(target or "", source or "") or ""
    text = wanted.squash_message or merge_request["title"]
    return act.project.repository.squash(base, base, source or "", message=text, signature=act.signature())


def squashes(project: Project, merge_request: Record) -> bool:
    """Whether a merge will squash: the project's `always` and `never` beat the merge request."""
    if project.squash_option in {"always", "never"}:
        return project.squash_option == "always"
    return bool(merge_request["squash"])


def merge_message(project: Project, merge_request: Record) -> str:
    """GitLab's wording of a merge commit."""
    source, target = merge_request["source_branch"], merge_request["target_branch"]
    lines = f"Merge branch '{source}' into '{target}'", merge_request["title"]
    return "\n\n".join((*lines, f"See merge request {project.path}!{merge_request['iid']}"))


def _tidy(act: Act, merge_request: Record, *, wanted: Wish) -> None:
    asked = wanted.remove_source_branch
    remove = merge_request["force_remove_source_branch"] if asked is None else asked
    merge_request["should_remove_source_branch"] = remove
    branch = merge_request["source_branch"]
    if remove and not mergeability.keeps_branch(act.project, branch) and act.project.repository.branch(branch):
        act.move(branch, None)
