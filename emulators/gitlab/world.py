"""Everything the GitLab stand-in knows: projects, users, time, and who is told when something changes."""

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock

from emulators.gitlab.events import Event, Listener, Pushed
from emulators.gitlab.limits import Windows
from emulators.gitlab.namespaces import Namespaces
from emulators.gitlab.objects import Signature
from emulators.gitlab.project import Project
from emulators.gitlab.protection import Protection
from emulators.gitlab.records import numbered
from emulators.gitlab.repository import GitRepository
from emulators.gitlab.tokens import Token, Tokens
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
            self.users: dict[int, User] = {}
            self._ids: Counter[str] = Counter()
            self.namespaces = Namespaces(next_id=self.next_id, clock=self.clock)
            self.tokens = Tokens(next_id=self.next_id, clock=self.clock)
            self.windows = Windows()
            shutil.rmtree(self.data, ignore_errors=True)
            self.root = self._admitted(User(self.next_id("user"), "root", "Administrator", "admin@example.com"))

    def token_for(self, secret: str) -> Token | None:
        """The token of that secret, dead or alive; any text but the empty one is a token, unless one is required."""
        required = self.settings.text("require_token")
        with self.lock:
            token = self.tokens.find(secret)
            if token is not None and token.issued:
                return token
            if not secret or (required and secret != required):
                return None
            return token or self.tokens.issue(self.add_user(), secret=secret)

    def user_for(self, secret: str) -> User | None:
        """The user behind a token: each token that nobody issued makes one of its own; None when it is refused."""
        token = self.token_for(secret)
        return token.user if token and token.alive(self.clock().date()) else None

    def add_user(self, *, home: int | None = None) -> User:
        """A user like any other, or the bot of the project `home`."""
        number = self.next_id("user")
        name = f"user{number}" if home is None else f"project_{home}_bot_{number}"
        shown = name.replace("_", " ").title() if home else f"User {number}"
        return self._admitted(User(number, name, shown, f"{name}@noreply.example.com", bot=True, home=home))

    def _admitted(self, user: User) -> User:
        self.users[user.id] = user
        self.namespaces.admit(user)
        return user

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
        """A project with an empty repository; its default branch, once pushed, is protected if the setting says so."""
        with self.lock:
            number = self.next_id("project")
            repository = GitRepository(self.data / f"{number}.git", default_branch=default_branch)
            project = Project(number, namespace, name, repository, self.clock(), self.settings, default_branch)
            if self.settings.switch("protect_default_branch"):
                project.protected[default_branch] = Protection(self.next_id("protected_branch"))
            self.namespaces.ensure(namespace)
            self.projects[number] = project
            return project

    def project(self, id_or_path: str) -> Project | None:
        """By number or by full path (whatever its case, as in GitLab)."""
        if id_or_path.isdecimal():
            return self.projects.get(numbered(id_or_path))
        wanted = id_or_path.lower()
        return next((project for project in list(self.projects.values()) if project.path.lower() == wanted), None)

    def rename(self, project: Project, name: str) -> None:
        """Gives the project another path; the old one then answers by sending people on."""
        if name != project.name:
            self.moved[project.path.lower()] = project.id
            project.name = name
            self.moved.pop(project.path.lower(), None)

    def remove(self, project: Project) -> None:
        """Deletes the project and its repository; its number is not used again."""
        with self.lock:
            self.projects.pop(project.id, None)
            self.moved = {path: number for path, number in self.moved.items() if number != project.id}
            shutil.rmtree(project.repository.path, ignore_errors=True)

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
        event.project.last_activity_at = self.clock()
        for listener in self.listeners:
            listener(event)
