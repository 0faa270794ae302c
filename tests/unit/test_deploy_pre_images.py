"""What a deploy overwrites is saved on every drive before its first write."""

from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent
from shared.domain.gitlab import OnMergeRequest
from shared.domain.report import Outcome
from shared.domain.source import InBackup
from shared.flows import backups

from ..stage import QA, Stage, stage

BACKUPS, OTHER = DriveSettings(drive="backups"), DriveSettings(drive="other")


def saving(*drives: DriveSettings) -> Stage:
    """A merge of `a` and a new pipeline, beside one that stays."""
    world = stage(a="one", b="uno")
    world.merge(a="two", new="n")
    world.saved_on = drives or (BACKUPS,)
    return world


def saved(world: Stage, drive: str = "backups") -> list[str]:
    """The titles in the only backup there, each proven."""
    (folder,) = {path.rsplit("/", 1)[0] for path in world.drive(drive).files if path.endswith(".zip")}
    found = backups.contents(InBackup(drive, folder), workspace=QA, outside=world.outside())
    return [title for title, data in found if b"one" in data]


def test_what_is_overwritten_is_saved_before_the_first_write() -> None:
    """As it was live; what is only created had nothing before."""
    world = saving()
    calls: list[str] = []
    world.drive("backups").before = lambda _: calls.append("drive")
    world.aic.before = lambda call: calls.append(call)

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert saved(world) == ["a"]
    assert calls.index("drive") < calls.index("update")
    assert 0 < calls.count("drive") <= 5
    assert "**Backups**" in world.gitlab.body(OnMergeRequest(1))


def test_a_drive_that_fails_is_told_and_stops_nothing() -> None:
    """Neither the deploy nor the other drive."""
    world = saving(BACKUPS, OTHER)

    def full(_: str) -> None:
        raise Permanent("drive-refused", "it is full")

    world.drive("backups").before = full

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert saved(world, "other") == ["a"]
    assert "no backup: it is full" in world.gitlab.body(OnMergeRequest(1))


def test_nothing_is_saved_where_nothing_is_overwritten() -> None:
    """Only something new, a dry run, a conflict, or no drive at all."""
    world = stage(a="one")
    world.merge(new="n")
    world.saved_on = (BACKUPS,)
    world.deploy()
    dry, conflict, none = saving(), saving(), saving()
    dry.deploy(by_hand=True, dry_run=True)
    conflict.aic.put("a", "typed")
    conflict.deploy()
    none.saved_on = ()
    none.deploy()

    assert not any(each.drive("backups").files for each in (world, dry, conflict, none))


def test_what_is_too_much_for_git_is_saved_all_the_same() -> None:
    """And stops no deploy."""
    world = saving()
    deep: object = 0
    for _ in range(300):
        deep = [deep]
    world.aic.configs[world.aic.id_of("a") or ""]["schedule"] = deep

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert saved(world) == ["a"]


def test_a_renamed_pipeline_is_saved_under_its_old_title() -> None:
    """As it was."""
    world = stage(a="one", b="uno")
    world.gitlab.branches["feature/x"] = world.head
    world.put(branch="feature/x", a=None, new="one")
    world.gitlab.merge("feature/x", "develop")
    world.saved_on = (BACKUPS,)

    world.deploy()

    assert saved(world) == ["a"]
