"""What people change in AIC comes to Git, over real sockets; nothing is looked at but the two systems and the logs."""

from emulators.stack import traffic
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, is_marked, marked

TITLE, OTHER = "Demographics", "Customer Loyalty"


def lines(world: World, message: str) -> list[dict[str, object]]:
    """What the log of the function says of the message."""
    return [record for record in world.stack.records("snapshot") if record.get("message_id") == message]


def test_an_edit_in_aic_becomes_a_commit_and_is_on_record(world: World, place: Workplace) -> None:
    """One commit with config and code; the deploy that is asked for finds nothing to write, and records it."""
    before, head = place.config(TITLE), place.person.head("develop")
    place.workspace().edit(TITLE, salt="quick fix")
    live = place.workspace().pipelines()[TITLE]
    traffic.restart(world.stack.aic_url)

    (line,) = lines(world, place.snapshot())

    after = place.config(TITLE)
    assert (line["message"], line["workspace"]) == ("snapshot: captured", "Market QA")
    assert after["stages"] == live["stages"] != before["stages"]
    newest = place.person.ask("GET", "/repository/commits/develop")
    assert (newest["parent_ids"], "AIC-Workspace: Market QA" in newest["message"]) == ([head], True)
    assert place.person.deployments("aic/market-qa")[0]["sha"] == newest["id"]
    assert traffic.writes(world.stack.aic_url) == 0


def test_where_nothing_changed_nothing_is_written(world: World, place: Workplace) -> None:
    """Not even a note."""
    head = place.person.head("develop")
    traffic.restart(world.stack.gitlab_url)

    message = place.queue.publish(
        "aic-snapshot",
        {"project": place.site.path, "workspace": "Market QA"},
        attributes={"origin": "scheduler"},
    )
    place.queue.settle()

    assert [line["message"] for line in lines(world, message)] == ["snapshot: clean"]
    assert place.person.head("develop") == head
    assert traffic.writes(world.stack.gitlab_url) == 0


def test_a_merged_change_that_is_not_deployed_yet_survives_a_snapshot(place: Workplace) -> None:
    """An edit of another pipeline is captured beside it."""
    files = place.files(marked(place.config(TITLE)))
    place.person.commit("develop", {f"config/{TITLE}.json": files[f"config/{TITLE}.json"]}, message="Not deployed yet")
    place.workspace().edit(OTHER, salt="quick fix")

    place.snapshot()

    assert is_marked(place.config(TITLE))
    assert "quick fix" in str(place.config(OTHER))


def test_a_message_without_a_workspace_becomes_one_for_each(world: World, place: Workplace) -> None:
    """Each has its own line in the log, and whoever asked is known in all of them."""
    message = place.snapshot(None, by="ann")

    (line,) = lines(world, message)
    assert line["message"] == "snapshot: 1 asked for"
    told = [each for each in world.stack.records("snapshot") if each.get("project") == place.site.path]
    assert [(each["workspace"], each["by"]) for each in told] == [("Market QA", "ann")]


def test_a_workspace_outside_of_the_settings_reaches_neither_system(world: World, place: Workplace) -> None:
    """The allow-list is looked at before anything else."""
    traffic.restart(world.stack.gitlab_url)
    traffic.restart(world.stack.aic_url)

    message = place.queue.publish("aic-snapshot", {"project": place.site.path, "workspace": "Market PROD"})
    place.queue.settle()

    assert [line["reason"] for line in lines(world, message)] == ["workspace-not-allowed"]
    assert (traffic.requests(world.stack.gitlab_url), traffic.requests(world.stack.aic_url)) == ({}, {})
