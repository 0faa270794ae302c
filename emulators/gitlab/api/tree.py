"""The tree of a commit: what is in a directory, or in all below it."""

from functools import partial

from emulators.gitlab.access import project_of
from emulators.gitlab.errors import invalid, message, not_found
from emulators.gitlab.objects import Entry
from emulators.gitlab.pagination import keyset, paginated
from emulators.gitlab.parameters import params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_KINDS = ("tree", "blob", "commit")
_PAGINATIONS = ("legacy", "keyset", "none")


def routes(router: Router, world: World) -> None:
    router.add("GET", "/projects/:id/repository/tree", partial(_tree, world))


def _tree(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    kind, recursive = given.text("pagination", "legacy"), given.flag("recursive")
    if kind not in _PAGINATIONS:
        raise invalid("pagination does not have a valid value")
    if kind == "none" and not recursive:
        raise message(400, "400 Bad request - pagination=none requires recursive=true")
    entries = _entries(project, call, recursive=recursive)
    if kind == "none":
        return Answer(200, [_shape(entry) for entry in entries])
    if kind == "legacy":
        return paginated(world, call, entries, totals=False, render=_shape)
    shown, answer = keyset(world, call, entries, token=lambda entry: entry.path)
    return Answer(200, [_shape(entry) for entry in shown], answer.headers)


def _entries(project: Project, call: Call, *, recursive: bool) -> list[Entry]:
    """In git's order, but directories before files before submodules."""
    given = params(call)
    sha = project.repository.resolve(given.text("ref") or project.default_branch or "HEAD")
    if sha is None:
        raise not_found("Tree")
    found = project.repository.entries(sha, given.text("path").strip("/"), recursive=recursive)
    if found is None:
        raise not_found("invalid revision or path")
    return sorted(found, key=lambda entry: _KINDS.index(entry.kind))


def _shape(entry: Entry) -> Record:
    return {"id": entry.id, "name": entry.name, "type": entry.kind, "path": entry.path, "mode": f"{entry.mode:06o}"}
