"""REST: what is done to a merge request beside editing it: merging, the automatic merge, rebasing."""

from functools import partial

from emulators.gitlab import auto_merge, merging, rebasing
from emulators.gitlab.access import may_merge
from emulators.gitlab.acts import Act, act_of
from emulators.gitlab.api.merge_requests import ONE, found
from emulators.gitlab.errors import message, unauthorized
from emulators.gitlab.merge_request_json import single
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Record
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_AUTO = ("auto_merge", "merge_when_pipeline_succeeds")


def routes(router: Router, world: World) -> None:
    """Merge now or later, take the latter back, rebase; the commit that a merge would make."""
    router.add("GET", f"{ONE}/merge_ref", partial(_merge_ref, world))
    router.add("PUT", f"{ONE}/merge", partial(_merge, world))
    router.add("POST", f"{ONE}/cancel_merge_when_pipeline_succeeds", partial(_cancel, world))
    router.add("PUT", f"{ONE}/rebase", partial(_rebase, world))


def _merge_ref(world: World, call: Call) -> Answer:
    """The commit that a merge would make; the check of mergeability is not waited for but made."""
    act = act_of(world, call)
    with act.project.lock:
        made = merging.merge_ref(act, found(act.project, call))
    if made is None:
        raise message(400, "Merge request is not mergeable")
    return Answer(200, {"commit_id": made})


def _merge(world: World, call: Call) -> Answer:
    """In GitLab's order: who may (401), which head (409), whether it can (405)."""
    act, given = act_of(world, call), params(call)
    with act.project.lock:
        merge_request = found(act.project, call)
        _check_right(act, merge_request)
        if given.get("sha") is not None and given["sha"] != merge_request["sha"]:
            raise message(409, f"SHA does not match HEAD of source branch: {merge_request['sha']}")
        _merge_as_asked(act, merge_request, given=given)
    return Answer(200, single(act.project, merge_request, world=world, user=act.user))


def _merge_as_asked(act: Act, merge_request: Record, *, given: Params) -> None:
    removal = "should_remove_source_branch"
    wanted = merging.Wish(
        squash=given.flag("squash") if given.get("squash") is not None else None,
        remove_source_branch=given.flag(removal) if given.get(removal) is not None else None,
        merge_message=given.text("merge_commit_message"),
        squash_message=given.text("squash_commit_message"),
    )
    if any(given.flag(name) for name in _AUTO):
        auto_merge.ask(act, merge_request, wanted=wanted)
    else:
        merging.merge(act, merge_request, wanted=wanted)


def _cancel(world: World, call: Call) -> Answer:
    act = act_of(world, call)
    merge_request = found(act.project, call)
    _check_right(act, merge_request)
    return Answer(201, auto_merge.cancel(act, merge_request))


def _rebase(world: World, call: Call) -> Answer:
    act = act_of(world, call)
    rebasing.rebase(act, found(act.project, call))
    return Answer(202, {"rebase_in_progress": True})


def _check_right(act: Act, merge_request: Record) -> None:
    if not may_merge(act.world, act.project, merge_request["target_branch"], user=act.user):
        raise unauthorized()
