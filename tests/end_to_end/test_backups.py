"""Backups by hand and drills, over real sockets; nothing is looked at but the drives, GitLab and the logs."""

import pytest

from emulators.stack.bucket import Bucket
from emulators.stack.site import BUCKET
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World

WORKSPACE = "Market QA"


@pytest.fixture
def place(world: World) -> Workplace:
    """A project with a drive in AIC and one in a bucket."""
    return world.place(saved=True)


def asked(world: World, place: Workplace, workflow: str, **parameters: object) -> dict[str, object]:
    """What the log says of the command."""
    message = place.command(workflow, workspace=WORKSPACE, **parameters)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return line


def bucket(world: World) -> Bucket:
    return Bucket(world.stack.storage_url, BUCKET)


def archive(world: World, folder: str) -> str:
    """The only archive below the folder."""
    (name,) = [name for name in bucket(world).names(folder) if name.endswith(".zip")]
    return name


def comments(place: Workplace) -> str:
    """All that stands on the newest commit of the branch."""
    return "\n".join(each["note"] for each in place.person.comments(place.person.head("develop")))


def test_a_backup_is_on_every_drive_and_a_drill_reads_it_back(world: World, place: Workplace) -> None:
    """What can't be read back is said to be so, rather than proven."""
    line = asked(world, place, "backup")

    assert (line["message"], line["severity"]) == ("backup: backed up on 2 drives", "INFO")
    assert all(f"`{drive}`" in comments(place) for drive in place.site.drives)
    assert "💾 Backup of" in comments(place)
    drilled = asked(world, place, "drill")
    aic, cloud = place.site.drives
    where = f"{place.site.path}:{WORKSPACE}"
    assert (drilled["proven"], drilled["unreadable"]) == ([f"{where}:{cloud}"], [f"{where}:{aic}"])
    assert "Last proven restore" in comments(place)


def test_a_damaged_file_is_found_by_name(world: World, place: Workplace) -> None:
    """And told as an error."""
    asked(world, place, "backup")
    bucket(world).damage(archive(world, place.site.aic_project))

    line = asked(world, place, "drill")

    assert (line["severity"], line["outcome"]) == ("ERROR", "damaged")
    assert "damaged" in str(line["damaged"])
    assert "❌" in comments(place)


def test_some_pipelines_go_into_a_folder_of_a_chosen_name(world: World, place: Workplace) -> None:
    """Onto one of the drives; the same name is not taken twice."""
    wanted = {"pipelines": ["Demographics"], "drive": place.site.drives[1], "folder": "by-hand/1"}

    first, second = (asked(world, place, "backup", **wanted) for _ in range(2))

    assert first["message"] == "backup: backed up on 1 drive"
    assert "by-hand/1" in archive(world, f"{place.site.aic_project}/")
    assert "backup-exists" in str(second["backups_failed"])


def test_a_drill_of_a_project_becomes_one_for_each_workspace(world: World, place: Workplace) -> None:
    """As a snapshot does."""
    message = place.command("drill")

    lines = [record for record in world.stack.records("command") if record.get("request_id") == message]
    assert [line["message"] for line in lines] == ["drill: 1 asked for", "drill: 2 none"]
