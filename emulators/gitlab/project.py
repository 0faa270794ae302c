"""One project of the stand-in: its repository, its rules and its records."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any, TypeAlias

from emulators.gitlab.protection import Protection
from emulators.gitlab.repository import GitRepository
from emulators.settings import Settings

Record: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class Project:
    """One project over its repository; `protected` maps branch patterns to rules, `members` user ids to levels.

    `name` is the last part of its path, `title` what people call it, `lfs` keeps large contents by their sha256.
    """

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
    protected: dict[str, Protection] = field(default_factory=dict)
    commits_created: int = 0
    merge_requests: list[Record] = field(default_factory=list)
    notes: list[Record] = field(default_factory=list)
    statuses: list[Record] = field(default_factory=list)
    pipelines: list[Record] = field(default_factory=list)
    deployments: list[Record] = field(default_factory=list)
    environments: list[Record] = field(default_factory=list)
    hooks: list[Record] = field(default_factory=list)
    issues: list[Record] = field(default_factory=list)
    labels: list[Record] = field(default_factory=list)
    members: dict[int, int] = field(default_factory=dict)
    lfs: dict[str, bytes] = field(default_factory=dict)
    title: str = ""
    creator_id: int = 1
    attributes: Record = field(default_factory=dict)
    last_activity_at: datetime | None = None
    branch_lists: dict[tuple[int, str], tuple[float, dict[str, str]]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def merge_method(self) -> str:
        """`merge`, `rebase_merge` or `ff`: the project's own if it was given one, else the stand-in's setting."""
        return self.own_merge_method or self.settings.text("merge_method")

    def newest_pipeline(self, sha: str, *, ref: str | None = None) -> Record | None:
        """The newest pipeline of a commit, of the given ref only if there is one."""
        fitting = (one for one in reversed(self.pipelines) if one["sha"] == sha and ref in {None, one["ref"]})
        return next(fitting, None)

    @property
    def lock(self) -> RLock:
        """Held by whoever reads this project first and writes it then."""
        return self.repository.lock

    def web_url(self, base: str) -> str:
        return f"{base}/{self.path}"
