"""From the environment to one frozen value, or to one sentence that says which variable is wrong and what to do."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from .domain import address, strict_yaml
from .domain.errors import Refused
from .projects import ProjectSettings, Strict, Whole, clash, filled

__all__ = ["ProjectSettings", "Settings"]

MAX_PROJECTS_BYTES = 1024 * 1024
_CLOUD_PROJECT = re.compile(r"[a-z][a-z0-9.:-]{1,62}")
_HOST_PORT = re.compile(r"(?P<host>\[::1\]|[a-z0-9.-]+):[0-9]{1,5}")
_SENTENCES = {
    "missing": "is missing; set it",
    "extra_forbidden": "is not known; remove it or correct its spelling",
    "string_type": "must be text",
    "dict_type": "must hold `name: value` lines",
    "mapping_type": "must hold `name: value` lines",
    "model_type": "must hold `name: value` lines",
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
    """Publishing there is neither encrypted nor authenticated, so it stays on this machine."""
    match = _HOST_PORT.fullmatch(value)
    if match is None or not address.is_loopback(match["host"].strip("[]")):
        raise ValueError("must be a host:port of this machine")
    return value


def _sender(value: str) -> str:
    if value.count("@") != 1 or not value.isprintable():
        raise ValueError("must be an e-mail address, with or without a name before it")
    return value


Url = Annotated[str, AfterValidator(_url)]


class Settings(Strict):
    """Each field is the environment variable of that name in capitals; what they mean is in docs/settings.md."""

    google_cloud_project: Annotated[str, AfterValidator(_cloud_project)]
    projects: Annotated[tuple[ProjectSettings, ...], AfterValidator(filled)]
    gitlab_url: Url
    aic_url_prod: Url = "https://prod.jdpower.ai/apis/core/v1"
    aic_url_qa: Url = "https://aic.qa.jdpower.com/apis/core/v1"
    secrets: Literal["manager", "environment"] = "manager"
    pubsub_emulator_host: Annotated[str, AfterValidator(_loopback)] | None = None
    smtp_url: Annotated[str, AfterValidator(_mail_server)] | None = None
    mail_from: Annotated[str, AfterValidator(_sender)] | None = None
    slack_api_url: Url | None = None
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(str.upper)] = "INFO"
    delivery_attempts: Annotated[Whole, Field(ge=5, le=100)] = 5
    ack_deadline_seconds: Annotated[Whole, Field(ge=10, le=600)] = 600

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Reads all variables, and the file of PROJECTS_FILE; a blank variable is one that is not set.

        Raises Refused `settings-invalid` that names the variable, or the place in the projects, but never a value.
        """
        source = _source(environ)
        texts = {field: environ.get(field.upper(), "").strip() for field in cls.model_fields}
        given = {field: text for field, text in texts.items() if text}
        try:
            settings = cls.model_validate(given | {"projects": _projects(environ[source], source)})
        except ValidationError as error:
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


def _projects(value: str, source: str) -> tuple[object, ...]:
    try:
        text = Path(value.strip()).read_bytes() if source == "PROJECTS_FILE" else value
        tree = strict_yaml.load(text, limit=MAX_PROJECTS_BYTES)
    except (OSError, ValueError):
        raise _invalid("PROJECTS_FILE can't be read; set it to the path of a readable file") from None
    except Refused as error:
        raise _invalid(f"{source} can't be used: {error.detail}") from None
    if not isinstance(tree, list):
        raise _invalid(f"{source} must hold a list of projects; begin each with `- gitlab_project:`")
    return tuple(tree)


def _sentence(error: ValidationError, source: str) -> str:
    """The first finding, in our words: pydantic's own text of some kinds of error quotes the value."""
    found = error.errors(include_url=False, include_input=False)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{_place(found[0], source)} {_complaint(found[0])}{more}"


def _place(detail: ErrorDetails, source: str) -> str:
    first, *rest = detail["loc"]
    start = source if first == "projects" else str(first).upper()
    return start + "".join(f"[{step}]" if isinstance(step, int) else f".{str(step)[:80]}" for step in rest)


def _complaint(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    return detail["msg"].removeprefix("Value error, ").replace("Input should", "must")


def _invalid(sentence: str) -> Refused:
    return Refused("settings-invalid", sentence)
