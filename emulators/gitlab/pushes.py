"""What the move of a branch does to open merge requests: commits arrive, some are merged, some lose their branch."""

from functools import partial

from emulators.gitlab import merge_requests, mergeability, merging, notes
from emulators.gitlab.acts import Act
from emulators.gitlab.events import Event, MergeRequestChanged, Pushed
from emulators.gitlab.project import Project, Record
from emulators.gitlab.world import World


def watch(world: World) -> None:
    """Follows every push of this world from now on."""
    world.listeners.append(partial(_hear, world))


def _hear(world: World, event: Event) -> None:
    if not isinstance(event, Pushed):
        return
    act = Act(world, event.project, event.user)
    with event.project.lock:
        for merge_request in [m for m in event.project.merge_requests if m["state"] == "opened"]:
            if merge_request["target_branch"] == event.branch:
                _target_moved(act, merge_request, event=event)
            elif merge_request["source_branch"] == event.branch:
                _source_moved(act, merge_request, after=event.after)


def _target_moved(act: Act, merge_request: Record, *, event: Pushed) -> None:
    """A merge request whose commits have come to the target by this very push is merged by it."""
    git, head = act.project.repository, merge_request["sha"]
    if event.after is None or not git.is_ancestor(head, event.after):
        mergeability.forget(merge_request, act.world.settings)
        return
    if event.before is not None and git.is_ancestor(head, event.before):
        return
    merge_request["merge_commit_sha"] = _bringer(act.project, head=head, before=event.before, after=event.after)
    merging.conclude(act, merge_request)


def _bringer(project: Project, *, head: str, before: str | None, after: str) -> str:
    """The commit of the target's own line that brought `head` in: a merge of it, or `head` itself."""
    line = project.repository.log([after], exclude=[before] if before else [], first_parent=True)
    bringers = [info.id for info in line if project.repository.is_ancestor(head, info.id)]
    return bringers[-1] if bringers else after


def _source_moved(act: Act, merge_request: Record, *, after: str | None) -> None:
    if after is None:
        merge_requests.close(act, merge_request)
        return
    before = merge_request["sha"]
    merge_requests.compare(act.project, merge_request)
    mergeability.forget(merge_request, act.world.settings)
    fresh = sum(1 for _ in act.project.repository.log([after], exclude=[before]))
    merge_request["_approved_by"] = []
    _abort(act, merge_request)
    notes.add_system(act, merge_request, body=f"added {fresh} commit{'' if fresh == 1 else 's'}")
    changes = {"updated_at": merge_requests.touch(act, merge_request)}
    act.tell(MergeRequestChanged(act.project, merge_request, "update", changes, act.user, oldrev=before))


def _abort(act: Act, merge_request: Record) -> None:
    """What was to merge by itself was another content."""
    if merge_request["_auto_merge"] is not None:
        merge_request.update(_auto_merge=None, merge_user=None)
        notes.add_system(act, merge_request, body="aborted the automatic merge because source branch was updated")
