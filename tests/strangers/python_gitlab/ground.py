"""A project that was made through the client itself, and shorthands for what most walks begin with."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import gitlab

from tests.strangers.stand_in import StandIn

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Ground:
    """A client, a group and a project in it with a first commit; each walk has names of its own."""

    stand_in: StandIn
    client: gitlab.Gitlab
    number: int = field(default_factory=lambda: next(_numbers))

    def group(self, name: str) -> Any:
        return self.client.groups.create({"name": f"{name} {self.number}", "path": f"{name}-{self.number}"})

    def project(self) -> Any:
        wanted = {"name": "Jobs", "namespace_id": self.group("team").id, "initialize_with_readme": True}
        return self.client.projects.create(wanted)


def write(project: Any, branch: str, **files: str) -> Any:
    """A commit of new files; the branch begins at `main` if it isn't there."""
    start = {} if any(one.name == branch for one in project.branches.list(get_all=True)) else {"start_branch": "main"}
    actions = [{"action": "create", "file_path": path, "content": text} for path, text in files.items()]
    return project.commits.create({"branch": branch, "commit_message": "Change", "actions": actions, **start})


def opened(project: Any, source: str = "feature") -> Any:
    """A merge request of a change."""
    write(project, source, **{f"{source}.txt": "new\n"})
    return project.mergerequests.create({"source_branch": source, "target_branch": "main", "title": f"Change {source}"})
