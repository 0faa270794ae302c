"""What people read about backups."""

import pytest

from shared.domain.backup_report import BackupLine, fields, item, markdown, summary

STORED = BackupLine("backups", "20261128/233201-0a1b2c3d", ok=True, pipelines=3, size=1536)
FAILED = BackupLine("gs://abc", "", ok=False, detail="Cloud Storage answered 503", reason="drive-unavailable")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), ""),
        ((STORED,), "backed up on 1 drive"),
        ((STORED, STORED), "backed up on 2 drives"),
        ((STORED, FAILED), "backed up on 1 of 2 drives"),
        ((FAILED,), "not backed up"),
    ],
)
def test_a_few_words_say_whether_there_is_a_backup(lines: tuple[BackupLine, ...], words: str) -> None:
    """For headlines and logs."""
    assert summary(lines) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (STORED, "complete in `20261128/233201-0a1b2c3d` (3 pipelines, 1.5 KiB)"),
        (
            BackupLine("x", "f", ok=True, size=3 << 20, removed=2),
            "complete in `f` (0 pipelines, 3.0 MiB); 2 older removed",
        ),
        (
            BackupLine("x", "f", ok=True, kept="backup-incomplete"),
            "complete in `f` (0 pipelines, 0.0 KiB); older ones stay for now, `backup-incomplete`",
        ),
        (FAILED, "no backup: Cloud Storage answered 503 (`drive-unavailable`)"),
        (BackupLine("x", "f", ok=False, reason="deadline"), "no backup: it failed (`deadline`)"),
    ],
)
def test_each_drive_has_a_sentence(line: BackupLine, words: str) -> None:
    """With what has to be known to find the backup, or to mend the drive."""
    assert item(line) == (line.drive, words)


def test_a_note_lists_the_drives() -> None:
    """Nothing where there are none."""
    assert markdown(()) == ""
    assert "**Backups**" in markdown([STORED])
    assert "- `gs://abc`: no backup: Cloud Storage answered 503 (`drive-unavailable`)" in markdown([STORED, FAILED])


def test_the_log_tells_where_the_backups_are() -> None:
    """And what failed, by reason."""
    kept = BackupLine("x", "f", ok=True, removed=1, kept="deadline")

    assert fields([STORED, FAILED, kept]) == {
        "backups": {"backups": "20261128/233201-0a1b2c3d", "x": "f"},
        "backups_failed": {"gs://abc": "drive-unavailable"},
        "drives_failed": 1,
        "backups_removed": 1,
        "backups_kept": {"x": "deadline"},
    }
