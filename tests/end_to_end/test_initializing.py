"""A GitLab project is made by one message, and what is merged into it is deployed, over real sockets."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from emulators import seeding
from emulators.stack import traffic, wire
from emulators.stack.gitlab import Hook
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World

FILES = (".gitlab-ci.yml", "README.md", "branch_to_workspace.yaml", "code/.gitkeep", "config/.gitkeep")
ROLES = {
    "production": "Market",
    "staging": {"workspace": "Market QA", "branch": "develop"},
    "development": {"workspace": "Market DEV", "branch": "sandbox"},
}
BRANCHES = ("main", "develop", "sandbox")


@pytest.fixture
def plot(world: World) -> Workplace:
    """A project that is in the settings alone."""
    return world.plot()


def asked(world: World, plot: Workplace, **more: object) -> dict[str, object]:
    """What the log says of the command's last delivery."""
    message = plot.command("initialize_repository", **{"roles": ROLES, **more})
    return [record for record in world.stack.records("command") if record.get("message_id") == message][-1]


def jobs(workspace: str, count: int) -> list[dict[str, Any]]:
    """Pipelines as AIC has them."""
    found: Any = seeding.workspace(workspace, count)["jobs"]
    return list(found)


def hooks(plot: Workplace) -> list[dict[str, object]]:
    found: list[dict[str, object]] = plot.person.ask("GET", "/hooks")
    return found


def test_a_project_is_made_complete_on_every_branch_and_a_merge_into_it_is_deployed(
    world: World, plot: Workplace
) -> None:
    """Nothing is made by a dry run, and nothing twice."""
    assert asked(world, plot, dry_run=True)["outcome"] == "planned"
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        plot.person.ask("GET", "")

    first = asked(world, plot)

    assert (first["outcome"], first["severity"], first["differs"]) == ("made", "INFO", [])
    missing = [(branch, path) for branch in BRANCHES for path in FILES if plot.person.file(path, ref=branch) is None]
    assert missing == []
    assert plot.person.ask("GET", "")["default_branch"] == "main"
    assert "security/templates" in str(plot.person.file(".gitlab-ci.yml", ref="sandbox"))
    rules = {each["name"]: each["merge_access_levels"][0]["access_level"] for each in _rules(plot)}
    assert rules == {"main": 40, "develop": 30, "sandbox": 30}
    assert [each["name"] for each in plot.person.ask("GET", "/labels")] == ["aic::delete"]
    (hook,) = hooks(plot)
    assert (hook["token_present"], hook["signing_token_present"], hook["push_events"]) == (True, True, False)
    (note,) = plot.person.comments(plot.person.head("main"))
    assert "is ready" in note["note"]

    traffic.restart(world.stack.gitlab_url)
    assert asked(world, plot)["outcome"] == "nothing"
    assert traffic.writes(world.stack.gitlab_url) == 0

    (config,) = jobs("Market QA", 1)
    number = plot.propose_files(plot.files(config), branch="feature/first")
    plot.person.merge(number)
    replace(plot, hook=Hook(plot.person, int(str(hook["id"])))).await_hook(number)
    assert list(plot.workspace().pipelines()) == [config["title"]]


@pytest.mark.parametrize("route", ["/projects$", "/repository/commits$", "/protected_branches$", "/hooks$"])
def test_an_answer_that_is_lost_makes_nothing_twice(world: World, plot: Workplace, route: str) -> None:
    """GitLab did it and didn't say so: Pub/Sub delivers again, which finds it."""
    admin = f"{world.stack.gitlab_url}/__admin__/faults"
    rule = {"kind": "drop", "method": "POST", "route": route, "times": 1, "phase": "after", "path": "fresh|projects$"}
    wire.ask("PUT", admin, json=[rule])
    try:
        line = asked(world, plot)
    finally:
        wire.ask("DELETE", admin)

    assert line["outcome"] == ("nothing" if "hooks" in route else "made")
    assert (line["attempt"], line["failed"]) == (2, [])
    assert (len(hooks(plot)), len(_rules(plot))) == (1, 3)


def test_what_the_settings_do_not_allow_is_not_made(world: World, plot: Workplace) -> None:
    """Neither another workspace nor another project."""
    line = asked(world, plot, roles={"production": "Elsewhere"})
    other = asked(world, plot, project="team/anything")

    assert (line["reason"], other["reason"]) == ("workspace-not-allowed", "project-unknown")
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        plot.person.ask("GET", "")


def _rules(plot: Workplace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plot.person.ask("GET", "/protected_branches")
    return found
