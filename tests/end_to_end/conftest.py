"""One running service for all end-to-end tests: this checkout, or with `ARCHIVE=1` the archive that is deployed."""

import os
from collections.abc import Iterator

import pytest

from emulators.stack.child import OURS
from emulators.stack.workplace import Workplace
from tests.deployed import archive
from tests.end_to_end.world import World, running


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Stand-ins and functions, as processes."""
    code = archive.installed() if os.environ.get("ARCHIVE") else OURS
    with running(tmp_path_factory.mktemp("logs"), code=code) as world:
        yield world


@pytest.fixture
def place(world: World) -> Workplace:
    """A project of the test's own, deployed once."""
    return world.place()
