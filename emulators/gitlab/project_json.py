"""Projects, groups and namespaces as the JSON documents of GitLab's REST API."""

from collections.abc import Mapping

from emulators.gitlab.access import level_of
from emulators.gitlab.namespaces import Group
from emulators.gitlab.project import Project, Record
from emulators.gitlab.shapes import iso
from emulators.gitlab.user import User
from emulators.gitlab.world import World

ATTRIBUTES: Mapping[str, object] = {
    "description": None,
    "visibility": "private",
    "archived": False,
    "lfs_enabled": True,
    "issues_enabled": True,
    "merge_requests_enabled": True,
    "wiki_enabled": True,
    "jobs_enabled": True,
    "snippets_enabled": True,
    "container_registry_enabled": True,
    "shared_runners_enabled": True,
    "request_access_enabled": True,
    "only_allow_merge_if_pipeline_succeeds": False,
    "allow_merge_on_skipped_pipeline": None,
    "only_allow_merge_if_all_discussions_are_resolved": False,
    "remove_source_branch_after_merge": True,
    "printing_merge_request_link_enabled": True,
    "ci_config_path": None,
    "ci_pipeline_variables_minimum_override_role": "developer",
    "suggestion_commit_message": None,
    "merge_commit_template": None,
    "squash_commit_template": None,
    "topics": [],
}  # what is kept as it was set; those with a meaning here are read where they matter


def attribute(project: Project, name: str) -> object:
    """One of the attributes, GitLab's own default if nobody set it."""
    return project.attributes.get(name, ATTRIBUTES[name])


def project_json(world: World, project: Project, *, user: User) -> Record:
    """A project as GitLab shows it to a member."""
    set_here = {name: attribute(project, name) for name in ATTRIBUTES}
    return (
        simple_json(world, project)
        | set_here
        | {
            "_links": _links(world, project),
            "empty_repo": not project.repository.branches(),
            "creator_id": project.creator_id,
            "owner": None,
            "import_status": "none",
            "open_issues_count": sum(issue["state"] == "opened" for issue in project.issues),
            "updated_at": iso(project.last_activity_at or project.created_at),
            "merge_method": project.merge_method,
            "squash_option": project.squash_option,
            "permissions": _permissions(world, project, user),
        }
    )


def simple_json(world: World, project: Project) -> Record:
    """The short form: what lists show with `simple`."""
    url, title = project.web_url(world.base_url), project.title or project.name
    namespace = namespace_json(world, project.namespace)
    above = [group.name for group in world.namespaces.lineage(project.namespace)][::-1] or [namespace["name"]]
    return {
        "id": project.id,
        "description": attribute(project, "description"),
        "name": title,
        "name_with_namespace": " / ".join([*above, title]),
        "path": project.name,
        "path_with_namespace": project.path,
        "created_at": iso(project.created_at),
        "default_branch": project.default_branch,
        "tag_list": attribute(project, "topics"),
        "topics": attribute(project, "topics"),
        "ssh_url_to_repo": f"git@{_host(world)}:{project.path}.git",
        "http_url_to_repo": f"{url}.git",
        "web_url": url,
        "readme_url": f"{url}/-/blob/{project.default_branch}/README.md" if project.default_branch else None,
        "forks_count": 0,
        "avatar_url": None,
        "star_count": 0,
        "last_activity_at": iso(project.last_activity_at or project.created_at),
        "visibility": attribute(project, "visibility"),
        "namespace": namespace,
    }


def namespace_json(world: World, full_path: str) -> Record:
    """The namespace of that path: a group's, or a user's own."""
    group = world.namespaces.group(full_path)
    if group is None:
        person = next((user for user in world.users.values() if user.username == full_path), world.root)
        number, name, kind, page = world.namespaces.personal(full_path), person.name, "user", full_path
    else:
        number, name, kind, page = group.id, group.name, "group", f"groups/{full_path}"
    return {
        "id": number,
        "name": name,
        "path": full_path.rpartition("/")[2],
        "kind": kind,
        "full_path": full_path,
        "parent_id": group.parent_id if group else None,
        "avatar_url": None,
        "web_url": f"{world.base_url}/{page}",
    }


def group_json(world: World, group: Group) -> Record:
    """A group as a member sees it."""
    names = [one.name for one in world.namespaces.lineage(group.full_path)][::-1]
    return {
        "id": group.id,
        "web_url": f"{world.base_url}/groups/{group.full_path}",
        "name": group.name,
        "path": group.path,
        "description": group.description,
        "visibility": group.visibility,
        "share_with_group_lock": False,
        "require_two_factor_authentication": False,
        "project_creation_level": "developer",
        "subgroup_creation_level": "maintainer",
        "lfs_enabled": True,
        "archived": False,
        "default_branch": None,
        "default_branch_protection": 2,
        "avatar_url": None,
        "request_access_enabled": True,
        "full_name": " / ".join(names),
        "full_path": group.full_path,
        "created_at": iso(group.created_at),
        "parent_id": group.parent_id,
    }


def _links(world: World, project: Project) -> Record:
    own = f"{world.base_url}/api/v4/projects/{project.id}"
    parts = {"issues": "issues", "merge_requests": "merge_requests", "repo_branches": "repository/branches"}
    return {"self": own, **{name: f"{own}/{part}" for name, part in {**parts, "labels": "labels"}.items()}}


def _permissions(world: World, project: Project, user: User) -> Record:
    """Where the level comes from: the groups above, or else the project."""
    above = world.namespaces.lineage(project.namespace)
    by_group = max((group.members.get(user.id, 0) for group in above), default=0)
    level = level_of(world, project, user)
    return {
        "project_access": _access(level) if level > by_group else None,
        "group_access": _access(by_group) if by_group else None,
    }


def _access(level: int) -> Record:
    return {"access_level": level, "notification_level": 3}


def _host(world: World) -> str:
    return world.base_url.partition("://")[2].partition(":")[0]
