"""Tools that only some machines have: their tests are skipped there with a reason, but never in CI."""

import os

import pytest


def needed(present: bool, *, why: str) -> pytest.MarkDecorator:
    """Skips when the tool is absent; with `CI=true` the test runs and fails instead."""
    return pytest.mark.skipif(not present and os.environ.get("CI") != "true", reason=why)
