"""Projects: list, one, and the few attributes that may be changed."""

from functools import partial

from emulators.gitlab.access import caller, is_maintainer, project_of
from emulators.gitlab.errors import forbidden, invalid, message
from emulators.gitlab.pagination import paginated
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.shapes import iso
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_CHOICES = {
    "merge_method": ("merge", "rebase_merge", "ff"),
    "squash_option": ("never", "always", "default_on", "default_off"),
}


def routes(router: Router, world: World) -> None:
    router.add("GET", "/projects", partial(_list, world))
    router.add("GET", "/projects/:id", partial(_get, world))
    router.add("PUT", "/projects/:id", partial(_update, world))


def project_json(world: World, project: Project) -> Record:
    """A project as GitLab shows it to a member."""
    url, level = project.web_url(world.base_url), int(world.settings.number("user_access_level"))
    return {
        "id": project.id,
        "description": None,
        "name": project.name,
        "name_with_namespace": f"{project.namespace} / {project.name}",
        "path": project.name,
        "path_with_namespace": project.path,
        "created_at": iso(project.created_at),
        "default_branch": project.default_branch,
        "http_url_to_repo": f"{url}.git",
        "web_url": url,
        "namespace": {"full_path": project.namespace, "kind": "group"},
        "empty_repo": project.default_branch is None,
        "archived": False,
        "visibility": "private",
        "lfs_enabled": True,
        "merge_method": project.merge_method,
        "squash_option": project.squash_option,
        "only_allow_merge_if_pipeline_succeeds": False,
        "remove_source_branch_after_merge": True,
        "permissions": {"project_access": {"access_level": level, "notification_level": 3}, "group_access": None},
    }


def _list(world: World, call: Call) -> Answer:
    caller(world, call)
    wanted = params(call).text("search").lower()
    found = [one for one in world.projects.values() if wanted in one.path.lower()]
    return paginated(world, call, found[::-1], render=lambda one: project_json(world, one))


def _get(world: World, call: Call) -> Answer:
    return Answer(200, project_json(world, project_of(world, call)))


def _update(world: World, call: Call) -> Answer:
    project, given = project_of(world, call), params(call)
    if not is_maintainer(world):
        raise forbidden()
    with project.lock:
        chosen = {name: _chosen(given, name) for name in _CHOICES if given.optional(name) is not None}
        _change_default(project, given.text("default_branch"))
        project.own_merge_method = chosen.get("merge_method", project.own_merge_method)
        project.squash_option = chosen.get("squash_option", project.squash_option)
        world.rename(project, given.text("path", project.name))
    return Answer(200, project_json(world, project))


def _chosen(given: Params, name: str) -> str:
    value = given.text(name)
    if value not in _CHOICES[name]:
        raise invalid(f"{name} does not have a valid value")
    return value


def _change_default(project: Project, branch: str) -> None:
    if not branch or branch == project.default_branch:
        return
    if project.repository.branch(branch) is None:
        raise message(400, {"base": ["Could not set the default branch"]})
    project.repository.set_head(branch)
    project.default_branch = project.head_branch = branch
