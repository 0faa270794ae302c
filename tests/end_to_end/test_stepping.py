"""A team's own step lies beside the functions and is taken between capture and merge request, over real sockets."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulators.stack import functions
from emulators.stack.child import ROOT, Code
from emulators.stack.push import push
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World

TITLE, WORKSPACE = "Demographics", "Market DEV"
RULES = """
def tidy(pipelines):
    for config in pipelines.values():
        config["variables"] = [{"id": "STEP", "value": "taken"}]
    return pipelines

def no(pipelines):
    return "not today"
"""
Ask = Callable[[Workplace, str], dict[str, Any]]


@pytest.fixture
def ask(world: World, tmp_path: Path) -> Ask:
    """Pushes a feature to a `command` of its own whose settings name the step; the line of its log."""
    folder = tmp_path / "workspace"
    (folder / "steps").mkdir(parents=True)
    (folder / "steps/rules.py").write_text(RULES, encoding="utf-8")
    shutil.copy(ROOT / "main.py", folder)
    for name in ("functions", "shared"):
        shutil.copytree(ROOT / name, folder / name)

    def pushed(place: Workplace, step: str) -> dict[str, Any]:
        settings = {**place.site.settings(), "step": step}
        environment = {**world.stack.environment([place.site]), "PROJECTS": json.dumps([settings])}
        parameters = {"project": place.site.path, "workspace": WORKSPACE, "pipelines": [TITLE], "name": "PIN-12"}
        with functions.running("command", environment=environment, logs=tmp_path, code=Code(folder)) as url:
            push(url, {"workflow": "push_feature", "parameters": parameters, "by": "ann"})
        place.queue.settle()
        lines = (tmp_path / "command.log").read_text(encoding="utf-8").splitlines()
        found: dict[str, Any] = [json.loads(each) for each in lines if '"workflow": "push_feature"' in each][-1]
        return found

    return pushed


def test_what_the_step_makes_is_proposed_and_comes_to_development(world: World, ask: Ask) -> None:
    """Sent twice it is taken once; live, development and the feature agree in the end."""
    place = world.market()
    place.workspace("sandbox").edit(TITLE, salt="typed in AIC")

    first = ask(place, "steps.rules:tidy")
    heads = [place.person.head(each) for each in ("sandbox", "feature/pin-12")]
    second = ask(place, "steps.rules:tidy")

    assert (first["outcome"], first["stepped"]) == ("proposed", [TITLE])
    assert (second["merge_request"], second["stepped"]) == (first["merge_request"], [])
    assert [place.person.head(each) for each in ("sandbox", "feature/pin-12")] == heads
    taken = [{"id": "STEP", "value": "taken"}]
    found = [place.config(TITLE, ref=each) for each in ("sandbox", "feature/pin-12")]
    live = place.workspace("sandbox").pipelines()[TITLE]
    assert [each["variables"] for each in (*found, live)] == [taken] * 3
    assert "typed in AIC" in json.dumps(live)


def test_a_step_that_says_no_leaves_the_capture_alone(world: World, ask: Ask) -> None:
    """And nothing is proposed."""
    place = world.market()
    place.workspace("sandbox").edit(TITLE, salt="typed in AIC")

    line = ask(place, "steps.rules:no")

    assert (line["outcome"], line["reason"], line["detail"]) == ("refused", "step-refused", "not today")
    assert place.person.opened(target="develop") == []
    assert "typed in AIC" in json.dumps(place.config(TITLE, ref="sandbox"))


def test_a_step_that_is_not_in_the_archive_is_told(world: World, ask: Ask) -> None:
    """By the settings alone there is none."""
    line = ask(world.market(), "steps.other:tidy")

    assert (line["outcome"], line["reason"]) == ("failed", "step-failed")
