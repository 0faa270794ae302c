"""Pipelines are copied from workspace to workspace, over real sockets."""

import pytest

from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, marked

TITLE, OTHER = "Demographics", "Customer Loyalty"
SANDBOX, QA = "Market DEV", "Market QA"


@pytest.fixture
def place(world: World) -> Workplace:
    """A project whose workspaces agree with their branches."""
    return world.market()


def asked(world: World, place: Workplace, **parameters: object) -> dict[str, object]:
    """What the log says of the copy."""
    message = place.command("copy_pipelines", **parameters)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return line


def test_a_pipeline_is_copied_as_it_runs_and_nothing_else_changes(world: World, place: Workplace) -> None:
    """Twice asked is once done: the second deploy finds nothing to write."""
    place.merge(place.propose(TITLE, OTHER, edit=marked, branch="feature/1"))
    before = place.workspace("sandbox").pipelines()
    wanted = {"from": QA, "to": SANDBOX, "pipelines": [TITLE], "confirm": SANDBOX}

    first = asked(world, place, **wanted)
    after = place.workspace("sandbox").pipelines()
    notes = [each["note"] for each in place.person.comments(place.person.head("sandbox"))]
    second = asked(world, place, **wanted)

    assert (first["message"], second["message"], first["by"]) == ("copy_pipelines: asked",) * 2 + ("ann",)
    assert _content(after[TITLE]) == _content(place.workspace().pipelines()[TITLE]) != _content(before[TITLE])
    assert after[TITLE]["$id"] == before[TITLE]["$id"]
    assert {title: each for title, each in after.items() if title != TITLE} == {
        title: each for title, each in before.items() if title != TITLE
    }
    assert place.workspace("sandbox").pipelines() == after
    assert any(f"| `{TITLE}` | updated | as commit" in each for each in notes)


def test_what_is_overwritten_is_kept_and_what_no_git_has_is_not_copied(world: World, place: Workplace) -> None:
    """An edit in either workspace."""
    place.merge(place.propose(TITLE, edit=marked, branch="feature/1"))
    place.workspace("sandbox").edit(TITLE, salt="typed in the sandbox")
    asked(world, place, **{"from": "develop", "to": SANDBOX, "pipelines": [TITLE], "confirm": SANDBOX})
    kept = place.person.opened(target="sandbox")
    place.workspace().edit(TITLE, salt="typed in QA")

    line = asked(world, place, **{"from": QA, "to": SANDBOX, "pipelines": [TITLE], "confirm": SANDBOX})

    assert [each["source_branch"].startswith("aic-sync/") for each in kept] == [True]
    assert "typed in the sandbox" in str(place.person.file(f"config/{TITLE}.json", ref=kept[0]["source_branch"]))
    assert (line["severity"], line["reason"]) == ("ERROR", "live-not-in-git")
    assert "typed in QA" not in str(place.workspace("sandbox").pipelines())


def _content(config: dict[str, object]) -> dict[str, object]:
    return {name: config[name] for name in ("stages", "variables", "sourceStage", "sinkStage")}
