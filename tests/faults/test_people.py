"""A person edits AIC or merges in GitLab between any two steps: nothing that they typed is lost."""

from dataclasses import replace
from itertools import product

import pytest

from tests.faults import blows
from tests.faults.acts import IN_AIC, IN_GITLAB, TYPED, Act
from tests.faults.blows import CRASHES, Blow
from tests.faults.oracle import everywhere, judge, live
from tests.faults.sampling import shown, some
from tests.faults.scenarios import SCENARIOS
from tests.faults.trials import END, calm, quiet, told
from tests.faults.world import MERGED, Call, Effect, World

ACTED, CRASHED = 7, 2
"""For each act and scenario; all of them are some 50, and 2,500 places where a run dies after the person was there."""


ACTS = {**IN_AIC, **IN_GITLAB}
ALL = (
    "updates",
    "creation",
    "deletion",
    "two-merges",
    "adoption",
    "remapped",
    "pushed",
    "rename",
    "captured",
    "held",
    "heal",
    "rewritten",
    "limited",
    "forced",
    "restored",
)


def problems(name: str, act: Act, number: int, *, then: Blow | None = None, at: int = 0) -> tuple[list[str], World]:
    """The person acts before that call; the run may die at a later one. Then all is delivered once more."""
    world = World(SCENARIOS[name].make())
    strike = blows.at(world, {at: then} if then else {})

    def attack(call: Call, effect: Effect) -> object:
        if call.number == number:
            world.person(act)
        return strike(call, effect)

    world.attack = attack
    ended = [world.deliver(message) for message in SCENARIOS[name].messages]
    found = [] if ended[-1].dead or not all(map(told, ended)) else judge(world.ledger, replace(END, asked=False))
    calm(world)
    again = world.deliver(MERGED)
    found += [f"afterwards: {each}" for each in judge(world.ledger, END)] if told(again) else []
    window = world.calls[number].name == "update" if number < len(world.calls) else False
    there = {*live(world.stage.aic).values(), *everywhere(world.stage.gitlab)}
    lost = TYPED not in there and TYPED in world.ledger.typed
    if lost and not (window and world.ledger.windows):
        found.append(f"lost before {world.calls[number].name}")
    if world.ledger.windows and not window:
        found.append(f"a window before {world.calls[number].name}: {world.ledger.windows}")
    return [f"{each} [{', '.join(one.word for one in ended)}, {again.word}]" for each in dict.fromkeys(found)], world


@pytest.mark.parametrize(("name", "who"), [*product(ALL, ACTS)])
def test_a_person_between_any_two_steps_loses_nothing(name: str, who: str) -> None:
    """But for a save within the one round trip between guard-read and write, and only there."""
    numbers = range(len(quiet(name).calls))

    chosen = some(numbers, ACTED, of=f"{name} {who}")
    found = {f"{name}, {who} before {number}": problems(name, ACTS[who], number)[0] for number in chosen}

    assert shown(found) == ""


@pytest.mark.parametrize(("name", "who"), [*product(ALL, ACTS)])
def test_a_person_and_then_a_crash_lose_nothing(name: str, who: str) -> None:
    """The next delivery finds an edit beside what a dead run has left."""
    calls = len(quiet(name).calls)
    cases = [(one, two, blow) for one in range(calls) for two in range(one, calls) for blow in CRASHES]

    found = {
        f"{name}, {who} before {one}, {two} {blow}": problems(name, ACTS[who], one, then=blow, at=two)[0]
        for one, two, blow in some(cases, CRASHED, of=f"{name} {who}")
    }

    assert shown(found) == ""


def test_the_window_that_stays_is_one_round_trip_and_is_seen_by_the_oracle() -> None:
    """It is documented; were it closed some day, or wider, this would say so."""
    calls = quiet("updates").calls
    open_at = [call.number for call in calls if problems("updates", ACTS["edits a"], call.number)[1].ledger.windows]

    assert [calls[number].name for number in open_at] == ["update"]
    assert [calls[number - 1].name for number in open_at] == ["read"]
