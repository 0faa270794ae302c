"""The projects that the service works for and what each may touch: the allow-list that infrastructure fixes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Literal

from .domain.checks import between, filled
from .domain.drives import DriveSettings, unlike
from .domain.mapping import environment, slug

_PATH = re.compile(r"[A-Za-z0-9_][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)+", re.ASCII)
_MAIL = re.compile(r"[^\s@,;:<>()\"\\]+@[A-Za-z0-9.-]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,255}")
_VALUES_OF_SECRETS = ("glpat-", "glptt-", "gldt-", "whsec_")


def _path(value: str) -> str:
    if not _PATH.fullmatch(value):
        raise ValueError("must be a path with its namespace, such as group/project")
    return value


def _name(value: str) -> str:
    if not value or value != value.strip() or not value.isprintable():
        raise ValueError("must be one line of text without blanks around it")
    return value


def _mail(value: str) -> str:
    if not _MAIL.fullmatch(value):
        raise ValueError("must be a plain e-mail address")
    return value


def _secret(value: str) -> str:
    if value.startswith(_VALUES_OF_SECRETS):
        raise ValueError("must be the name of a secret, but looks like the secret itself: replace that secret")
    if not _SECRET.fullmatch(value):
        raise ValueError("must be a name of letters, digits, - and _")
    return value


Name = Annotated[str, _name]
SecretName = Annotated[str, _secret]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """One workspace: how a capture of it reaches Git, and whether a commit of one starts a pipeline of GitLab's."""

    snapshot: Literal["commit", "merge_request"] = "merge_request"
    pipeline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who hears of a project's deploys beside GitLab."""

    email: tuple[Annotated[str, _mail], ...] = ()
    slack: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretNames:
    """The names of a project's secrets, never their values."""

    gitlab_token: SecretName = field(default="gitlab-token", metadata={"key": "gitlab-token"})
    aic_api_key: SecretName = field(default="aic-api-key", metadata={"key": "aic-api-key"})
    gitlab_webhook_token: SecretName = field(default="gitlab-webhook-token", metadata={"key": "gitlab-webhook-token"})
    gitlab_signing_token: SecretName = field(default="gitlab-signing-token", metadata={"key": "gitlab-signing-token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSettings:
    """One GitLab project with the only workspaces that it may be deployed to."""

    gitlab_project: Annotated[str, _path]
    gitlab_project_id: Annotated[int, between(1, 10**15)] | None = None
    aic_project: Name
    aic_instance: Literal["prod", "qa"] = "prod"
    workspaces: Annotated[Mapping[Name, WorkspaceSettings], filled, MappingProxyType]
    backup_drives: Annotated[tuple[DriveSettings, ...], unlike] = ()
    notify: Notify = Notify()
    aic_concurrency: Annotated[int, between(1, 16)] = 4
    secrets: SecretNames = SecretNames()


def clash(projects: Sequence[ProjectSettings], source: str) -> str | None:
    """A sentence about what two projects, or two workspaces of one, claim both; None when all have one owner."""
    owners: dict[tuple[str, ...], int] = {}
    for index, project in enumerate(projects):
        for claim, what in _claims(project):
            other = owners.setdefault(claim, index)
            if other != index:
                return f"{source}[{other}] and {source}[{index}] both have {what}; keep it in one of them"
        slugs = [slug(name) for name in project.workspaces]
        twins = [name for name in project.workspaces if slugs.count(slug(name)) > 1]
        if twins:
            both = " and ".join(f"`{name}`" for name in twins)
            shared = environment(twins[0])
            return f"{source}[{index}].workspaces: {both} would share the environment {shared}; rename one in AIC"
    return None


def _claims(project: ProjectSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    """GitLab takes paths in any case, so that two spellings are one project."""
    yield ("path", project.gitlab_project.lower()), f"the gitlab_project {project.gitlab_project}"
    if project.gitlab_project_id is not None:
        yield ("id", str(project.gitlab_project_id)), f"the gitlab_project_id {project.gitlab_project_id}"
    for name in project.workspaces:
        yield (
            ("workspace", project.aic_instance, project.aic_project, name),
            f"the workspace `{name}` of {project.aic_project} ({project.aic_instance})",
        )
