"""What every `ports.Secrets` promises: the fake of the tests, the environment, and Secret Manager's own client."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import grpc
import pytest

from shared.adapters.environment import EnvironmentSecrets
from shared.adapters.secret_manager import SecretManagerSecrets
from shared.ports import Secrets
from tests.contract.vault import Vault, payload
from tests.fakes import FakeClock, FakeSecrets

NAME = "gitlab-token"
Held = tuple[str, ...] | None
"""The values of the one secret that there may be, newest first."""


@contextmanager
def faked(held: Held) -> Iterator[Secrets]:
    yield FakeSecrets({} if held is None else {NAME: held})


@contextmanager
def environment(held: Held) -> Iterator[Secrets]:
    yield EnvironmentSecrets({} if held is None else {"SECRET_GITLAB_TOKEN": "\n".join(held)})


@contextmanager
def stood_in(held: Held) -> Iterator[Secrets]:
    vault = Vault([grpc.StatusCode.NOT_FOUND if held is None else payload("\n".join(held).encode())])
    with vault.served() as client:
        yield SecretManagerSecrets(project="demo", client_factory=client, clock=FakeClock())


KINDS: Mapping[type[Secrets], Callable[[Held], AbstractContextManager[Secrets]]] = {
    FakeSecrets: faked,
    EnvironmentSecrets: environment,
    SecretManagerSecrets: stood_in,
}
Holding = Callable[[Held], AbstractContextManager[Secrets]]


@pytest.fixture(params=KINDS, ids=["fake", "environment", "stand-in"])
def holding(request: pytest.FixtureRequest) -> Holding:
    @contextmanager
    def opened(held: Held) -> Iterator[Secrets]:
        with KINDS[request.param](held) as secrets:
            assert type(secrets) is request.param
            yield secrets

    return opened


@pytest.mark.parametrize("held", [("one",), ("newest-ü", "older", "oldest")])
def test_the_values_are_newest_first(holding: Holding, held: tuple[str, ...]) -> None:
    """One or more, so that a secret can be rotated while both are in use; the same each time."""
    with holding(held) as secrets:
        assert secrets.values(NAME) == secrets.values(NAME) == held


def test_a_secret_that_is_not_there_has_no_values(holding: Holding) -> None:
    """It is for the asker to refuse."""
    with holding(None) as secrets:
        assert secrets.values(NAME) == ()


def test_an_empty_secret_has_no_values(holding: Holding) -> None:
    """Above all not one empty value, which anybody could send."""
    with holding(()) as secrets:
        assert secrets.values(NAME) == ()
