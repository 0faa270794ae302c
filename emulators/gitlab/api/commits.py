"""Commits: the list, one, its differences and refs, and a new one made of file actions."""

from collections.abc import Iterable, Iterator
from functools import partial

from emulators.gitlab.access import caller, commit_or_404, may_push, project_of
from emulators.gitlab.commit_request import read
from emulators.gitlab.errors import forbidden, message, not_found
from emulators.gitlab.limits import check_commit
from emulators.gitlab.objects import CommitInfo
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import choice
from emulators.gitlab.shapes import commit_detail, commit_json, diffs_json
from emulators.gitlab.world import World
from emulators.gitlab.writing import commit
from emulators.routing import Answer, Call, Router

_ALL = "/projects/:id/repository/commits"
_ONE = f"{_ALL}/:sha"
_REFS = {"refs/heads/": "branch", "refs/tags/": "tag"}


def routes(router: Router, world: World) -> None:
    router.add("GET", _ALL, partial(_list, world))
    router.add("POST", _ALL, partial(_create, world))
    router.add("GET", _ONE, partial(_get, world))
    router.add("GET", f"{_ONE}/diff", partial(_diff, world))
    router.add("GET", f"{_ONE}/refs", partial(_refs, world))


def _list(world: World, call: Call) -> Answer:
    """Newest first and never with totals. A ref that isn't there gives an empty list, as from GitLab."""
    project, given = project_of(world, call), params(call)
    stats, author = given.flag("with_stats"), given.text("author").lower()
    choice(given, "order", among=("default", "topo"), default="default")
    wanted = (info for info in _log(project, call) if author in f"{info.author_name} <{info.author_email}>".lower())
    return paginated(
        world, call, wanted, totals=False, render=lambda info: commit_json(world, project, info, stats=stats)
    )


def _log(project: Project, call: Call) -> Iterable[CommitInfo]:
    given = params(call)
    ref = given.text("ref_name") or project.default_branch or "HEAD"
    if ref.startswith("-"):
        raise message(400, "ref_name is invalid")
    older, dots, newer = ref.partition("..")
    tip = project.repository.resolve(newer if dots else older)
    hidden = project.repository.resolve(older) if dots else None
    if tip is None or (dots and hidden is None):
        return []
    return project.repository.log(
        list(project.repository.branches().values()) if given.flag("all") else [tip],
        exclude=[hidden] if hidden else [],
        path=given.text("path").strip("/"),
        first_parent=given.flag("first_parent"),
        since=given.moment("since"),
        until=given.moment("until"),
    )


def _get(world: World, call: Call) -> Answer:
    project = project_of(world, call)
    info = project.repository.commit_of(commit_or_404(project, call.names["sha"]))
    return Answer(200, commit_detail(world, project, info, stats=params(call).flag("stats", default=True)))


def _diff(world: World, call: Call) -> Answer:
    """Against the first parent, or against nothing for a commit that has none."""
    project = project_of(world, call)
    info = project.repository.commit_of(commit_or_404(project, call.names["sha"]))
    diffs = project.repository.diff(info.parents[0] if info.parents else None, info.id)
    return paginated(world, call, diffs_json(world, diffs))


def _refs(world: World, call: Call) -> Answer:
    """The branches and tags that contain the commit."""
    project = project_of(world, call)
    sha, kind = commit_or_404(project, call.names["sha"]), params(call).text("type", "all")
    choice(params(call), "type", among=("all", *_REFS.values()), default="all")
    return paginated(world, call, [row for row in _containing(project, sha) if kind in ("all", row["type"])])


def _containing(project: Project, sha: str) -> Iterator[Record]:
    for full in project.repository.refs():
        prefix = next((prefix for prefix in _REFS if full.startswith(prefix)), None)
        tip = project.repository.resolve(full) if prefix else None
        if prefix and tip and project.repository.is_ancestor(sha, tip):
            yield {"type": _REFS[prefix], "name": full.removeprefix(prefix)}


def _create(world: World, call: Call) -> Answer:
    """Its length comes before everything else, then the right to push, the form of the request before its content."""
    project, user = project_of(world, call), caller(world, call)
    check_commit(world.windows, user.id, settings=world.settings, size=len(call.body))
    given = params(call)
    if not may_push(world, project, given.text("branch"), user=user):
        raise forbidden("You are not allowed to push into this branch")
    wish = read(given)
    _check_start_project(world, project, given)
    sha = commit(world, project, user, wish=wish)
    info = project.repository.commit_of(sha)
    return Answer(201, commit_detail(world, project, info, stats=given.flag("stats", default=True)))


def _check_start_project(world: World, project: Project, given: Params) -> None:
    """A commit may start in a project that this one was forked from; none here was."""
    named = given.text("start_project")
    start = world.project(named) if named else None
    if named and start is None:
        raise not_found("Project")
    if start is not None and start is not project:
        raise forbidden(f"Project is not included in the fork network for {start.path}")
