"""Whether a function may start at all, told before the first request. Runs at every cold start: imports little."""

from collections.abc import Mapping

from shared.adapters.environment import EnvironmentSecrets
from shared.domain import signature
from shared.domain.errors import Permanent, ServiceError
from shared.settings import Settings


def check(target: str, environ: Mapping[str, str]) -> None:
    """Ends the process with one sentence where the settings are wrong, or the webhook could let nobody in.

    Secrets of Secret Manager are only looked at with the first request: a gRPC client made here would not survive the
    fork of the functions' server.
    """
    try:
        _check(target, environ)
    except ServiceError as error:
        raise SystemExit(str(error)) from None


def _check(target: str, environ: Mapping[str, str]) -> None:
    settings = Settings.read(environ)
    if target != "webhook" or settings.secrets != "environment":
        return
    secrets = EnvironmentSecrets(environ)
    for project in settings.projects:
        tokens = secrets.values(project.secrets.gitlab_webhook_token)
        keys = secrets.values(project.secrets.gitlab_signing_token)
        if not signature.secrets(tokens, keys):
            raise Permanent(
                "hook-secret-missing",
                f"{project.gitlab_project} has neither a webhook token nor a signing token: "
                f"set {EnvironmentSecrets.variable(project.secrets.gitlab_webhook_token)} "
                f"or {EnvironmentSecrets.variable(project.secrets.gitlab_signing_token)}",
            )
