"""Secrets by name, from Secret Manager. No error of this module holds a value."""

import threading
from collections.abc import Callable

from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.cloud.secretmanager_v1 import SecretManagerServiceClient

from ..deadline import Deadline
from ..domain.errors import Permanent
from ..ports import Clock
from . import attempts
from .checksum import crc32c
from .environment import lines

KEPT_SECONDS = 300
TIMEOUT_SECONDS = 5.0
_AGAIN = (exceptions.ServiceUnavailable, exceptions.ResourceExhausted, exceptions.InternalServerError)


class SecretManagerSecrets:
    """The `latest` version of each secret, kept for five minutes, so that a rotation needs no new deployment."""

    def __init__(self, *, project: str, client_factory: Callable[[], SecretManagerServiceClient], clock: Clock) -> None:
        """The client is made at the first use: gRPC does not survive the fork of the functions' server."""
        self._project = project
        self._client_factory = client_factory
        self._clock = clock
        self._client: SecretManagerServiceClient | None = None
        self._making = threading.Lock()
        self._kept: dict[str, tuple[float, tuple[str, ...]]] = {}

    def values(self, name: str) -> tuple[str, ...]:
        """The lines of the secret; empty when it, or any version of it, doesn't exist.

        Raises Transient `secrets-unavailable`, also for a disabled version or a denied access, which people can mend
        while the message waits; Permanent `secret-corrupt`.
        """
        kept = self._kept.get(name)
        if kept is not None and self._clock.monotonic() < kept[0]:
            return kept[1]
        return self.refresh(name)

    def refresh(self, name: str) -> tuple[str, ...]:
        """Reads the secret now, for when the outside world no longer takes what was kept."""
        self._kept.pop(name, None)
        data = self._read(name)
        values = () if data is None else lines(_text(data, name))
        self._kept[name] = (self._clock.monotonic() + KEPT_SECONDS, values)
        return values

    def _read(self, name: str) -> bytes | None:
        deadline = Deadline.within(self._clock, seconds=TIMEOUT_SECONDS)
        try:
            return attempts.read(lambda: self._access(name, timeout=deadline.left()), deadline=deadline, share=1)
        except exceptions.NotFound:
            return None
        except (exceptions.GoogleAPICallError, GoogleAuthError) as error:
            raise _unavailable(name, error) from error

    def _access(self, name: str, *, timeout: float) -> bytes:
        path = f"projects/{self._project}/secrets/{name}/versions/latest"
        try:
            payload = self._made().access_secret_version(name=path, timeout=timeout, retry=None).payload
        except _AGAIN as error:
            raise _unavailable(name, error) from error
        data = bytes(payload.data)
        if payload.data_crc32c != crc32c(data):
            raise Permanent("secret-corrupt", f"the checksum of the secret {name} does not match")
        return data

    def _made(self) -> SecretManagerServiceClient:
        with self._making:
            if self._client is None:
                self._client = self._client_factory()
            return self._client


def _text(data: bytes, name: str) -> str:
    """Raises outside of `except`: a UnicodeDecodeError carries the bytes, and would follow the error as its context."""
    text = data.decode("utf-8", "replace")
    if text.encode() != data:
        raise Permanent("secret-corrupt", f"the secret {name} is not UTF-8 text")
    return text


def _unavailable(name: str, error: Exception) -> attempts.Failed:
    return attempts.Failed("secrets-unavailable", f"the secret {name} can't be read ({type(error).__name__})")
