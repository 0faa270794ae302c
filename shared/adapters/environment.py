"""Secrets by name, from the environment of a laptop."""

from collections.abc import Mapping
from functools import lru_cache


class EnvironmentSecrets:
    """For local runs: the secret `gitlab-token` is the variable `SECRET_GITLAB_TOKEN`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def values(self, name: str) -> tuple[str, ...]:
        """The lines of the variable; empty when it isn't set."""
        return lines(self._environ.get(self.variable(name), ""))

    @staticmethod
    def variable(name: str) -> str:
        """The variable that holds the secret."""
        return f"SECRET_{name.upper().replace('-', '_')}"


@lru_cache(maxsize=64)
def lines(text: str) -> tuple[str, ...]:
    """The accepted values that a secret's text holds, one a line, newest first; blank lines don't count."""
    return tuple(line.strip() for line in text.split("\n") if line.strip())
