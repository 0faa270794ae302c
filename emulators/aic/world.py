"""The projects of one AIC instance, and the ids that it gives out."""

import hashlib
import threading
from dataclasses import dataclass, field

from emulators.aic.workspace import Workspace


@dataclass(slots=True)
class Project:
    id: str
    name: str
    workspaces: dict[str, Workspace] = field(default_factory=dict)


class World:
    """Projects and workspaces by id. Whoever reads or changes them holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.projects: dict[str, Project] = {}
        self._given = 0

    def reset(self) -> None:
        with self.lock:
            self.projects = {}
            self._given = 0

    def new_id(self) -> str:
        """24 hexadecimal digits; the same sequence after each start or reset."""
        self._given += 1
        return hashlib.sha256(str(self._given).encode()).hexdigest()[:24]

    def project(self, name: str) -> Project:
        """The project of this name, made if there is none."""
        for project in self.projects.values():
            if project.name == name:
                return project
        made = Project(self.new_id(), name)
        self.projects[made.id] = made
        return made

    def workspace(self, project: str, name: str) -> Workspace | None:
        """By names, as people say them."""
        for candidate in self.projects.values():
            for workspace in candidate.workspaces.values():
                if (candidate.name, workspace.name) == (project, name):
                    return workspace
        return None

    def fresh_workspace(self, project: Project, name: str) -> Workspace:
        """An empty one; an older one of this name gives up its place and its id."""
        for old in project.workspaces.values():
            if old.name == name:
                project.workspaces[old.id] = Workspace(old.id, name, self.new_id)
                return project.workspaces[old.id]
        made = Workspace(self.new_id(), name, self.new_id)
        project.workspaces[made.id] = made
        return made
