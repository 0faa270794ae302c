"""Everything the GitLab stand-in knows: projects, users, time, and who is told when something changes."""

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock

from emulators.gitlab.events import Event, Listener, Pushed
from emulators.gitlab.objects import Signature
from emulators.gitlab.project import MAINTAINER, Project
from emulators.gitlab.repository import GitRepository
from emulators.gitlab.user import User
from emulators.settings import Settings


class World:
    """The state of one GitLab below the directory `data`.

    `base_url` (no slash at its end) is set once the server listens; the control plane changes `settings`.
    """

    def __init__(self, data: Path, *, settings: Settings) -> None:
        self.data = data
        self.settings = settings
        self.base_url = "http://127.0.0.1"
        self.listeners: list[Listener] = []
        self.lock = RLock()
        self._latest = datetime.now(UTC)
        self.reset()

    def reset(self) -> None:
        """Forgets all projects, users and counters and deletes the repositories; listeners stay."""
        with self.lock:
            self.projects: dict[int, Project] = {}
            self.moved: dict[str, int] = {}
            self._users: dict[str, User] = {}
            self._ids: Counter[str] = Counter()
            shutil.rmtree(self.data, ignore_errors=True)
            self.root = User(self.next_id("user"), "root", "Administrator", "admin@example.com")

    def user_for(self, token: str) -> User | None:
        """The user behind a token: any text but the empty one makes a user of its own; None when it is refused."""
        required = self.settings.text("require_token")
        if not token or (required and token != required):
            return None
        with self.lock:
            if token not in self._users:
                number = self.next_id("user")
                self._users[token] = User(
                    number, f"user{number}", f"User {number}", f"user{number}@noreply.example.com", bot=True
                )
            return self._users[token]

    def clock(self) -> datetime:
        """Now in UTC, but later than every answer before it, so that sorting by time is stable."""
        with self.lock:
            self._latest = max(datetime.now(UTC), self._latest + timedelta(milliseconds=1))
            return self._latest

    def next_id(self, kind: str) -> int:
        """1, 2, 3 … for each kind of thing."""
        with self.lock:
            self._ids[kind] += 1
            return self._ids[kind]

    def signature(self, user: User) -> Signature:
        """The user as the author of something made now."""
        return Signature(user.name, user.email, self.clock())

    def create_project(self, namespace: str, name: str, *, default_branch: str = "main") -> Project:
        """A project with an empty repository whose default branch, once pushed, is protected."""
        with self.lock:
            number = self.next_id("project")
            repository = GitRepository(self.data / f"{number}.git", default_branch=default_branch)
            project = Project(number, namespace, name, repository, self.clock(), self.settings, default_branch)
            project.protected[default_branch] = MAINTAINER
            self.projects[number] = project
            return project

    def project(self, id_or_path: str) -> Project | None:
        """By number or by full path (whatever its case, as in GitLab)."""
        if id_or_path.isdecimal():
            return self.projects.get(int(id_or_path))
        wanted = id_or_path.lower()
        return next((project for project in list(self.projects.values()) if project.path.lower() == wanted), None)

    def rename(self, project: Project, name: str) -> None:
        """Gives the project another path; the old one then answers by sending people on."""
        if name != project.name:
            self.moved[project.path.lower()] = project.id
            project.name = name
            self.moved.pop(project.path.lower(), None)

    def move_branch(self, project: Project, name: str, new_sha: str | None, user: User) -> None:
        """The only way a branch moves: creates, moves or (None) removes it, then tells every listener."""
        with project.lock:
            before = project.repository.branch(name)
            project.repository.set_branch(name, new_sha)
            if project.default_branch is None and new_sha is not None:
                project.default_branch = name
        if before != new_sha:
            self.tell(Pushed(project, name, before, new_sha, user))

    def tell(self, event: Event) -> None:
        """Hands the event to each listener, in the caller's thread and order."""
        for listener in self.listeners:
            listener(event)
