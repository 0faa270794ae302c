"""Who may push where in the GitLab stand-in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulators.gitlab.access import is_protected, needed_level
from emulators.gitlab.defaults import SETTINGS
from emulators.gitlab.project import Project
from emulators.gitlab.protection import Protection
from emulators.gitlab.repository import GitRepository
from emulators.settings import Settings


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(1, "g", "p", GitRepository(tmp_path / "1.git"), datetime(2026, 1, 1, tzinfo=UTC), Settings(SETTINGS))
    levels = {"main": 40, "release/*": 30, "*/frozen": 0, "release/1": 40, "a[b]?": 40}
    made.protected.update({pattern: Protection(1, push=level) for pattern, level in levels.items()})
    return made


@pytest.mark.parametrize(
    ("branch", "protected", "level"),
    [
        ("main", True, 40),
        ("main2", False, 30),
        ("release/2/x", True, 30),
        ("release/1", True, 30),
        ("x/y/frozen", True, 0),
        ("a[b]?", True, 40),
        ("abc", False, 30),
    ],
)
def test_the_least_demanding_rule_that_covers_a_branch_counts(
    project: Project, branch: str, protected: bool, level: int
) -> None:
    """A rule of level 0 lets nobody through by itself; without a rule developers may push."""
    assert (is_protected(project, branch), needed_level(project, branch)) == (protected, level)
