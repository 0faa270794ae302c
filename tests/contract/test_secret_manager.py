"""The adapter of Secret Manager: Google's own client against a small gRPC server."""

from collections.abc import Callable, Iterator

import grpc
import pytest
from google.auth.exceptions import GoogleAuthError
from google.cloud.secretmanager_v1 import SecretManagerServiceClient
from google.cloud.secretmanager_v1.types import SecretPayload

from shared.adapters.checksum import crc32c
from shared.adapters.secret_manager import KEPT_SECONDS, SecretManagerSecrets
from shared.domain.errors import Permanent, ServiceError, Transient

from ..fakes import FakeClock
from .vault import Vault, payload

LATEST = "projects/demo/secrets/gitlab-token/versions/latest"


@pytest.fixture
def vault() -> Vault:
    """Empty until the test fills it."""
    return Vault()


@pytest.fixture
def client(vault: Vault) -> Iterator[Callable[[], SecretManagerServiceClient]]:
    """Makes Google's client, connected to the vault."""
    with vault.served() as client:
        yield client


@pytest.fixture
def clock() -> FakeClock:
    """Time that only the test moves."""
    return FakeClock()


@pytest.fixture
def secrets(client: Callable[[], SecretManagerServiceClient], clock: FakeClock) -> SecretManagerSecrets:
    """The adapter as the functions use it."""
    return SecretManagerSecrets(project="demo", client_factory=client, clock=clock)


def failure(secrets: SecretManagerSecrets) -> ServiceError:
    """How reading the secret fails; nothing of it may show what the server said or sent."""
    with pytest.raises(ServiceError) as caught:
        secrets.values("gitlab-token")
    assert "canary" not in str(caught.value)
    assert "gitlab-token" in caught.value.detail
    return caught.value


def test_the_latest_version_is_read_line_by_line(vault: Vault, secrets: SecretManagerSecrets) -> None:
    """Within five seconds, and without Google's own retries, which would wait longer than a hook can."""
    vault.answers = [payload("neu-ü\nold\n".encode())]

    assert secrets.values("gitlab-token") == ("neu-ü", "old")
    assert vault.asked == [LATEST]
    assert 0 < vault.seconds[0] < 5.5  # gRPC rounds a deadline up by some milliseconds


def test_a_secret_is_kept_for_five_minutes(vault: Vault, secrets: SecretManagerSecrets, clock: FakeClock) -> None:
    """Then a new version is seen, without a new deployment."""
    vault.answers = [payload(b"one"), payload(b"two")]

    assert secrets.values("gitlab-token") == ("one",)
    clock.advance(KEPT_SECONDS - 1)
    assert secrets.values("gitlab-token") == ("one",)
    clock.advance(1)
    assert secrets.values("gitlab-token") == ("two",)
    assert len(vault.asked) == 2


def test_each_secret_is_kept_by_its_own_name(vault: Vault, secrets: SecretManagerSecrets) -> None:
    """SEC-23: one project never gets another one's."""
    vault.answers = [payload(b"one"), payload(b"two")]

    assert [secrets.values(name) for name in ("a", "b", "a")] == [("one",), ("two",), ("one",)]


def test_a_refresh_reads_at_once(vault: Vault, secrets: SecretManagerSecrets) -> None:
    """For when a rotation was faster than what is kept."""
    vault.answers = [payload(b"one"), payload(b"two")]

    assert secrets.values("gitlab-token") == ("one",)
    assert secrets.refresh("gitlab-token") == ("two",)
    assert secrets.values("gitlab-token") == ("two",)


@pytest.mark.parametrize("answer", [grpc.StatusCode.NOT_FOUND, payload(b""), payload(b" \n ")])
def test_sec_25_a_missing_or_blank_secret_has_no_values(
    answer: SecretPayload | grpc.StatusCode, vault: Vault, secrets: SecretManagerSecrets
) -> None:
    """It is then for the asker to refuse; this too is kept, so that nobody can make us ask without end."""
    vault.answers = [answer]

    assert secrets.values("gitlab-token") == secrets.values("gitlab-token") == ()
    assert len(vault.asked) == 1


