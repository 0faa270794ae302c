"""REST: comments and discussions on commits."""

from functools import partial

from emulators.gitlab import notes
from emulators.gitlab.access import commit_or_404, project_of
from emulators.gitlab.acts import act_of
from emulators.gitlab.errors import not_found
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import numbered, public
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_COMMIT = "/projects/:id/repository/commits/:sha"
_ALL = f"{_COMMIT}/discussions"
_ONE = f"{_ALL}/:discussion_id"
_NOTE = f"{_ONE}/notes/:note_id"


def routes(router: Router, world: World) -> None:
    """The flat comments of a commit, and its discussions with their notes."""
    router.add("GET", f"{_COMMIT}/comments", partial(_comments, world))
    router.add("POST", f"{_COMMIT}/comments", partial(_comment, world))
    router.add("GET", _ALL, partial(_list, world))
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ONE, partial(_one, world))
    router.add("POST", f"{_ONE}/notes", partial(_answer, world))
    router.add("GET", _NOTE, partial(_note, world))
    router.add("PUT", _NOTE, partial(_update, world))
    router.add("DELETE", _NOTE, partial(_delete, world))


def _comments(world: World, call: Call) -> Answer:
    project, target = _where(world, call)
    return paginated(world, call, notes.of(project, target), render=_comment_json)


def _comment(world: World, call: Call) -> Answer:
    act, (_, target) = act_of(world, call), _where(world, call)
    (text,) = params(call).required("note")
    return Answer(201, _comment_json(notes.add(act, target, body=notes.check(text))))


def _comment_json(note: Record) -> Record:
    return {
        "note": note["body"],
        "path": None,
        "line": None,
        "line_type": None,
        "author": note["author"],
        "created_at": note["created_at"],
    }


def _list(world: World, call: Call) -> Answer:
    project, target = _where(world, call)
    return paginated(world, call, notes.discussions(project, target))


def _create(world: World, call: Call) -> Answer:
    act, (_, target) = act_of(world, call), _where(world, call)
    (body,) = params(call).required("body")
    note = notes.add(act, target, body=notes.check(body))
    return Answer(201, notes.discussion_json(note["_discussion"], [note]))


def _one(world: World, call: Call) -> Answer:
    return Answer(200, _discussion(*_where(world, call), call=call))


def _answer(world: World, call: Call) -> Answer:
    act, (project, target) = act_of(world, call), _where(world, call)
    (body,) = params(call).required("body")
    name = _discussion(project, target, call=call)["id"]
    return Answer(201, public(notes.add(act, target, body=notes.check(body), discussion=name)))


def _note(world: World, call: Call) -> Answer:
    return Answer(200, public(_found(world, call)))


def _update(world: World, call: Call) -> Answer:
    act, note = act_of(world, call), _found(world, call)
    (body,) = params(call).required("body")
    return Answer(200, public(notes.change(act, note, body=body)))


def _delete(world: World, call: Call) -> Answer:
    act = act_of(world, call)
    notes.remove(act, _found(world, call))
    return Answer(204)


def _where(world: World, call: Call) -> tuple[Project, Record]:
    project = project_of(world, call)
    return project, notes.commit_target(commit_or_404(project, call.names["sha"]))


def _discussion(project: Project, target: Record, *, call: Call) -> Record:
    for discussion in notes.discussions(project, target):
        if discussion["id"] == call.names["discussion_id"]:
            return discussion
    raise not_found("Discussion")


def _found(world: World, call: Call) -> Record:
    project, target = _where(world, call)
    note = notes.by_id(project, target, number=numbered(call.names["note_id"]))
    if note["_discussion"] != call.names["discussion_id"]:
        raise not_found("Note")
    return note
