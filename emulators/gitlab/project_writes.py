"""Projects made and edited through the API, refused in GitLab's words."""

from emulators.gitlab import paths
from emulators.gitlab.access import group_level
from emulators.gitlab.branch_names import well_formed
from emulators.gitlab.errors import invalid, message
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.project_json import ATTRIBUTES
from emulators.gitlab.protection import DEVELOPER
from emulators.gitlab.seeding import first_commit
from emulators.gitlab.user import User
from emulators.gitlab.world import World

_CHOICES = {
    "merge_method": ("merge", "rebase_merge", "ff"),
    "squash_option": ("never", "always", "default_on", "default_off"),
    "visibility": ("private", "internal", "public"),
    "ci_pipeline_variables_minimum_override_role": ("owner", "maintainer", "developer", "no_one_allowed"),
}


def create(world: World, user: User, given: Params) -> Project:
    """A project in the namespace asked for, or else in the user's own."""
    if not given.text("name") and not given.text("path"):
        raise invalid("name, path are missing, at least one parameter must be provided")
    chosen = _chosen(given)
    with world.lock:
        namespace = _namespace(world, user, given)
        title, path = given.text("name") or given.text("path"), given.text("path")
        path = path or paths.path_from(title)
        _check_names(world, title=title, path=f"{namespace}/{path}")
        project = world.create_project(namespace, path, default_branch=_head(given))
    project.title, project.creator_id = title, user.id
    _set(project, given, chosen=chosen)
    if given.flag("initialize_with_readme"):
        first_commit(world, project, user=user)
    return project


def edit(world: World, project: Project, given: Params) -> None:
    """Changes what is named; nothing at all if one value can't be."""
    chosen = _chosen(given)
    with project.lock, world.lock:
        path, title = given.text("path", project.name), given.text("name", project.title or project.name)
        if path.lower() != project.name.lower() or not paths.speakable(title):
            _check_names(world, title=title, path=f"{project.namespace}/{path}")
        _change_default(project, given.text("default_branch"))
        _set(project, given, chosen=chosen)
        project.title = title
        world.rename(project, path)


def _namespace(world: World, user: User, given: Params) -> str:
    """A full path; 400 for a namespace that isn't there or isn't the user's to fill."""
    if not given.text("namespace_id"):
        return user.username
    path = world.namespaces.path_of(given.number("namespace_id"))
    group = world.namespaces.group(path) if path else None
    allowed = path == user.username or (group is not None and group_level(world, group, user) >= DEVELOPER)
    if path is None or not allowed:
        raise message(400, {"namespace": ["is not valid"]})
    return path


def _check_names(world: World, *, title: str, path: str) -> None:
    """`path` is a full one."""
    wrong: Record = {}
    if not paths.speakable(title):
        wrong["name"] = [paths.BAD_NAME]
    if not paths.well_formed(path.rpartition("/")[2]):
        wrong["path"] = [paths.BAD_PATH]
    if world.project(path) or world.namespaces.group(path):
        wrong = {"project_namespace.name": [paths.TAKEN], "name": [paths.TAKEN], "path": [paths.TAKEN]}
    if wrong:
        raise message(400, wrong)


def _head(given: Params) -> str:
    branch = given.text("default_branch", "main")
    if not well_formed(branch):
        raise message(400, {"default_branch": ["is invalid"]})
    return branch


def _chosen(given: Params) -> Record:
    """The parameters with a closed set of values."""
    for name, values in _CHOICES.items():
        if given.optional(name) is not None and given.text(name) not in values:
            raise invalid(f"{name} does not have a valid value")
    return {name: given.text(name) for name in _CHOICES if given.optional(name) is not None}


def _set(project: Project, given: Params, *, chosen: Record) -> None:
    for name, default in ATTRIBUTES.items():
        if name in given and name != "archived":
            project.attributes[name] = _value(given, name, default=default)
    project.own_merge_method = chosen.get("merge_method", project.own_merge_method)
    project.squash_option = chosen.get("squash_option", project.squash_option)


def _value(given: Params, name: str, *, default: object) -> object:
    if isinstance(default, bool):
        return given.flag(name)
    return given.texts(name) if isinstance(default, list) else given.optional(name)


def _change_default(project: Project, branch: str) -> None:
    if not branch or branch == project.default_branch:
        return
    if project.repository.branch(branch) is None:
        raise message(400, {"base": ["Could not set the default branch"]})
    project.repository.set_head(branch)
    project.default_branch = project.head_branch = branch
