"""The projects that the service works for and what each may touch: the allow-list that infrastructure fixes."""

import re
from collections.abc import Iterator, Mapping, Sequence, Sized
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from .domain.mapping import environment, slug

Items = TypeVar("Items", bound=Sized)
_PATH = re.compile(r"[A-Za-z0-9_][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)+", re.ASCII)
_MAIL = re.compile(r"[^\s@,;:<>()\"\\]+@[A-Za-z0-9.-]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,255}")
_BLANK = ("", "~", "null")
_VALUES_OF_SECRETS = ("glpat-", "glptt-", "gldt-", "whsec_")


def whole(value: object) -> object:
    """YAML and the environment hold text only: digits become a number here, anything else is refused."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        return int(value)
    if type(value) is int:
        return value
    raise ValueError("must be a whole number")


def filled(value: Items) -> Items:
    """Not `min_length`: that one also complains of items that it could not read."""
    if not value:
        raise ValueError("must not be empty")
    return value


def _listed(value: object) -> object:
    if not isinstance(value, list | tuple):
        raise ValueError("must be a list")
    return tuple(value)


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


Name = Annotated[str, AfterValidator(_name)]
SecretName = Annotated[str, AfterValidator(_secret)]
Whole = Annotated[int, BeforeValidator(whole)]


class Strict(BaseModel):
    """Exact types, no unknown keys, never changed after it was read."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _given(cls, data: object) -> object:
        """Leaves out what is there but blank (`slack: null`, `workspace:`), as YAML and JSON put it for "not set"."""
        if isinstance(data, str) and data in _BLANK:
            return {}
        if not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: value for key, value in data.items() if key not in known or value not in _BLANK}


class WorkspaceSettings(Strict):
    """One workspace: how a capture of it reaches Git."""

    snapshot: Literal["commit", "merge_request"] = "merge_request"


class Notify(Strict):
    """Who hears of a project's deploys beside GitLab."""

    email: Annotated[tuple[Annotated[str, AfterValidator(_mail)], ...], BeforeValidator(_listed)] = ()
    slack: Name | None = None


class SecretNames(Strict):
    """The names of a project's secrets, never their values. In the YAML they are written with hyphens."""

    model_config = ConfigDict(alias_generator=lambda field: field.replace("_", "-"))

    gitlab_token: SecretName = "gitlab-token"  # noqa: S105 -- a name
    aic_api_key: SecretName = "aic-api-key"
    gitlab_webhook_token: SecretName = "gitlab-webhook-token"  # noqa: S105 -- a name
    gitlab_signing_token: SecretName = "gitlab-signing-token"  # noqa: S105 -- a name


class ProjectSettings(Strict):
    """One GitLab project with the only workspaces that it may be deployed to."""

    gitlab_project: Annotated[str, AfterValidator(_path)]
    gitlab_project_id: Annotated[Whole, Field(ge=1)] | None = None
    aic_project: Name
    aic_instance: Literal["prod", "qa"] = "prod"
    workspaces: Annotated[Mapping[Name, WorkspaceSettings], AfterValidator(filled), AfterValidator(MappingProxyType)]
    backup_drives: Annotated[tuple[Name, ...], BeforeValidator(_listed)] = ()
    notify: Notify = Notify()
    aic_concurrency: Annotated[Whole, Field(ge=1, le=16)] = 4
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
