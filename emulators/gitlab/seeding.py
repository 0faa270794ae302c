"""Projects with a past: a first commit, branches full of files, and other people's pushes."""

from collections.abc import Mapping

from emulators.gitlab.objects import FileChange
from emulators.gitlab.project import Project
from emulators.gitlab.user import User
from emulators.gitlab.world import World

Changes = Mapping[str, FileChange | None]


def first_commit(world: World, project: Project, *, user: User) -> str:
    """README.md on the default branch, as GitLab itself begins a repository."""
    text = f"# {project.name}\n"
    head = project.head_branch
    return push(
        world,
        project,
        branch=head,
        user=user,
        changes={"README.md": FileChange(text.encode())},
        message="Initial commit",
    )


def push(
    world: World,
    project: Project,
    *,
    branch: str,
    user: User,
    changes: Changes,
    message: str,
) -> str:
    """One commit on top of the branch; a new branch starts where the default one is."""
    with project.lock:
        git = project.repository
        start = git.branch(branch) or git.branch(project.default_branch or branch)
        who = world.signature(user)
        sha = git.commit([start] if start else [], changes, message=message, author=who, committer=who)
        world.move_branch(project, branch, sha, user)
    return sha


def plant(
    world: World, *, namespace: str, name: str, default_branch: str, branches: Mapping[str, Changes] | None
) -> Project:
    """A project with its first commit, where each branch starts and gets one more; `branches` None leaves it empty."""
    project = world.create_project(namespace, name, default_branch=default_branch)
    if branches is None:
        return project
    start = first_commit(world, project, user=world.root)
    for branch, changes in branches.items():
        if branch != default_branch:
            world.move_branch(project, branch, start, world.root)
        push(world, project, branch=branch, user=world.root, changes=changes, message=f"Fill {branch}")
    return project
