"""After each snapshot the workspace is on every drive, as it was read."""

import json

import pytest

from shared.domain.drives import DriveSettings
from shared.domain.errors import Refused, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.point import OfBackup
from shared.domain.snapshot_report import Outcome
from shared.domain.source import InBackup
from shared.flows.backups import contents, find

from ..stage import QA, Stage, stage
from .test_snapshot import codes

DRIVES = (DriveSettings(drive="backups"), DriveSettings(drive="gs://vault/aic"))


def restored(world: Stage, drive: str, folder: str) -> dict[str, str]:
    """Title to code, as the backup has it."""
    source = InBackup(drive, folder)
    found = {title: json.loads(data) for title, data in contents(source, workspace=QA, outside=world.outside())}
    return {title: each["stages"][0]["tasks"][0]["config"]["query"] for title, each in found.items()}


def test_a_snapshot_puts_the_workspace_onto_every_drive() -> None:
    """With the commit that it is in Git as, and the run."""
    world = stage(a="one", b="two")
    world.aic.put("a", "edited")
    report = world.snapshot(drives=DRIVES)

    assert [(line.drive, line.ok, line.pipelines) for line in report.backups] == [
        ("backups", True, 2),
        ("gs://vault/aic", True, 2),
    ]
    for line in report.backups:
        assert restored(world, line.drive, line.folder) == {"a": "edited", "b": "two"}
    assert report.backups[0].folder.endswith(f"-{report.run}")


def test_a_drive_that_fails_is_told_and_stops_nothing_else() -> None:
    """F34: neither the capture nor the other drive."""
    world = stage(a="one")
    world.aic.put("a", "edited")

    def before(call: str) -> None:
        raise Transient("drive-unavailable", "no answer")

    world.drive("backups").before = before
    report = world.snapshot(drives=DRIVES)

    assert [line.ok for line in report.backups] == [False, True]
    assert (report.outcome, codes(world)) == (Outcome.CAPTURED, {"a": "edited"})
    assert "no backup" in world.gitlab.body(OnCommit(world.head))


def test_what_git_can_not_hold_is_in_the_backup_all_the_same() -> None:
    """A backup is inside; a secret in it goes nowhere else."""
    world = stage(a="one")
    world.aic.put("../odd", "x")
    world.aic.put("a", "select 'glpat-" + "x7Kq2mZp9RtVw4Yb8NcD'")
    report = world.snapshot(drives=DRIVES[:1])

    assert sorted(restored(world, "backups", report.backups[0].folder)) == ["../odd", "a"]


def test_a_snapshot_that_could_not_read_everything_is_no_whole_backup() -> None:
    """The old ones stay the newest complete ones."""
    world = stage(a="one", b="two")
    world.aic.add_twin("b", "another")
    report = world.snapshot(drives=DRIVES[:1])

    (line,) = report.backups
    assert (line.ok, line.pipelines) == (True, 1)
    with pytest.raises(Refused, match="backup-missing"):
        find(OfBackup("latest"), workspace=QA, drives=DRIVES[:1], outside=world.outside())


def test_a_limited_or_dry_run_makes_no_backup() -> None:
    """It has not read the workspace, or was asked to write nothing."""
    world = stage(a="one")

    assert world.snapshot(drives=DRIVES, pipelines=["a"]).backups == ()
    assert world.snapshot(drives=DRIVES, dry_run=True).backups == ()
    assert world.drives == {}
