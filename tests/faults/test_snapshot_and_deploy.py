"""A snapshot and a deploy of one workspace at once, which the ordering of messages doesn't prevent: nothing is lost."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import pytest

from shared.domain.capture import Mode
from tests.faults import capture_oracle, oracle, trials
from tests.faults.nights import Trial, quiet, trial, unexplained
from tests.faults.relay import Relay
from tests.faults.sampling import FULL, SEED, shown, some
from tests.faults.scenarios import SCENARIOS
from tests.faults.snapshots import NIGHTS, SECRET, Night
from tests.faults.trials import END, calm
from tests.faults.world import MERGED, Call, Effect, World
from tests.stage import Stage

SEEDS = 60 if FULL else 2
INSIDE = 8
"""Of the calls of each scenario, with each act; there are some 150."""
DEPLOYS = tuple(name for name in SCENARIOS if name not in ("refused", "limited", "forced"))
ACTS: Mapping[str, Callable[[Stage], object]] = MappingProxyType(
    {
        "nobody": lambda _: None,
        "merges a": lambda stage: stage.merge(source="feature/late", a="late"),
        "edits a": lambda stage: stage.aic.put("a", "typed by a person"),
    }
)


@pytest.mark.parametrize("name", NIGHTS)
def test_a_deploy_that_comes_wholly_inside_a_snapshot_loses_nothing(name: str) -> None:
    """Before each single call, also where something was merged or edited for it."""
    cases = [(who, call.number) for who in ACTS for call in quiet(name).calls]

    chosen = some(cases, INSIDE, of=name)
    found = {f"{name} {who} at {at}": _deploy_inside(name, who, at) for who, at in chosen}

    assert shown(found) == ""


@pytest.mark.parametrize("name", DEPLOYS)
def test_a_snapshot_that_comes_wholly_inside_a_deploy_loses_nothing(name: str) -> None:
    """In either mode."""
    cases = [(mode, who, call.number) for mode in Mode for who in ACTS for call in trials.quiet(name).calls]

    found = {
        f"{name} {mode.value} {who} at {at}": _snapshot_inside(name, mode, who, at)
        for mode, who, at in some(cases, INSIDE, of=name)
    }

    assert shown(found) == ""


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", DEPLOYS)
def test_a_snapshot_and_a_deploy_that_take_turns_at_random_lose_nothing(name: str, mode: Mode) -> None:
    """One seed makes one order of all their calls."""
    found = {}
    for seed in range(SEED, SEED + SEEDS):
        made, relay = _deploying(name, mode), Relay(seed)
        made.world.attack = relay.attack
        relay.run([partial(_all, made.world, name), partial(made.world.deliver, made.message())])
        found[f"{name} {mode.value} seed {seed}"] = _problems(made)

    assert shown(found) == ""


def _deploying(name: str, mode: Mode) -> Trial:
    """The deploy's scenario, with somebody who keeps track of every text."""
    scenario = SCENARIOS[name]
    return Trial(Night(scenario.make, {}, mode), scenario.make(), overlapping=True)


def _all(world: World, name: str) -> None:
    for message in SCENARIOS[name].messages:
        world.deliver(message)


def _deploy_inside(name: str, who: str, number: int) -> list[str]:
    """A merge and its deploy within the round trip before a merge request may propose the same edit once more."""
    made, calls = trial(name), [call.name for call in quiet(name).calls]
    made.world.attack = _before(made, number, who, lambda: made.world.deliver(MERGED))
    made.world.deliver(made.message())
    found = _problems(made)
    within = who == "merges a" and "propose" in calls[number : number + 2]
    return [each for each in found if not (within and " twice" in each)]


def _snapshot_inside(name: str, mode: Mode, who: str, number: int) -> list[str]:
    made = _deploying(name, mode)
    made.world.attack = _before(made, number, who, lambda: made.world.deliver(made.message()))
    _all(made.world, name)
    return _problems(made)


def _before(made: Trial, number: int, who: str, act: Callable[[], object]) -> Callable[[Call, Effect], object]:
    def attack(call: Call, effect: Effect) -> object:
        if call.number == number:
            made.world.person(ACTS[who])
            act()
        return effect()

    return attack


def _problems(made: Trial) -> list[str]:
    """Two nights later both sides agree, or it is said why not."""
    calm(made.world)
    made.world.follow()
    by = replace(END, overlapping=True, told=False)
    found = [*capture_oracle.judge(made.keeper, secret=SECRET, moving=True), *oracle.judge(made.world.ledger, by)]
    for name in ("the next night", "the night after"):
        made.world.deliver(MERGED)
        made.deliver(name)
    found += [f"afterwards: {each}" for each in capture_oracle.judge(made.keeper, secret=SECRET, moving=True)]
    found += [f"in the end: {each}" for each in unexplained(made)]
    return list(dict.fromkeys(found))
