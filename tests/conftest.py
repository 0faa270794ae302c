"""What is covered is for the unit tests to say. Where that is measured everything takes more than twice the time.

The slowest unit tests, which reach nothing that others don't, bear the marker themselves.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

UNIT = Path(__file__).parent / "unit"


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Lines that only an attack or a stand-in happens to reach count as untested."""
    for item in items:
        if UNIT not in item.path.parents:
            item.add_marker("no_cover")
