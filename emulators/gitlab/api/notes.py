"""REST: notes on merge requests."""

from dataclasses import replace
from functools import partial

from emulators.gitlab import commands, notes
from emulators.gitlab.access import caller, may_read_internal, project_of
from emulators.gitlab.acts import Act, act_of
from emulators.gitlab.api.merge_requests import ONE, found
from emulators.gitlab.errors import bad_request
from emulators.gitlab.limits import limit
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.quick_actions import read
from emulators.gitlab.records import choice, numbered, ordered, public
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ALL = f"{ONE}/notes"
_ONE = f"{_ALL}/:note_id"
_FILTERS = ("all_notes", "only_comments", "only_activity")


def routes(router: Router, world: World) -> None:
    """Create, list, look at, change and delete notes of merge requests."""
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ALL, partial(_list, world))
    router.add("GET", _ONE, partial(_one, world))
    router.add("PUT", _ONE, partial(_update, world))
    router.add("DELETE", _ONE, partial(_delete, world))


def _list(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    rows = notes.of(project, found(project, call))
    wanted = choice(given, "activity_filter", among=_FILTERS, default="all_notes")
    if wanted != "all_notes":
        rows = [row for row in rows if row["system"] is (wanted == "only_activity")]
    by = choice(given, "order_by", among=("created_at", "updated_at"), default="created_at")
    direction = choice(given, "sort", among=("asc", "desc"), default="desc")
    answer = paginated(world, call, ordered(rows, by=by, direction=direction), render=public)
    return (
        answer
        if may_read_internal(world, project, caller(world, call))
        else replace(answer, body=_without_internal(answer.body))
    )


def _without_internal(page: object) -> list[Record]:
    """What is left of a page. It is not filled up again, so that a short page need not be the last."""
    return [note for note in page if not note["internal"]] if isinstance(page, list) else []


def _create(world: World, call: Call) -> Answer:
    act = act_of(world, call)
    given = params(call)
    (body,) = given.required("body")
    limit(world.windows, "note", act.user.id, most=world.settings.number("notes_per_minute"))
    with act.project.lock:
        return _accepted(act, found(act.project, call), body=notes.check(body), internal=given.flag("internal"))


def _accepted(act: Act, merge_request: Record, *, body: str, internal: bool) -> Answer:
    """201 with the note that is left once its commands are out and done; 202 without any when it was commands only."""
    reading = read(body)
    note = None
    if reading.text.strip():
        note = notes.add(act, merge_request, body=reading.text, internal=internal)
    done = commands.carry_out(act, merge_request, commands=reading.commands)
    if note is not None:
        note["commands_changes"] = done["commands_changes"]
        return Answer(201, public(note))
    if not done["commands_changes"] and all("Could not" in line for line in done["summary"]):
        raise bad_request(f'Note {{:commands=>["{" ".join(done["summary"])}"]}}')
    return Answer(202, done)


def _one(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    return Answer(200, public(_note(project, call)))


def _update(world: World, call: Call) -> Answer:
    """A note that is changed has its commands carried out too."""
    act = act_of(world, call)
    (body,) = params(call).required("body")
    with act.project.lock:
        note, reading = _note(act.project, call), read(body)
        notes.change(act, note, body=reading.text)
        commands.carry_out(act, found(act.project, call), commands=reading.commands)
    return Answer(200, public(note))


def _delete(world: World, call: Call) -> Answer:
    act = act_of(world, call)
    notes.remove(act, _note(act.project, call))
    return Answer(204)


def _note(project: Project, call: Call) -> Record:
    return notes.by_id(project, found(project, call), number=numbered(call.names["note_id"]))
