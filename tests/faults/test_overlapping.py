"""Two runs at once, which the ordering of messages prevents in general: contents and records come out the same."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from tests.faults.oracle import judge
from tests.faults.relay import Relay
from tests.faults.sampling import FULL, SEED, shown, some
from tests.faults.scenarios import SCENARIOS, Scenario, said
from tests.faults.trials import END, calm, converged, quiet
from tests.faults.world import MERGED, Call, Effect, Ended, World
from tests.stage import Stage

SEEDS = 400 if FULL else 10
INSIDE = 16
"""Of the calls of each scenario before which another run comes; there are some 60."""
OVERLAPPING = replace(END, overlapping=True, told=False)


def nobody(_: Stage) -> None:
    """Only the message comes twice."""


def same(stage: Stage) -> None:
    """The pipeline is merged once more, meanwhile."""
    stage.merge(source="feature/late", a="late")


def other(stage: Stage) -> None:
    """Another one is."""
    stage.merge(source="feature/late", b="late")


def wanted(scenario: Scenario, act: Callable[[Stage], None]) -> Scenario:
    """What runs in the end when the act came on top."""
    changed = {"same": {"a": "late"}, "other": {"b": "late"}}.get(act.__name__, {})
    return replace(scenario, live={**scenario.live, **changed}) if scenario.proven else scenario


def problems(world: World, scenario: Scenario) -> list[str]:
    """Both have come to their ends; after another delivery all is as it should be."""
    calm(world)
    found = judge(world.ledger, OVERLAPPING)
    found += [f"afterwards: {each}" for each in converged(world, scenario, replace(OVERLAPPING, told=True))]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("act", [nobody, same, other], ids=lambda act: act.__name__)
@pytest.mark.parametrize("name", ["updates", "creation", "two-merges", "adoption", "conflict", "pushed"])
def test_a_run_that_comes_wholly_inside_another_changes_nothing(name: str, act: Callable[[Stage], None]) -> None:
    """Before each single call of the one the other one runs from its beginning to its end."""
    scenario, found = SCENARIOS[name], {}
    for number in some(range(len(quiet(name).calls)), INSIDE, of=f"{name} {act.__name__}"):
        world = World(scenario.make())
        world.attack = _inside(world, number, act)
        for message in scenario.messages:
            world.deliver(message)
        found[f"{name} {act.__name__} at {number}"] = problems(world, wanted(scenario, act))

    assert shown(found) == ""


@pytest.mark.parametrize("act", [nobody, same, other], ids=lambda act: act.__name__)
@pytest.mark.parametrize("name", ["updates", "creation", "two-merges", "adoption", "conflict", "pushed"])
def test_two_runs_that_take_turns_at_random_change_nothing(name: str, act: Callable[[Stage], None]) -> None:
    """One seed makes one order of all their calls."""
    scenario, found = SCENARIOS[name], {}
    for seed in range(SEED, SEED + SEEDS):
        world, relay = World(scenario.make()), Relay(seed)
        world.attack = relay.attack

        relay.run([partial(world.deliver, scenario.messages[0]), partial(_late, world, act)])
        found[f"{name} {act.__name__} seed {seed}"] = problems(world, wanted(scenario, act))

    assert shown(found) == ""


def _late(world: World, act: Callable[[Stage], None]) -> Ended:
    world.person(act)
    return world.deliver(MERGED)


def _inside(world: World, number: int, act: Callable[[Stage], None]) -> Callable[[Call, Effect], object]:
    def attack(call: Call, effect: Effect) -> object:
        if call.number == number:
            world.person(act)
            world.deliver(said())
        return effect()

    return attack
