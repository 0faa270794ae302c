"""From the environment to one frozen value, or to one sentence that says which variable is wrong and what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from .domain import address, schema, strict_yaml
from .domain.checks import between, filled, one_of
from .domain.errors import Refused
from .domain.schema import Finding, Misfit
from .projects import ProjectSettings, clash, is_mail

MAX_PROJECTS_BYTES = 1024 * 1024
_CLOUD_PROJECT = re.compile(r"[a-z][a-z0-9.:-]{1,62}")
_HOST_PORT = re.compile(r"(?P<host>\[::1\]|[a-z0-9.-]+):[0-9]{1,5}")
_SENDER = re.compile(r"[^<>@,;:\"\\]{1,100} <(?P<named>[^<>]+)>|(?P<bare>[^<>\s]+)")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_SENTENCES = {
    "missing": "is missing; set it",
    "unknown": "is not known; remove it or correct its spelling",
    "object": "must hold `name: value` lines",
}


def _url(value: str) -> str:
    try:
        return address.check(value)
    except Refused as error:
        raise ValueError(error.detail.removeprefix("the URL ")) from None


def _mail_server(value: str) -> str:
    try:
        return address.check_mail(value)
    except Refused as error:
        raise ValueError(error.detail.removeprefix("the URL ")) from None


def _cloud_project(value: str) -> str:
    if not _CLOUD_PROJECT.fullmatch(value):
        raise ValueError("must be the id of a Google Cloud project")
    return value


def _loopback(value: str) -> str:
    """What goes there is neither encrypted nor authenticated, so it stays on this machine."""
    match = _HOST_PORT.fullmatch(value)
    if match is None or not address.is_loopback(match["host"].strip("[]")):
        raise ValueError("must be a host:port of this machine")
    return value


def _loopback_url(value: str) -> str:
    """Google's libraries disagree whether the address has its scheme; here it may."""
    return f"http://{_loopback(value.removeprefix('http://').rstrip('/'))}"


def _sender(value: str) -> str:
    match = _SENDER.fullmatch(value)
    if match is None or not value.isprintable() or not is_mail(match["named"] or match["bare"]):
        raise ValueError("must be an e-mail address, alone or as `Name <address>`")
    return value


def _whole_host(value: str) -> str:
    """The webhook answers at the root of its host alone."""
    if urlsplit(value).path:
        raise ValueError("must end with the host's name: the webhook has no path")
    return value


Url = Annotated[str, _url]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is the environment variable of that name in capitals; what they mean is in docs/settings.md."""

    google_cloud_project: Annotated[str, _cloud_project]
    projects: Annotated[tuple[ProjectSettings, ...], filled]
    gitlab_url: Url
    aic_url_prod: Url = "https://prod.jdpower.ai/apis/core/v1"
    aic_url_qa: Url = "https://aic.qa.jdpower.com/apis/core/v1"
    secrets: Literal["manager", "environment"] = "manager"
    pubsub_emulator_host: Annotated[str, _loopback] | None = None
    storage_emulator_host: Annotated[str, _loopback_url] | None = None
    smtp_url: Annotated[str, _mail_server] | None = None
    mail_from: Annotated[str, _sender] | None = None
    slack_api_url: Url | None = None
    webhook_url: Annotated[Url, _whole_host] | None = None
    log_level: Annotated[str, str.upper, one_of(*_LEVELS)] = "INFO"
    delivery_attempts: Annotated[int, between(5, 100)] = 5
    ack_deadline_seconds: Annotated[int, between(10, 600)] = 600

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Reads all variables, and the file of PROJECTS_FILE; a blank variable is one that is not set.

        Raises Refused `settings-invalid` that names the variable, or the place in the projects, but never a value.
        """
        source = _source(environ)
        texts: dict[str, object] = {key: environ.get(key.upper(), "").strip() for key in schema.keys(cls)}
        try:
            settings = schema.read(cls, texts | {"projects": _projects(environ[source], source)}, text=True)
        except Misfit as error:
            raise _invalid(_sentence(error, source)) from None
        settings._check_together(source)
        return settings

    def project(self, path: str) -> ProjectSettings | None:
        """The project with that path with namespace."""
        return next((project for project in self.projects if project.gitlab_project == path), None)

    def project_of_hook(self, *, id: int, path: str) -> ProjectSettings | None:  # noqa: A002 -- GitLab's word
        """The project that a hook speaks for: a configured id decides alone, as a path can be renamed and re-used."""
        by_id = next((project for project in self.projects if project.gitlab_project_id == id), None)
        by_path = self.project(path)
        if by_id is None and by_path is not None and by_path.gitlab_project_id is None:
            return by_path
        return by_id

    def aic_url(self, project: ProjectSettings) -> str:
        """The base URL of the AIC instance that holds the project."""
        return self.aic_url_prod if project.aic_instance == "prod" else self.aic_url_qa

    def _check_together(self, source: str) -> None:
        claimed_twice = clash(self.projects, source)
        if claimed_twice:
            raise _invalid(claimed_twice)
        if self.smtp_url and not self.mail_from:
            raise _invalid("MAIL_FROM is missing; set it to the sender's address, as SMTP_URL is set")


def _source(environ: Mapping[str, str]) -> str:
    """The variable that holds the projects."""
    found = [name for name in ("PROJECTS", "PROJECTS_FILE") if environ.get(name, "").strip()]
    if len(found) != 1:
        raise _invalid("exactly one of PROJECTS and PROJECTS_FILE must be set" + (", not both" if found else ""))
    return found[0]


def _projects(value: str, source: str) -> list[object]:
    try:
        text = Path(value.strip()).read_bytes() if source == "PROJECTS_FILE" else value
        tree = strict_yaml.load(text, limit=MAX_PROJECTS_BYTES)
    except (OSError, ValueError):
        raise _invalid("PROJECTS_FILE can't be read; set it to the path of a readable file") from None
    except Refused as error:
        raise _invalid(f"{source} can't be used: {error.detail}") from None
    if not isinstance(tree, list):
        raise _invalid(f"{source} must hold a list of projects; begin each with `- gitlab_project:`")
    return tree


def _sentence(error: Misfit, source: str) -> str:
    """The first finding, and how many there are beside it."""
    first, *others = error.findings
    more = f" (and {len(others)} more)" if others else ""
    return f"{_place(first, source)} {_SENTENCES.get(first.kind, first.complaint)}{more}"


def _place(finding: Finding, source: str) -> str:
    first, *rest = finding.place
    start = source if first == "projects" else str(first).upper()
    return start + "".join(f"[{step}]" if isinstance(step, int) else f".{step[:80]}" for step in rest)


def _invalid(sentence: str) -> Refused:
    return Refused("settings-invalid", sentence)
