"""The stand-ins that the strangers meet, empty before each test."""

from collections.abc import Iterator

import pytest

from tests.strangers.stand_in import StandIn, served

pytest.register_assert_rewrite("tests.strangers.python_gitlab")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is on this machine, whatever its settings say."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="session")
def one_gitlab() -> Iterator[StandIn]:
    with served("gitlab") as running:
        yield running


@pytest.fixture(scope="session")
def one_aic() -> Iterator[StandIn]:
    with served("aic") as running:
        yield running


@pytest.fixture
def gitlab(one_gitlab: StandIn) -> StandIn:
    one_gitlab.admin("POST", "reset")
    return one_gitlab


@pytest.fixture
def aic(one_aic: StandIn) -> StandIn:
    one_aic.admin("POST", "reset")
    return one_aic
