"""After each snapshot the workspace is on every drive, as it was read."""

import json

import pytest

from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent, Refused, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.layout import MAPPING_FILE
from shared.domain.occasion import Kind
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


UNMAPPED = "mapping:\n  main: PIN FUSION 2.0\n"


def unmapped(**pipelines: str) -> Stage:
    """A workspace that has lost its line in the mapping file."""
    world = stage(**pipelines)
    world.gitlab.push("main", {MAPPING_FILE: UNMAPPED})
    return world


def test_a_workspace_that_no_branch_holds_is_saved_all_the_same() -> None:
    """Somebody may have dropped its line by mistake; what is typed there has no other copy."""
    world = unmapped(a="one")
    world.aic.put("b", "typed")
    commits = len(world.gitlab.commits)

    report = world.snapshot(drives=DRIVES)

    assert (report.outcome, report.reason) == (Outcome.IGNORED, "workspace-not-mapped")
    assert [(line.drive, line.ok) for line in report.backups] == [("backups", True), ("gs://vault/aic", True)]
    assert restored(world, "backups", report.backups[0].folder) == {"a": "one", "b": "typed"}
    assert len(world.gitlab.commits) == commits
    assert world.publisher.published == []


def test_of_a_workspace_that_no_branch_holds_a_missing_backup_is_told() -> None:
    """Each night, as of others."""
    world = unmapped(a="one")
    world.heard_of = frozenset(Kind)

    def full() -> None:
        raise Permanent("drive-refused", "no")

    world.drive("backups").before = lambda _: full()

    report = world.snapshot(drives=DRIVES[:1])

    assert [line.ok for line in report.backups] == [False]
    assert [each.kind for each in world.news()] == [Kind.BACKUP_FAILED]


@pytest.mark.parametrize("said", [{"dry_run": True}, {"pipelines": ["a"]}, {"drives": ()}], ids=str)
def test_a_workspace_that_no_branch_holds_is_only_looked_at_to_be_saved(said: dict[str, object]) -> None:
    """Else AIC isn't even asked."""
    world = unmapped(a="one")

    assert world.snapshot(**{"drives": DRIVES, **said}).backups == ()
    assert world.aic.calls == []


def test_of_an_empty_workspace_that_no_branch_holds_there_is_nothing_to_save() -> None:
    """A list that is empty by a fault must not be the newest backup."""
    world = unmapped()

    assert world.snapshot(drives=DRIVES).backups == ()
    assert not any(drive.files for drive in world.drives.values())


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
