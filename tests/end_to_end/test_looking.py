"""What there is, and hello, over real sockets."""

from emulators.stack import traffic
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World

WORKSPACE = "Market QA"


def asked(world: World, place: Workplace, workflow: str, **parameters: object) -> dict[str, object]:
    """What the log says of the command."""
    message = place.command(workflow, **parameters)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return line


def test_what_there_is_is_listed_in_the_log_and_nothing_is_written(world: World, place: Workplace) -> None:
    """The same when it is asked for twice."""
    traffic.restart(world.stack.gitlab_url)
    traffic.restart(world.stack.aic_url)

    for _ in range(2):
        assert asked(world, place, "list", what="workspaces")["found"] == {WORKSPACE: "develop"}
        pipelines = asked(world, place, "list", what="pipelines", workspace=WORKSPACE)
        assert sorted(dict(pipelines["found"])) == sorted(place.workspace().pipelines())  # type: ignore[call-overload]
        branches = asked(world, place, "list", what="branches")
        assert branches["found"] == {"develop": WORKSPACE, "main": "not deployed"}
        drives = asked(world, place, "list", what="drives", workspace=WORKSPACE)
        assert (drives["message"], drives["severity"], drives["by"]) == ("list: 1 drives", "INFO", "ann")
        for what in ("branches", "datasets", "tables"):
            assert asked(world, place, "list", what=what, workspace=WORKSPACE)["count"] == 0
    assert (traffic.writes(world.stack.gitlab_url), traffic.writes(world.stack.aic_url)) == (0, 0)


def test_projects_are_those_of_the_settings(world: World, place: Workplace) -> None:
    """Of one, or of all."""
    site = place.site
    message = place.queue.publish("aic-command", {"workflow": "list", "parameters": {"what": "projects"}})
    place.queue.settle()
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]

    assert asked(world, place, "list", what="projects")["found"] == {site.path: f"{site.aic_project} (prod)"}
    assert dict(line["found"])[site.path] == f"{site.aic_project} (prod)"  # type: ignore[call-overload]
    assert int(str(line["count"])) > 1


def test_another_workspace_is_refused(world: World, place: Workplace) -> None:
    """As for every other workflow."""
    line = asked(world, place, "list", what="drives", workspace="Other")

    assert (line["severity"], line["reason"]) == ("ERROR", "workspace-not-allowed")


def test_hello_is_answered_and_shows_itself_in_a_branch(world: World, place: Workplace) -> None:
    """Once, however often it is said."""
    said = asked(world, place, "hello")
    dry = asked(world, place, "hello", branch=True, dry_run=True)
    first, second = (asked(world, place, "hello", branch=True) for _ in range(2))

    assert (said["message"], said["project"]) == ("hello: heard", place.site.path)
    assert (dry["message"], dry["detail"]) == (
        "hello: planned",
        "the message has arrived; the branch `hello` would be made",
    )
    assert (first["message"], second["message"]) == ("hello: made", "hello: nothing")
    assert place.person.file("hello.md", ref="hello") == "Hello!\n"
    assert place.person.file("hello.md", ref="main") is None
    (note,) = place.person.comments(place.person.head("hello"))
    assert "Asked for by `ann`" in note["note"]
