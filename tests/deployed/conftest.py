"""What all tests here work with."""

import pytest

from emulators.stack.child import Code
from tests.deployed import archive


@pytest.fixture
def code() -> Code:
    """The archive, installed once for all tests."""
    return archive.installed()
