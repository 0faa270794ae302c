"""What people read on the merge request of a capture."""

import json
import re
import shlex

import pytest

from shared.domain.capture import Mode

from ..stage import Stage, stage


def described(world: Stage, *, message: str = "9") -> str:
    world.snapshot(mode=Mode.MERGE_REQUEST, message=message)
    return world.gitlab.request(1).description


def test_an_edit_is_shown_with_its_lines() -> None:
    """Old and new, as code."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    text = described(world)

    assert "`a`" in text
    assert "+edited" in text
    assert '"query": "one"' in text


def test_new_deleted_and_renamed_pipelines_are_told_as_such() -> None:
    """What merging it would do is clear for each."""
    world = stage(gone="g", old="o", kept="k")
    world.aic.remove("gone")
    world.aic.put("new", "n")
    world.aic.configs[world.aic.id_of("old") or ""]["title"] = "fresh"
    text = described(world)

    for part in ("`gone`", "deleted", "`new`", "`fresh`", "was `old`"):
        assert part in text


def test_a_conflict_shows_both_sides_and_the_way_out() -> None:
    """With the message that has Git's version deployed."""
    world = stage(a="one")
    world.put(a="merged")
    world.aic.put("a", "edited")
    text = described(world)

    assert "conflict" in text
    assert "+edited" in text
    assert '"query": "merged"' in text
    assert '"force": true' in text


def line(text: str) -> dict[str, object]:
    """The message of the line that is to be pasted."""
    pasted = next(each for each in text.split("\n") if each.startswith("- To keep what Git has"))
    found: dict[str, object] = json.loads(shlex.split(re.split("(`+)", pasted)[2])[-1])
    return found


def test_the_line_that_lets_git_win_does_so() -> None:
    """Where Git changed nothing it has to name what it is about; somebody else's edit stays."""
    world = stage(a="one", b="uno", c="eins", d="un")
    world.aic.put("a", "edited's")
    world.aic.remove("b")
    text = described(world)
    world.aic.put("c", "edited later")
    world.gitlab.close(1)

    said = line(text)
    world.deploy(by_hand=True, **said)

    assert said["pipelines"] == ["a", "b"]
    assert world.aic.code() == {"a": "one", "b": "uno", "c": "edited later", "d": "un"}


def test_where_git_has_changed_all_of_it_the_line_deploys_the_branch() -> None:
    """What was merged beside it is due, too."""
    world = stage(a="one", b="uno")
    world.put(a="merged", b="merged")
    world.aic.put("a", "edited")

    said = line(described(world))
    world.deploy(by_hand=True, **said)

    assert "pipelines" not in said
    assert world.aic.code() == {"a": "merged", "b": "merged"}
    assert world.records()[-1] == (world.head, "success")


@pytest.mark.parametrize("very_many", [False, True])
def test_there_is_no_line_where_none_would_do(very_many: bool) -> None:
    """Git has no such pipeline, or the line had no end."""
    titles = [f"{number:02} {'long' * 30}" for number in range(40)] if very_many else []
    world = stage(**dict.fromkeys(titles, "one"))
    for title in titles or ["new"]:
        world.aic.put(title, "typed")

    assert "change it back there." in described(world)


def test_a_conflict_with_a_deletion_in_git_is_told() -> None:
    """Git has deleted what somebody edited."""
    world = stage(a="one", b="two")
    world.put(a=None)
    world.aic.put("a", "edited")

    assert "Git has deleted it" in described(world)


def test_of_very_many_the_gravest_are_shown_and_all_are_named() -> None:
    """The conflict is among the first."""
    world = stage(**{f"p{number:02}": "old" for number in range(40)})
    world.put(p39="merged")
    for number in range(40):
        world.aic.put(f"p{number:02}", "edited")
    text = described(world)

    assert '"query": "merged"' in text
    assert text.count("```diff") <= 2 * 30
    assert all(f"`p{number:02}`" in text for number in range(40))


def test_a_secret_that_git_has_already_is_not_shown_again() -> None:
    """It may be in the old lines."""
    token = "glpat-" + "x7Kq2mZp9RtVw4Yb8NcD"
    world = stage(a=f"select '{token}'")
    world.aic.put("a", "select secret_from_the_vault")
    text = described(world)

    assert token not in text
    assert "secret_from_the_vault" in text
