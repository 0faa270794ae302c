"""What is covered is for the unit tests to say. Where that is measured everything takes more than twice the time.

The slowest unit tests, which reach nothing that others don't, bear the marker themselves.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

UNIT = Path(__file__).parent / "unit"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """In a worker of pytest-xdist pytest-cov 7 starts two measurements, of which the marker pauses the second only.

    The first one is that of the process that deals the tests out. Where it went on, every test was traced.
    """
    plugin = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and plugin is not None and plugin.cov_controller is not None:
        plugin.cov_controller.pause()


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Lines that only an attack or a stand-in happens to reach count as untested."""
    for item in items:
        if UNIT not in item.path.parents:
            item.add_marker("no_cover")
