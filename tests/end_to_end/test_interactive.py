"""Interactive branches in AIC's editor, over real sockets."""

import re
from typing import Any

from emulators.stack import wire
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, is_marked, marked

TITLE, OTHER = "Demographics", "Customer Loyalty"
WORKSPACE = "Market QA"


def asked(world: World, place: Workplace, workflow: str, **parameters: object) -> dict[str, object]:
    """What the log says of the command."""
    message = place.command(workflow, workspace=WORKSPACE, **parameters)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return line


def branches(place: Workplace) -> list[dict[str, Any]]:
    """All interactive branches of the workspace."""
    shown = wire.ask("GET", f"{place.aic_url}/__admin__/dump")["workspaces"][f"{place.site.aic_project}/{WORKSPACE}"]
    return [each for found in shown["branches"].values() for each in found.values()]


def test_a_feature_is_laid_into_the_editor_once_and_tidied_up(world: World, place: Workplace) -> None:
    """What runs stays as it is; whatever is sent twice is done once."""
    before = place.workspace().pipelines()
    place.propose(TITLE, edit=marked, branch="feature/x")
    wanted = {"pipelines": [TITLE], "branch": "feature/x"}

    first, second = (asked(world, place, "push_interactive_branch", **wanted) for _ in range(2))

    (made,) = branches(place)
    assert re.fullmatch(r"PUSH_\d{14}", made["name"])
    assert is_marked(made["config"])
    assert (first["message"], second["message"]) == (
        "push_interactive_branch: done",
        "push_interactive_branch: nothing",
    )
    assert place.workspace().pipelines() == before
    notes = [each["note"] for each in place.person.comments(place.person.head("develop"))]
    assert any(made["name"] in each for each in notes)
    listed = asked(world, place, "list", what="branches")
    assert listed["found"] == {TITLE: made["name"]}
    kept = asked(world, place, "delete_interactive_branches", pipelines=[TITLE], older_than=1)
    gone, again = (asked(world, place, "delete_interactive_branches", pipelines=[TITLE]) for _ in range(2))
    assert (kept["outcome"], gone["outcome"], again["outcome"]) == ("nothing", "done", "nothing")
    assert branches(place) == []
    assert place.workspace().pipelines() == before


def test_a_dry_run_makes_nothing_and_a_misspelt_name_is_refused(world: World, place: Workplace) -> None:
    """Both answer."""
    dry = asked(world, place, "push_interactive_branch", pipelines=[TITLE, OTHER], dry_run=True)
    wrong = asked(world, place, "push_interactive_branch", pipelines=["typo"])

    assert (dry["outcome"], len(list(dry["done"]))) == ("planned", 2)  # type: ignore[call-overload]
    assert (wrong["severity"], wrong["reason"]) == ("ERROR", "unknown-pipeline")
    assert branches(place) == []
