"""The control plane's own calls of the GitLab stand-in: seed, dump, and other people's pushes."""

from collections.abc import Mapping
from functools import partial

from emulators.control import Control, refused
from emulators.gitlab import admin_tokens, dumps, pipelines, seeding
from emulators.gitlab.actions import BadAction, checked_path
from emulators.gitlab.acts import Act
from emulators.gitlab.branch_names import conflicting, well_formed
from emulators.gitlab.objects import FileChange
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import public
from emulators.gitlab.world import World
from emulators.routing import Answer, Call

Changes = dict[str, FileChange | None]


def add_calls(control: Control, world: World) -> None:
    control.on("POST", "commit", partial(commit, world))
    control.on("POST", "token", partial(admin_tokens.put, world))
    control.on("POST", "finish-pipeline", partial(finish_pipeline, world))


def seed(world: World, call: Call) -> Answer:
    """Makes the projects of the body; answers their ids."""
    projects = _object(call).get("projects")
    if not isinstance(projects, list):
        raise refused("projects is a list")
    made = [_plant(world, Params(item if isinstance(item, dict) else {})) for item in projects]
    return Answer(200, {"projects": [{"id": one.id, "path_with_namespace": one.path} for one in made]})


def _plant(world: World, item: Params) -> Project:
    namespace, name = item.text("namespace"), item.text("name")
    branches = item.get("branches") or {}
    if not namespace or not name or not isinstance(branches, dict):
        raise refused("a project has a namespace, a name and maybe branches: {branch: {path: text}}")
    if world.project(f"{namespace}/{name}"):
        raise refused(f"{namespace}/{name} exists already")
    default = item.text("default_branch", "main")
    for branch in {default, *branches}:
        if not well_formed(branch) or conflicting(branch, {default, *branches} - {branch}):
            raise refused(f"git can't have the branch {branch!r} here")
    empty = item.flag("empty")
    changes = {branch: _changes(files) for branch, files in branches.items()}
    return seeding.plant(
        world, namespace=namespace, name=name, default_branch=default, branches=None if empty else changes
    )


def commit(world: World, call: Call) -> Answer:
    """One commit of somebody else, pushed past all protection; the hooks hear of it."""
    given = Params(_object(call))
    project = _named(world, given)
    branch = given.text("branch") or project.default_branch or project.head_branch
    gone = given.get("delete") or []
    if not isinstance(gone, list) or not well_formed(branch):
        raise refused("branch is a name that git can have, delete a list of paths")
    changes = {str(path): None for path in gone} | _changes(given.get("write") or {})
    sha = seeding.push(
        world,
        project,
        branch=branch,
        user=world.root,
        changes=changes,
        message=given.text("message", "Change by somebody else"),
    )
    return Answer(200, {"commit": sha})


def finish_pipeline(world: World, call: Call) -> Answer:
    """Ends a pipeline as its runner would."""
    given = Params(_object(call))
    act = Act(world, _named(world, given), world.root)
    return Answer(200, public(pipelines.finish(act, number=given.number("pipeline"), status=given.text("status"))))


def _named(world: World, given: Params) -> Project:
    project = world.project(given.text("project"))
    if project is None:
        raise refused(f"no project {given.text('project')!r}")
    return project


def _changes(files: object) -> Changes:
    """The texts as changes. Refused before anything is made if git can't have one of the paths."""
    if not isinstance(files, dict):
        raise refused("files are {path: text}")
    try:
        return {checked_path(path): FileChange(str(text).encode(errors="replace")) for path, text in files.items()}
    except BadAction as bad:
        raise refused(str(bad)) from bad


def dump(world: World, call: Call) -> Answer:
    """Everything there is; `branch=` limits to one, `contents=1` adds texts, `hashes=1` leaves listings out."""
    wanted = Params({name: values[-1] for name, values in call.query.items()})
    return Answer(200, {"projects": {one.path: _dumped(world, one, wanted) for one in list(world.projects.values())}})


def _dumped(world: World, project: Project, wanted: Params) -> Record:
    with project.lock:
        branches = project.repository.branches()
        chosen = wanted.text("branch")
        return {
            "id": project.id,
            "git_dir": str(project.repository.path),
            "default_branch": project.default_branch,
            "protected": {pattern: rule.push for pattern, rule in project.protected.items()},
            "commits_created": project.commits_created,
            **dumps.records(project, now=world.clock()),
            "branches": {name: _branch(project, sha, wanted) for name, sha in branches.items() if chosen in ("", name)},
        }


def _branch(project: Project, sha: str, wanted: Params) -> Record:
    git = project.repository
    shape: Record = {"commit": sha, "tree": git.commit_of(sha).tree, "commits_count": git.count(sha)}
    if wanted.flag("hashes"):
        return shape
    files = [entry for entry in git.entries(sha, recursive=True) or () if entry.kind == "blob"]
    shape["files"] = {entry.path: entry.id for entry in files}
    if wanted.flag("contents"):
        texts = {entry.path: git.blob(sha, entry.path) or b"" for entry in files}
        shape["contents"] = {path: content.decode("utf-8", "replace") for path, content in texts.items()}
    return shape


def _object(call: Call) -> Mapping[str, object]:
    body = call.json()
    if not isinstance(body, dict):
        raise refused("the body is an object")
    return body
