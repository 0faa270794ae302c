"""Where the content of a deploy comes from."""

import pytest

from shared.domain import source
from shared.domain.source import AtCommit, InBackup

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"commit:{SHA}", AtCommit(SHA)),
        (f"commit:{'a' * 64}", AtCommit("a" * 64)),
        ("backup:backups:20261120/090507-de650d61", InBackup("backups", "20261120/090507-de650d61")),
        ("backup:gs://team-backups/aic:by-hand", InBackup("gs://team-backups/aic", "by-hand")),
        ("backup:Old drive: 2:a/b_c/d.e", InBackup("Old drive: 2", "a/b_c/d.e")),
    ],
)
def test_a_source_is_read_and_written_as_one_text(text: str, found: source.Source) -> None:
    """There and back."""
    assert source.read(text) == found
    assert str(found) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "main",
        SHA,
        f"commit:{SHA[:39]}",
        f"commit:{SHA.upper()}",
        f"commit:{SHA} ",
        f"Commit:{SHA}",
        "backup:",
        "backup:backups",
        "backup:backups:",
        "backup::folder",
        "backup:backups:/etc",
        "backup:backups:../x",
        "backup:backups:a/../b",
        "backup:backups:a//b",
        "backup:backups:a/",
        "backup:backups:.hidden",
        "backup:backups:a b",
        "backup:back\nups:a",
        f"backup:backups:{'a' * 513}",
        "snapshot:backups:a",
    ],
)
def test_anything_else_is_no_source(text: str) -> None:
    """And isn't quoted."""
    with pytest.raises(ValueError, match="must be `commit:<full sha>` or") as caught:
        source.read(text)

    assert SHA not in str(caught.value)
