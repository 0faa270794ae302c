"""One running service for all end-to-end tests."""

from collections.abc import Iterator

import pytest

from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, running


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Stand-ins and functions, as processes."""
    with running(tmp_path_factory.mktemp("logs")) as world:
        yield world


@pytest.fixture
def place(world: World) -> Workplace:
    """A project of the test's own, deployed once."""
    return world.place()