@pytest.mark.parametrize(
    "answer", [grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED]
)
def test_a_disabled_version_or_denied_access_is_transient_and_asked_once(
    answer: grpc.StatusCode, vault: Vault, secrets: SecretManagerSecrets
) -> None:
    """People mend it while the message waits; asking at once again can't help."""
    vault.answers = [answer]

    error = failure(secrets)

    assert isinstance(error, Transient)
    assert error.reason == "secrets-unavailable"
    assert len(vault.asked) == 1


def test_a_passing_failure_is_tried_again(vault: Vault, secrets: SecretManagerSecrets) -> None:
    """Reads may be repeated."""
    vault.answers = [grpc.StatusCode.UNAVAILABLE, payload(b"one")]

    assert secrets.values("gitlab-token") == ("one",)


def test_a_lasting_failure_is_transient_after_three_tries_at_most(
    vault: Vault, secrets: SecretManagerSecrets, clock: FakeClock
) -> None:
    """All within the five seconds."""
    vault.answers = [grpc.StatusCode.UNAVAILABLE]

    error = failure(secrets)

    assert (type(error).__mro__[1], error.reason) == (Transient, "secrets-unavailable")
    assert 1 <= len(vault.asked) <= 3
    assert sum(clock.slept) < 5


def test_an_old_value_does_not_outlive_a_failure(vault: Vault, secrets: SecretManagerSecrets, clock: FakeClock) -> None:
    """A secret that was taken away must not go on working because Secret Manager is slow."""
    vault.answers = [payload(b"one"), grpc.StatusCode.PERMISSION_DENIED]
    secrets.values("gitlab-token")
    clock.advance(KEPT_SECONDS)

    failure(secrets)
    failure(secrets)


def test_a_value_that_was_to_be_refreshed_is_not_used_again(vault: Vault, secrets: SecretManagerSecrets) -> None:
    """The outside world had refused it, so it doesn't come back when the refresh fails."""
    vault.answers = [payload(b"one"), grpc.StatusCode.PERMISSION_DENIED, payload(b"two")]
    secrets.values("gitlab-token")

    with pytest.raises(Transient):
        secrets.refresh("gitlab-token")

    assert secrets.values("gitlab-token") == ("two",)


@pytest.mark.parametrize(
    "answer",
    [
        SecretPayload(data=b"canary", data_crc32c=crc32c(b"other")),
        SecretPayload(data=b"canary"),
        payload(b"canary\xff"),
    ],
)
def test_sec_09_a_corrupt_secret_is_refused_and_not_shown(
    answer: SecretPayload, vault: Vault, secrets: SecretManagerSecrets
) -> None:
    """Neither in the error nor in what it was caused by."""
    vault.answers = [answer]

    error = failure(secrets)

    assert isinstance(error, Permanent)
    assert error.reason == "secret-corrupt"
    assert error.__cause__ is None
    assert error.__context__ is None


def test_missing_credentials_are_transient(clock: FakeClock) -> None:
    """The client is only made at the first use, and its making may fail as well."""

    def failing() -> SecretManagerServiceClient:
        raise GoogleAuthError

    secrets = SecretManagerSecrets(project="demo", client_factory=failing, clock=clock)

    assert failure(secrets).reason == "secrets-unavailable"


def test_the_client_is_made_once_and_not_before_it_is_needed(
    vault: Vault, client: Callable[[], SecretManagerServiceClient], clock: FakeClock
) -> None:
    """Clients don't survive the fork of the functions' server, and each one costs a connection."""
    vault.answers = [payload(b"one")]
    made: list[SecretManagerServiceClient] = []

    def counting() -> SecretManagerServiceClient:
        made.append(client())
        return made[-1]

    secrets = SecretManagerSecrets(project="demo", client_factory=counting, clock=clock)
    assert not made
    secrets.values("a")
    secrets.values("b")

    assert len(made) == 1
