"""REST: issues and their notes."""

from datetime import date
from functools import partial

from emulators.gitlab import assigning, issues, labels, notes
from emulators.gitlab.access import caller, level_of, project_of
from emulators.gitlab.acts import Act, act_of
from emulators.gitlab.errors import forbidden, invalid
from emulators.gitlab.issue_filters import TYPES, chosen
from emulators.gitlab.limits import limit
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.protection import OWNER
from emulators.gitlab.records import choice, numbered, ordered, public
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/issues"
_ONE = f"{_ALL}/:issue_iid"
_NOTES = f"{_ONE}/notes"
_NOTE = f"{_NOTES}/:note_id"
_EVENTS = {"close": issues.close, "reopen": issues.reopen}
_EDITABLE = (
    "title", "description", "labels", "add_labels", "remove_labels", "state_event", "assignee_id", "assignee_ids",
    "confidential", "due_date", "discussion_locked", "milestone_id", "issue_type",
)  # fmt: skip


def routes(router: Router, world: World) -> None:
    router.add("GET", "/issues", partial(_everywhere, world))
    router.add("GET", _ALL, partial(_list, world))
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ONE, partial(_get, world))
    router.add("PUT", _ONE, partial(_update, world))
    router.add("DELETE", _ONE, partial(_delete, world))
    router.add("GET", _NOTES, partial(_notes, world))
    router.add("POST", _NOTES, partial(_comment, world))
    router.add("GET", _NOTE, partial(_note, world))
    router.add("PUT", _NOTE, partial(_change_note, world))
    router.add("DELETE", _NOTE, partial(_delete_note, world))


def _everywhere(world: World, call: Call) -> Answer:
    """The caller's own unless `scope` is `all`."""
    user, given = caller(world, call), params(call)
    rows = [
        one for project in list(world.projects.values()) if level_of(world, project, user) for one in project.issues
    ]
    found = chosen(rows, given, user=user, scope="created_by_me")
    return paginated(world, call, found, render=partial(_row, world, given))


def _row(world: World, given: Params, issue: Record) -> Record:
    row = _json(world, issue)
    if given.flag("with_labels_details"):
        row["labels"] = labels.details(world.projects[issue["project_id"]], issue["labels"])
    return row


def _json(world: World, issue: Record) -> Record:
    return issues.issue_json(world, world.projects[issue["project_id"]], issue)


def _list(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    found = chosen(project.issues, given, user=caller(world, call))
    return paginated(world, call, found, render=partial(_row, world, given))


def _create(world: World, call: Call) -> Answer:
    act, given = act_of(world, call), params(call)
    given.demand("title")
    return Answer(201, _json(world, issues.create(act, values=_values(act, given, present=[]))) | {"subscribed": True})


def _get(world: World, call: Call) -> Answer:
    return Answer(200, _json(world, _found(project_of(world, call), call)) | {"subscribed": False})


def _update(world: World, call: Call) -> Answer:
    act, given = act_of(world, call), params(call)
    issue = _found(act.project, call)
    if not any(name in given for name in _EDITABLE):
        raise invalid(f"{', '.join(_EDITABLE)} are missing, at least one parameter must be provided")
    event = choice(given, "state_event", among=("", *_EVENTS), default="")
    with act.project.lock:
        issues.edit(act, issue, values=_values(act, given, present=issue["labels"]))
        if event:
            _EVENTS[event](act, issue)
    return Answer(200, _json(world, issue) | {"subscribed": False})


def _values(act: Act, given: Params, *, present: list[str]) -> Record:
    values: Record = {name: given.optional(name) for name in ("title", "description") if name in given}
    if "due_date" in given:
        values["due_date"] = _day(given.text("due_date"))
    if kind := choice(given, "issue_type", among=("", *TYPES), default=""):
        values |= {"issue_type": kind, "type": kind.upper()}
    values |= {name: given.flag(name) for name in ("confidential", "discussion_locked") if name in given}
    values["labels"] = labels.changed(
        present,
        replaced=given.texts("labels") if "labels" in given else None,
        added=given.texts("add_labels"),
        removed=given.texts("remove_labels"),
    )
    people = assigning.assignees(act, given)
    return values if people is None else values | {"assignees": people}


def _day(text: str) -> str | None:
    """What is no day is none, as GitLab's database has it."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _delete(world: World, call: Call) -> Answer:
    """An owner's right."""
    project = project_of(world, call)
    issue = _found(project, call)
    if level_of(world, project, caller(world, call)) < OWNER:
        raise forbidden()
    project.issues.remove(issue)
    return Answer(204)


def _notes(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    rows = notes.of(project, _found(project, call))
    by = choice(given, "order_by", among=("created_at", "updated_at"), default="created_at")
    direction = choice(given, "sort", among=("asc", "desc"), default="desc")
    return paginated(world, call, ordered(rows, by=by, direction=direction), render=public)


def _comment(world: World, call: Call) -> Answer:
    """As it is: an issue's notes carry no quick actions out here."""
    act, given = act_of(world, call), params(call)
    (body,) = given.required("body")
    limit(world.windows, "note", act.user.id, most=world.settings.number("notes_per_minute"))
    issue = _found(act.project, call)
    return Answer(201, public(notes.add(act, issue, body=notes.check(body), internal=given.flag("internal"))))


def _note(world: World, call: Call) -> Answer:
    return Answer(200, public(_found_note(project_of(world, call), call)))


def _change_note(world: World, call: Call) -> Answer:
    act = act_of(world, call)
    (body,) = params(call).required("body")
    return Answer(200, public(notes.change(act, _found_note(act.project, call), body=body)))


def _delete_note(world: World, call: Call) -> Answer:
    act = act_of(world, call)
    notes.remove(act, _found_note(act.project, call))
    return Answer(204)


def _found(project: Project, call: Call) -> Record:
    return issues.by_iid(project, numbered(call.names["issue_iid"]))


def _found_note(project: Project, call: Call) -> Record:
    return notes.by_id(project, _found(project, call), number=numbered(call.names["note_id"]))
