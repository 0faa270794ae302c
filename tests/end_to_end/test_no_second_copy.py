"""F24: a new pipeline that is deployed again, or whose creation's answer is lost, never gets a second copy."""

from collections.abc import Iterator

import pytest

from emulators.stack import wire
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World

TITLE = "Brand new"
ENVIRONMENT = "aic/market-qa"


@pytest.fixture(params=["409", "create second"])
def title(world: World, request: pytest.FixtureRequest) -> Iterator[str]:
    """Whether AIC refuses a title that it has isn't known: the stand-in does either."""
    settings = f"{world.stack.aic_url}/__admin__/settings"
    before = wire.ask("GET", settings)["duplicate_title"]
    wire.ask("PUT", settings, json={"duplicate_title": request.param})
    yield TITLE
    wire.ask("DELETE", f"{world.stack.aic_url}/__admin__/faults")
    wire.ask("PUT", settings, json={"duplicate_title": before})


def copies(world: World, place: Workplace, title: str) -> int:
    """How many pipelines of the title AIC has."""
    shown = wire.ask("GET", f"{world.stack.aic_url}/__admin__/dump")["workspaces"]
    jobs = shown[f"{place.site.aic_project}/{place.site.branches['develop']}"]["jobs"]
    return sum(job["title"] == title for job in jobs)


def proposed(place: Workplace, title: str) -> int:
    new = place.config("Demographics") | {"title": title}
    return place.propose_files(place.files(new), branch="feature/new")


def test_f24_deploying_a_new_pipeline_again_makes_no_second_copy(world: World, place: Workplace, title: str) -> None:
    """By the same hook, by hand, and with everything looked at."""
    number = proposed(place, title)
    place.merge(number)

    place.deploy()
    place.deploy(full=True)
    place.deploy(pipelines=[title])

    assert copies(world, place, title) == 1
    assert place.person.deployments(ENVIRONMENT)[0]["status"] == "success"


@pytest.mark.parametrize(
    "fault",
    [{"kind": "500", "phase": "after"}, {"kind": "drop", "phase": "after"}, {"kind": "empty", "phase": "after"}],
    ids=lambda fault: str(fault["kind"]),
)
def test_f24_a_creation_whose_answer_is_lost_is_not_sent_twice(
    world: World, place: Workplace, title: str, fault: dict[str, object]
) -> None:
    """It has arrived: AIC is asked, and what it has is adopted."""
    number = proposed(place, title)
    rule = {**fault, "method": "POST", "times": 1}
    wire.ask("PUT", f"{world.stack.aic_url}/__admin__/faults", json=[rule])

    place.merge(number)
    place.deploy()

    assert copies(world, place, title) == 1
    assert place.person.deployments(ENVIRONMENT)[0]["status"] == "success"
    assert ["### ✅ Deployed" in note["body"] for note in place.person.notes(number)] == [True]
