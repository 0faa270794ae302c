"""Parameters of the workflows that only look, of the one that draws what it sees, and of the one that says hello."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from .request import Request, Text, Titles

What = Literal["projects", "workspaces", "pipelines", "branches", "datasets", "tables", "drives"]
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"projects": (), "workspaces": ("project",), "branches": ("project",)}
)
"""What else must be known; of what stands not here it is both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class List(Request):
    """Lists in the log what there is: the projects of the settings, or what one of them or its workspace has.

    Without a `workspace`, `branches` are GitLab's, with where they are deployed; with one they are the interactive
    branches of all its pipelines, or of those that are named.
    """

    what: What
    project: Text | None = None
    workspace: Text | None = None
    pipelines: Titles | None = None

    def __post_init__(self) -> None:
        """Names of workspaces say something within a project, those of pipelines within a workspace."""
        needed = _NEEDED.get(self.what, ("project", "workspace"))
        given = {"project": self.project, "workspace": self.workspace}
        missing = [f"`{each}`" for each in needed if given[each] is None]
        if missing:
            raise ValueError(f"asks for {self.what} without {' and '.join(missing)}")
        if self.workspace is not None and self.project is None:
            raise ValueError("names a `workspace` without its `project`")
        if self.pipelines is not None and (self.what != "branches" or self.workspace is None):
            raise ValueError("names `pipelines` for what is not the interactive branches of a `workspace`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Request):
    """Lays a page onto the backup drives that shows each pipeline in each environment, with the same as JSON.

    It shows which are deployed, edited in AIC, merged but not deployed, or not promoted, and the last backups. Without
    `project` it is asked for each project that has drives.
    """

    project: Text | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Request):
    """Answers in the log that messages arrive; with `branch` it also makes a branch `hello` in the project's GitLab.

    That shows that the project is known and the token may write. Delete the branch afterwards. With `dry_run` it is
    only said what would be made.
    """

    project: Text | None = None
    branch: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        """A branch is somewhere."""
        if self.branch and self.project is None:
            raise ValueError("asks for a `branch` without its `project`")
