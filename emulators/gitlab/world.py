"""Everything the GitLab stand-in knows: projects, users, time, and who is told when something changes."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any, TypeAlias

from emulators.gitlab.objects import Signature
from emulators.gitlab.repository import GitRepository
from emulators.settings import Settings

Record: TypeAlias = dict[str, Any]

MAINTAINER = 40


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who acts; a token always belongs to the same one."""

    id: int
    username: str
    name: str
    email: str
    bot: bool = False


@dataclass(slots=True)
class Project:
    """One project over its repository; `protected` maps branch patterns to the level a push needs."""

    id: int
    namespace: str
    name: str
    repository: GitRepository
    created_at: datetime
    settings: Settings
    head_branch: str = "main"
    default_branch: str | None = None
    own_merge_method: str | None = None
    squash_option: str = "default_off"
    protected: dict[str, int] = field(default_factory=dict)
    commits_created: int = 0
    merge_requests: list[Record] = field(default_factory=list)
    notes: list[Record] = field(default_factory=list)
    statuses: list[Record] = field(default_factory=list)
    pipelines: list[Record] = field(default_factory=list)
    deployments: list[Record] = field(default_factory=list)
    environments: list[Record] = field(default_factory=list)
    hooks: list[Record] = field(default_factory=list)
    branch_lists: dict[tuple[int, str], tuple[float, dict[str, str]]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def merge_method(self) -> str:
        """`merge`, `rebase_merge` or `ff`: the project's own if it was given one, else the stand-in's setting."""
        return self.own_merge_method or self.settings.text("merge_method")

    @property
    def lock(self) -> RLock:
        """Held by whoever reads this project first and writes it then."""
        return self.repository.lock

    def web_url(self, base: str) -> str:
        return f"{base}/{self.path}"


@dataclass(frozen=True, slots=True)
class Pushed:
    """A branch moved from `before` to `after`; None stands for a branch that is not there."""

    project: Project
    branch: str
    before: str | None
    after: str | None
    user: User


@dataclass(frozen=True, slots=True)
class MergeRequestChanged:
    """A merge request was opened, changed, merged …: `changes` is GitLab's `{field: {previous, current}}`."""

    project: Project
    merge_request: Record
    action: str
    changes: Record
    user: User
    oldrev: str | None = None


Event: TypeAlias = Pushed | MergeRequestChanged
Listener: TypeAlias = Callable[[Event], None]


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

    @property
    def users(self) -> list[User]:
        return [self.root, *self._users.values()]

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
