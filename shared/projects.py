"""The projects that the service works for and what each may touch: the allow-list that infrastructure fixes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Literal

from .domain.checks import at_most, between, distinct, filled, one_of
from .domain.drives import DriveSettings, unlike
from .domain.mapping import environment, slug
from .domain.occasion import CHOSEN, Medium

_PATH = re.compile(r"[A-Za-z0-9_][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)+", re.ASCII)
_MAIL = re.compile(r"(?![.])[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
_CHANNEL = re.compile(r"#[^\s#@,.:;<>&|`'\"]{1,80}|[CG][A-Z0-9]{8,20}")
_CALL = re.compile(r"steps(?:\.[a-z_][a-z0-9_]*)+:[a-z_][a-z0-9_]*")
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


def is_mail(text: str) -> bool:
    """Whether it is an e-mail address that every mail server takes, and nothing else."""
    return len(text) <= 254 and _MAIL.fullmatch(text) is not None


def _mail(value: str) -> str:
    if not is_mail(value):
        raise ValueError("must be a plain e-mail address")
    return value


def _channel(value: str) -> str:
    if not _CHANNEL.fullmatch(value):
        raise ValueError('must be a channel of Slack, such as "#releases", or its id')
    return value


def _secret(value: str) -> str:
    if value.startswith(_VALUES_OF_SECRETS):
        raise ValueError("must be the name of a secret, but looks like the secret itself: replace that secret")
    if not _SECRET.fullmatch(value):
        raise ValueError("must be a name of letters, digits, - and _")
    return value


def _call(value: str) -> str:
    if not _CALL.fullmatch(value):
        raise ValueError("must be a function of a module in steps/, such as steps.rules:tidy")
    return value


Name = Annotated[str, _name]
Address = Annotated[str, _mail]
SecretName = Annotated[str, _secret]


MOST_ADDRESSES = 50
KindName = Annotated[str, one_of(*CHOSEN)]
Media = Annotated[tuple[Annotated[str, one_of(*Medium)], ...], distinct]


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterDeploy:
    """What follows a deploy that was proven: whether GitLab's pipeline tests it, and what happens where that fails."""

    pipeline: bool = False
    on_failure: Literal["report", "rollback"] = "report"

    def __post_init__(self) -> None:
        """Nothing could fail."""
        if self.on_failure == "rollback" and not self.pipeline:
            raise ValueError("says what follows a failure, but starts no pipeline: set `pipeline: true`")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """One workspace: how a capture of it reaches Git, whether a commit of one starts a pipeline of GitLab's, what
    follows a deploy, and on which role's branch its pipelines have to be proven first.
    """

    snapshot: Literal["commit", "merge_request"] = "merge_request"
    pipeline: bool = False
    after_deploy: AfterDeploy = AfterDeploy()
    requires: Literal["staging", "development"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who hears of a project's news beside GitLab; `events` says which kinds go where, if not all everywhere."""

    email: Annotated[tuple[Address, ...], distinct, at_most(MOST_ADDRESSES)] = ()
    slack: Annotated[str, _channel] | None = None
    events: Annotated[Mapping[KindName, Media], MappingProxyType] | None = None

    def __post_init__(self) -> None:
        """A kind that is to go where nobody is named would be lost without a word."""
        named = [medium for medium in Medium if self.targets(medium)]
        for kind, media in (self.events or {}).items():
            for medium in media:
                if medium not in named:
                    raise ValueError(f"sends `{kind}` to {medium}, but names nobody under `{medium}`")

    def targets(self, medium: str) -> tuple[str, ...]:
        """The addresses, or the channel."""
        return self.email if medium == Medium.EMAIL else tuple(filter(None, (self.slack,)))

    def media(self, kind: str) -> tuple[str, ...]:
        """Where news of that kind go."""
        chosen = tuple(Medium) if self.events is None else self.events.get(kind, tuple(Medium))
        return tuple(medium for medium in Medium if medium in chosen and self.targets(medium))


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretNames:
    """The names of a project's secrets, never their values."""

    gitlab_token: SecretName = field(default="gitlab-token", metadata={"key": "gitlab-token"})
    aic_api_key: SecretName = field(default="aic-api-key", metadata={"key": "aic-api-key"})
    gitlab_webhook_token: SecretName = field(default="gitlab-webhook-token", metadata={"key": "gitlab-webhook-token"})
    gitlab_signing_token: SecretName = field(default="gitlab-signing-token", metadata={"key": "gitlab-signing-token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanners:
    """CI files of another project that new projects run; without `ref` those of its default branch."""

    project: Annotated[str, _path]
    files: Annotated[tuple[Name, ...], filled, distinct, at_most(20)]
    ref: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSettings:
    """A team's own function between capture and promotion: below `steps/` of the archive, and for so many seconds."""

    call: Annotated[str, _call] = field(metadata={"short": True})
    seconds: Annotated[int, between(1, 120)] = 60


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
    scanners: Scanners | None = None
    step: StepSettings | None = None
    secrets: SecretNames = SecretNames()

    @property
    def gates(self) -> Mapping[str, str]:
        """The workspaces that are tested after a deploy, each with what happens where the tests fail."""
        settings = ((name, each.after_deploy) for name, each in self.workspaces.items())
        return {name: after.on_failure for name, after in settings if after.pipeline}

    @property
    def requires(self) -> Mapping[str, str]:
        """The workspaces whose pipelines have to be proven first, each with the role of where."""
        return {name: each.requires for name, each in self.workspaces.items() if each.requires}


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
