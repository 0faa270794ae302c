"""What GitLab forgot to tell is found by the sweep, over real sockets."""

from emulators.stack import traffic
from emulators.stack.waiting import until
from emulators.stack.workplace import Workplace
from shared.domain.messages.command import WORKFLOWS
from tests.end_to_end.world import World, is_marked, marked

TITLE = "Demographics"


def lines(world: World, message: str) -> list[dict[str, object]]:
    """What the log of the function says of the message."""
    return [record for record in world.stack.records("command") if record.get("message_id") == message]


def test_a_merge_whose_hook_was_lost_is_deployed_by_the_next_sweep(world: World, place: Workplace) -> None:
    """With its note, and once: the sweep after it finds nothing due."""
    hook = place.hook
    assert hook is not None
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=False)
    number = place.propose(TITLE, edit=marked, branch="feature/lost")
    place.person.merge(number)

    (first,) = lines(world, place.command("sweep"))
    (second,) = lines(world, place.command("sweep"))

    assert is_marked(place.workspace().pipelines()[TITLE])
    assert [TITLE in note["body"] for note in place.person.notes(number)] == [True]
    assert (first["message"], first["asked_for"]) == (
        "sweep: 1 asked for",
        [f"{place.site.path}:develop: its head was never deployed"],
    )
    assert (second["message"], second["severity"], second["by"]) == ("sweep: nothing due", "INFO", "ann")


def test_a_sweep_that_finds_nothing_asks_gitlab_little_and_aic_nothing(world: World, place: Workplace) -> None:
    """It runs every ten minutes."""
    stack = world.stack
    traffic.restart(stack.gitlab_url)
    traffic.restart(stack.aic_url)

    place.command("sweep")

    assert sum(traffic.requests(stack.gitlab_url).values()) <= 5
    assert (traffic.writes(stack.gitlab_url), traffic.requests(stack.aic_url)) == (0, {})


def test_a_hook_that_gitlab_has_disabled_is_told_as_an_error(world: World, place: Workplace) -> None:
    """Nothing else would say so: from then on hooks are simply missing."""
    hook = place.hook
    assert hook is not None
    mine = f"/hooks/{hook.number}"
    place.person.ask("PUT", mine, token="not-this-one", signing_token=None)
    for number in range(4):
        place.propose(TITLE, edit=marked, branch=f"feature/{number}")
    until(lambda: place.person.ask("GET", mine)["alert_status"] != "executable", what="GitLab to lose patience")

    (line,) = lines(world, place.command("sweep"))

    assert (line["severity"], line["hooks_disabled"]) == ("ERROR", [f"{place.site.path}: hook {hook.number}"])


def test_a_misspelt_workflow_is_refused_with_those_that_there_are(world: World, place: Workplace) -> None:
    """The log is all that can answer."""
    (line,) = lines(world, place.command("sweap"))

    assert line["reason"] == "message-invalid"
    assert f"(known: {', '.join(sorted(WORKFLOWS))})" in str(line["detail"])
