"""What runs as plain files, over real sockets."""

from emulators.stack.bucket import Bucket
from emulators.stack.site import BUCKET
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World

TITLE, WORKSPACE = "Demographics", "Market QA"


def asked(world: World, place: Workplace, **parameters: object) -> dict[str, object]:
    """What the log says of the command."""
    message = place.command("export", workspace=WORKSPACE, **parameters)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return line


def test_an_export_is_on_the_drive_and_the_same_when_it_is_asked_for_again(world: World) -> None:
    """Into the folder that was named, in Cloud Storage or in AIC."""
    place = world.place(saved=True)
    aic, cloud = place.site.drives

    first, second = (asked(world, place, drive=cloud, folder="for-the-audit", pipelines=[TITLE]) for _ in range(2))
    third = asked(world, place, drive=aic)

    names = Bucket(world.stack.storage_url, BUCKET).names(place.site.aic_project)
    mine = [name for name in names if "for-the-audit/" in name]
    assert (first["message"], second["message"], first["by"]) == ("export: done", "export: done", "ann")
    assert any(name.endswith(f"for-the-audit/config/{TITLE}.json") for name in mine)
    assert (len(mine), first["files"], second["files"]) == (first["files"],) * 3
    assert (third["outcome"], sorted(third["pipelines"])) == ("done", sorted(place.workspace().pipelines()))  # type: ignore[call-overload]
    notes = [each["note"] for each in place.person.comments(place.person.head("develop"))]
    assert any(str(third["folder"]) in each for each in notes)


def test_a_drive_that_the_settings_do_not_name_is_refused(world: World, place: Workplace) -> None:
    """The project has none."""
    line = asked(world, place)

    assert (line["severity"], line["reason"]) == ("ERROR", "drive-unknown")
