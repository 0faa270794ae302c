"""Tools that only some machines have: their tests are skipped there with a reason, but never in CI."""

import os
from typing import NoReturn

import pytest


def needed(present: bool, *, why: str) -> pytest.MarkDecorator:
    """Skips when the tool is absent; with `CI=true` the test runs and fails instead."""
    return pytest.mark.skipif(not present and not _must(), reason=why)


def absent(why: str) -> NoReturn:
    """The same inside of a test, where only a try could tell that something is absent."""
    if _must():
        pytest.fail(why)
    pytest.skip(why)


def _must() -> bool:
    return os.environ.get("CI") == "true"
