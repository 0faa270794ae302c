"""How people name a point in the past."""

from datetime import UTC, datetime

import pytest

from shared.domain import point
from shared.domain.point import At, OfBackup, OfCommit, OfDeployment, Point, Previous

SHA = "0123456789abcdef0123456789abcdef01234567"
NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
IN_GIT = [
    ("previous", Previous()),
    (SHA, OfCommit(SHA)),
    ("0" * 64, OfCommit("0" * 64)),
    ("ABCDEF0", OfCommit("abcdef0")),
    ("1234567", OfCommit("1234567")),
    ("1", OfDeployment(1)),
    ("123456", OfDeployment(123456)),
]
NONSENSE = ["", "latest", "Previous", "main", "abcdef", "0", "007", "0" * 65, "abcdefg", f"{SHA} ", "-1", "1.5"]


@pytest.mark.parametrize(("text", "found"), IN_GIT)
def test_a_branch_can_be_taken_back_to_what_git_has(text: str, found: Point) -> None:
    """Six digits are a deployment, seven a commit."""
    assert point.of_rollback(text) == point.of_restore(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-20T09:00:00Z", At(NINE)),
        ("2026-11-20 10:00+01:00", At(NINE)),
        ("2026-11-20T09:00", At(NINE)),
        ("2026-11-20", At(datetime(2026, 11, 20, tzinfo=UTC))),
        ("backup:latest", OfBackup("latest")),
        ("backup:20261120/090507-de650d61", OfBackup("20261120/090507-de650d61")),
        ("backup:2026-11-20T09:00:00Z", OfBackup(NINE)),
        ("backup:backups:latest", OfBackup("latest", "backups")),
        ("backup:backups:2026-11-20T09:00:00Z", OfBackup(NINE, "backups")),
        ("backup:gs://bucket/aic:by-hand", OfBackup("by-hand", "gs://bucket/aic")),
        ("backup:gs://bucket/aic:2026-11-20T09:00:00Z", OfBackup(NINE, "gs://bucket/aic")),
    ],
)
def test_a_workspace_can_be_restored_to_a_time_or_a_backup_too(text: str, found: Point) -> None:
    """A time without a zone is UTC; one of several drives may be named."""
    assert point.of_restore(text) == found
    with pytest.raises(ValueError, match="must be `previous`, a commit"):
        point.of_rollback(text)


@pytest.mark.parametrize("text", NONSENSE)
def test_anything_else_is_no_point_for_a_rollback(text: str) -> None:
    """The sentence says what would be one."""
    with pytest.raises(ValueError, match="or the number of a deployment"):
        point.of_rollback(text)


@pytest.mark.parametrize(
    "text",
    [
        *NONSENSE,
        "2026-13-20",
        "2026-11-20T25:00",
        "0001-01-01T00:00:00+12:00",
        "backup:",
        "backup:../x",
        "backup::latest",
        "backup:backups:",
        "backup:a\nb:latest",
    ],
)
def test_anything_else_is_no_point_for_a_restore(text: str) -> None:
    """The sentence says what would be one."""
    with pytest.raises(ValueError, match="`latest`, a time or a folder"):
        point.of_restore(text)
