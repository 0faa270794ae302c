"""What alerts hang on is written by the functions as they run, under the names that the signals have."""

from emulators.stack.bucket import Bucket
from emulators.stack.site import BUCKET
from emulators.stack.workplace import Workplace
from shared.domain.signals import ALERTS, CHARTS
from tests.end_to_end.world import World

WORKSPACE = "Market QA"
TITLE = "Demographics"


def seen(lines: list[dict[str, object]]) -> set[str]:
    """The names of all signals that some line matches."""
    named = {**ALERTS, **CHARTS}.items()
    return {name for name, signal in named if any(signal.matches(line) for line in lines)}


def of(world: World, function: str, message: str) -> set[str]:
    """The same of what a function said of a message."""
    return seen([each for each in world.stack.records(function) if each.get("message_id") == message])


def test_deploys_snapshots_and_commands_give_the_signals_of_their_kind(world: World) -> None:
    """Those that all is well, and those that it is not."""
    place = world.place(saved=True)
    bucket = Bucket(world.stack.storage_url, BUCKET)

    assert seen(world.told(place)) == {"deploys", "seconds"}
    assert of(world, "snapshot", place.snapshot()) == {
        "snapshot_tried",
        "snapshot_succeeded",
        "drift",
        "seconds",
    }
    assert of(world, "command", place.command("sweep")) == {"seconds"}
    assert of(world, "command", place.command("drill", workspace=WORKSPACE)) == {"seconds"}
    unknown = place.command("backup", workspace=WORKSPACE, drive="none")
    assert of(world, "command", unknown) == {"backup_failed", "seconds"}
    (archive, *_) = [name for name in bucket.names(place.site.aic_project) if name.endswith(".zip")]
    bucket.damage(archive)
    assert of(world, "command", place.command("drill", workspace=WORKSPACE)) == {"drill_failed", "seconds"}


def test_a_merge_that_can_not_be_deployed_gives_its_signal(world: World, place: Workplace) -> None:
    """Here since its file is no config."""
    place.merge(place.propose_files({f"config/{TITLE}.json": "no config"}, branch="feature/broken"))

    assert seen(world.told(place)[-1:]) == {"deploy_failed", "deploys", "seconds"}
