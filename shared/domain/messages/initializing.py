"""Parameters of the workflow that makes a GitLab project, or completes one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from ..checks import at_most
from .request import Request, Text

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_TAKEN = ("feature/", "release/", "hotfix/", "back-merge/", "aic-")
_USUAL = {"production": "main", "staging": "staging", "development": "dev"}


def _branch(text: str) -> str:
    if not _PLAIN.fullmatch(text) or ".." in text or text.endswith((".", ".lock")):
        raise ValueError("must be a branch's name of letters, digits, `.`, `_`, `-` and `/`")
    if text.startswith(_TAKEN):
        raise ValueError(f"must not begin with {', '.join(_TAKEN)}: such branches come and go")
    return text


Branch = Annotated[Text, _branch, at_most(200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The workspace that a role's branch is deployed to; said as text it is the workspace alone."""

    workspace: Text = field(metadata={"short": True})
    branch: Branch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Those of the Git flow that the project has, in the order in which a change goes backwards."""

    production: Seat | None = None
    staging: Seat | None = None
    development: Seat | None = None

    def __post_init__(self) -> None:
        """One branch holds one workspace."""
        seats = list(self.seats())
        if not seats:
            raise ValueError("must name a workspace for production, staging or development")
        for what, names in (("branch", [each[1] for each in seats]), ("workspace", [each[2] for each in seats])):
            if len(set(names)) < len(names):
                raise ValueError(f"must name a {what} of its own for each role")

    def seats(self) -> Iterator[tuple[str, str, str]]:
        """Role, branch and workspace of each, production first."""
        for role, usual in _USUAL.items():
            seat: Seat | None = getattr(self, role)
            if seat is not None:
                yield role, seat.branch or usual, seat.workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class InitializeRepository(Request):
    """Makes a project of the settings in GitLab, or completes it: branches, files, protection, labels and the hook.

    `roles` names the workspace of `production`, `staging` and `development`, or some of them, as text or as `workspace`
    and `branch`; without that the branches are `main`, `staging` and `dev`. What is there already stays as it is, and
    is named where it differs.
    """

    project: Text
    roles: Roles
    dry_run: bool = False
