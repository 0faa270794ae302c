"""Merge requests that merge by themselves once their pipeline has succeeded and nothing else is in the way."""

from dataclasses import dataclass
from functools import partial

from emulators.gitlab import mergeability, merging, notes
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import message
from emulators.gitlab.events import Event, MergeRequestChanged, PipelineChanged
from emulators.gitlab.project import Project, Record
from emulators.gitlab.status_machine import UNFINISHED
from emulators.gitlab.user import User
from emulators.gitlab.world import World

_WAITED_FOR = frozenset({"draft_status", "ci_must_pass", "ci_still_running", "need_rebase"})
_GOOD = frozenset({"success", "skipped"})


@dataclass(frozen=True, slots=True)
class Plan:
    """Who has asked for it, and how."""

    user: User
    wanted: merging.Wish


def ask(act: Act, merge_request: Record, *, wanted: merging.Wish) -> None:
    """Merges at once if the pipeline of the head has succeeded already; 405 if there is nothing to wait for."""
    with act.project.lock:
        standing, pipeline = mergeability.detailed(act.project, merge_request), _pipeline(act.project, merge_request)
        if standing == "mergeable" and pipeline == "success":
            merging.merge(act, merge_request, wanted=wanted)
        elif (standing == "mergeable" and pipeline in UNFINISHED) or standing in _WAITED_FOR:
            _plan(act, merge_request, wanted=wanted)
        else:
            raise message(405, "405 Method Not Allowed")


def cancel(act: Act, merge_request: Record) -> Record:
    """What GitLab's service says of it, as its API hands that on."""
    with act.project.lock:
        if merge_request["state"] != "opened" or merge_request["_auto_merge"] is None:
            return {"message": "Can't cancel the automatic merge", "status": "error", "http_status": 406}
        merge_request.update(_auto_merge=None, merge_user=None)
        notes.add_system(act, merge_request, body="canceled the automatic merge")
        return {"status": "success"}


def watch(world: World) -> None:
    """Follows pipelines and edits: either may be what a merge request waits for."""
    world.listeners.append(partial(_hear, world))


def _plan(act: Act, merge_request: Record, *, wanted: merging.Wish) -> None:
    if wanted.squash is not None:
        merge_request["squash"] = wanted.squash
    merge_request.update(_auto_merge=Plan(act.user, wanted), merge_user=act.person())
    text = f"enabled an automatic merge when all merge checks for {merge_request['sha']} pass"
    notes.add_system(act, merge_request, body=text)


def _hear(world: World, event: Event) -> None:
    if not isinstance(event, PipelineChanged | MergeRequestChanged):
        return
    with event.project.lock:
        for merge_request in event.project.merge_requests:
            if merge_request["state"] == "opened" and merge_request["_auto_merge"] is not None:
                _try(world, event.project, merge_request)


def _try(world: World, project: Project, merge_request: Record) -> None:
    """The check of mergeability is made, not waited for, as nobody may ever read."""
    if _pipeline(project, merge_request) not in _GOOD | {None}:
        return
    merge_request["_unread"] = 0
    if mergeability.detailed(project, merge_request) == "mergeable":
        plan: Plan = merge_request["_auto_merge"]
        merging.merge(Act(world, project, plan.user), merge_request, wanted=plan.wanted)


def _pipeline(project: Project, merge_request: Record) -> str | None:
    """The state of the head's newest pipeline."""
    pipeline = project.newest_pipeline(merge_request["sha"])
    return str(pipeline["status"]) if pipeline else None
