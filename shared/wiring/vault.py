"""Where the secrets come from, by the settings."""

from collections.abc import Mapping

from google.cloud.secretmanager import SecretManagerServiceClient

from .. import logs
from ..adapters.clock import SystemClock
from ..adapters.environment import EnvironmentSecrets
from ..adapters.secret_manager import SecretManagerSecrets
from ..domain.errors import Permanent
from ..ports import Secrets
from ..settings import Settings


def secrets(settings: Settings, environ: Mapping[str, str]) -> Secrets:
    """Secret Manager, or the environment of a laptop."""
    if settings.secrets == "environment":
        return EnvironmentSecrets(environ)
    return SecretManagerSecrets(
        project=settings.google_cloud_project, client_factory=SecretManagerServiceClient, clock=SystemClock()
    )


def accepted(vault: Secrets, name: str) -> tuple[str, ...]:
    """The values of a secret, which from now on can't appear in a log record."""
    values = vault.values(name)
    logs.hide(values)
    return values


def newest(vault: Secrets, name: str) -> str:
    """The value to show to others; raises Permanent `secret-missing`."""
    values = accepted(vault, name)
    if not values:
        raise Permanent("secret-missing", f"the secret `{name}` has no value; add one")
    return values[0]
