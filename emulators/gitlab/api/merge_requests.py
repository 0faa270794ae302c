"""REST: merge requests, made, listed, looked at and changed."""

from functools import partial

from emulators.gitlab import assigning, commands, labels, merge_requests, mergeability, opening
from emulators.gitlab.access import caller, project_of
from emulators.gitlab.acts import act_of
from emulators.gitlab.errors import invalid
from emulators.gitlab.merge_request_filters import chosen
from emulators.gitlab.merge_request_json import form_of, row, single
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.quick_actions import read
from emulators.gitlab.records import numbered
from emulators.gitlab.shapes import iso
from emulators.gitlab.titles import check_title
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

ALL = "/projects/:id/merge_requests"
ONE = f"{ALL}/:merge_request_iid"
_NEEDED = ("source_branch", "target_branch", "title")
_EVENTS = {"close": merge_requests.close, "reopen": merge_requests.reopen}
_EDITABLE = (
    "title", "description", "target_branch", "state_event", "labels", "add_labels", "remove_labels", "squash",
    "remove_source_branch", "assignee_id", "assignee_ids", "reviewer_ids", "milestone_id", "discussion_locked",
    "allow_collaboration", "merge_after",
)  # fmt: skip


def routes(router: Router, world: World) -> None:
    """Create, list, look at and change."""
    router.add("POST", ALL, partial(_create, world))
    router.add("GET", ALL, partial(_list, world))
    router.add("GET", ONE, partial(_one, world))
    router.add("PUT", ONE, partial(_update, world))


def found(project: Project, call: Call) -> Record:
    """The merge request that the path names."""
    return merge_requests.by_iid(project, numbered(call.names["merge_request_iid"]))


def _create(world: World, call: Call) -> Answer:
    """Lines of the description that are quick actions are carried out and don't stay in it, as in notes."""
    act, given = act_of(world, call), params(call)
    given.demand(*_NEEDED)
    opening.check_place(act, given.text("target_project_id"))
    reading = read(given.text("description"))
    wanted = opening.Wish(
        title=given.text("title"),
        source_branch=given.text("source_branch"),
        target_branch=given.text("target_branch"),
        description=None if given.get("description") is None else reading.text,
        labels=tuple(given.texts("labels")),
        squash=given.flag("squash", default=act.project.squash_option in {"always", "default_on"}),
        remove_source_branch=given.flag("remove_source_branch"),
        assignees=tuple(assigning.assignees(act, given) or ()),
        reviewers=tuple(assigning.reviewers(act, given) or ()),
    )
    merge_request = opening.create(act, wanted=wanted)
    commands.carry_out(act, merge_request, commands=reading.commands)
    return Answer(201, single(act.project, merge_request, world=world, user=act.user))


def _list(world: World, call: Call) -> Answer:
    """A list sets no check off unless `with_merge_status_recheck` asks for it."""
    project, given = project_of(world, call), params(call)
    if given.flag("with_merge_status_recheck"):
        for record in project.merge_requests:
            mergeability.ask(record)
    rows = chosen(project.merge_requests, given, user=caller(world, call))
    return paginated(world, call, rows, render=partial(row, project, world=world, form=form_of(given)))


def _one(world: World, call: Call) -> Answer:
    """Each read brings a check of mergeability that is under way nearer to its end. A rebase never is."""
    project = project_of(world, call)
    rebasing = {"rebase_in_progress": False} if params(call).flag("include_rebase_in_progress") else {}
    with project.lock:
        merge_request = found(project, call)
        mergeability.ask(merge_request)
        shown = single(project, merge_request, world=world, user=caller(world, call))
        mergeability.read(merge_request, now=iso(world.clock()))
    return Answer(200, shown | rebasing)


def _update(world: World, call: Call) -> Answer:
    act, given = act_of(world, call), params(call)
    merge_request = found(act.project, call)
    if not any(name in given for name in _EDITABLE):
        raise invalid(f"{', '.join(_EDITABLE)} are missing, at least one parameter must be provided")
    event = given.text("state_event")
    if event not in {"", *_EVENTS}:
        raise invalid("state_event does not have a valid value")
    reading = read(given.text("description"))
    described = None if given.get("description") is None else reading.text
    values = _edited(given, merge_request) | ({"description": described} if "description" in given else {})
    people = {"assignees": assigning.assignees(act, given), "reviewers": assigning.reviewers(act, given)}
    values |= {key: found for key, found in people.items() if found is not None}
    merge_requests.update(act, merge_request, values=values)
    commands.carry_out(act, merge_request, commands=reading.commands)
    if event:
        _EVENTS[event](act, merge_request)
    return Answer(200, single(act.project, merge_request, world=world, user=act.user))


def _edited(given: Params, merge_request: Record) -> Record:
    values: Record = {name: given.text(name) for name in ("title", "target_branch") if name in given}
    if "title" in values:
        check_title(values["title"])
    if "squash" in given:
        values["squash"] = given.flag("squash")
    if "remove_source_branch" in given:
        values["force_remove_source_branch"] = given.flag("remove_source_branch")
    values["labels"] = labels.changed(
        merge_request["labels"],
        replaced=given.texts("labels") if "labels" in given else None,
        added=given.texts("add_labels"),
        removed=given.texts("remove_labels"),
    )
    return values
