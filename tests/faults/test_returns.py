"""Restores and rollbacks attacked from the question to the end of the deploy: all comes back, nothing else is lost."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import pytest

from tests.faults import blows, oracle
from tests.faults.acts import IN_AIC, IN_GITLAB, TYPED, Act
from tests.faults.blows import CRASHES, FIRST, Blow, faults
from tests.faults.oracle import judge
from tests.faults.relay import Relay
from tests.faults.returns import END, RETURNS, Trial, trial
from tests.faults.sampling import FULL, SEED, shown, some
from tests.faults.trials import FULL as FULL_DEPLOY
from tests.faults.trials import calm
from tests.faults.world import LAST, MERGED, Call
from tests.stage import Stage

CRASHED, PAIRS, FAULTS, OUTAGES, INSIDE, ACTED, ACTED_CRASHED = 8, 8, 12, 3, 6, 17, 8
SEEDS = 400 if FULL else 2
ACTS = {**IN_AIC, **IN_GITLAB}


@functools.cache
def quiet(name: str) -> Sequence[Call]:
    """The calls of one that nothing disturbs, its deploy included."""
    made = trial(name)
    made.deliver()
    assert made.ends() == []
    return tuple(made.world.calls)


def struck(name: str, hits: Mapping[int, Blow], *, attempts: int = LAST) -> tuple[Trial, list[str]]:
    """What was wrong after the attack, and after the same was asked for in peace."""
    made = trial(name)
    made.world.attack = blows.at(made.world, hits)
    return made, problems(made, attempts=attempts)


def problems(made: Trial, *, attempts: int = LAST) -> list[str]:
    """A dead letter is asked for anew: that is another message."""
    done = made.deliver(attempts=attempts)
    found = list(made.world.ledger.found)
    calm(made.world)
    if done is not None and done.messages and not any(topic == "aic-deploy" for topic, *_ in made.published()):
        found.append("a deploy is told of that nobody was asked for")
    return [*found, *(f"afterwards: {each}" for each in settled(made, number=1 if attempts == LAST else 2))]


def settled(made: Trial, *, number: int, overlapping: bool = False) -> list[str]:
    """All as it should be after it was asked for in peace, and nothing new after that: not by an old hook either."""
    world = made.world
    calm(world)
    made.follow()
    made.deliver(number)
    if doubled := oracle.twins(world.stage.aic):  # of a creation that came late; a person deletes them
        for title in doubled:
            world.person(partial(_remove, title))
        made.deliver(number)
    if made.wanted.proposed:
        world.deliver(FULL_DEPLOY)  # which would bring the bad version back, were it not held
    before = _size(world.stage)
    made.deliver(number)
    world.deliver(MERGED)
    rest = [] if _size(world.stage) == before else ["never comes to rest"]
    return [
        *made.ends(overlapping=overlapping),
        *judge(world.ledger, replace(END, late=world.late_in_gitlab, overlapping=True)),
        *rest,
    ]


@pytest.mark.parametrize("name", RETURNS)
@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "never delivered again"])
def test_a_crash_at_any_call_is_made_good(name: str, attempts: int) -> None:
    """By the next delivery, or by the same question once more."""
    cases = [(call.number, blow) for call in quiet(name) for blow in CRASHES]

    chosen = some(cases, CRASHED, of=f"{name} {attempts}")
    found = {f"{name} {at} {blow}": struck(name, {at: blow}, attempts=attempts)[1] for at, blow in chosen}

    assert len(cases) > 100
    assert shown(found) == ""


@pytest.mark.parametrize("name", RETURNS)
def test_a_second_crash_at_any_call_of_the_recovery_is_made_good(name: str) -> None:
    """The third delivery finds what two dead ones have left."""
    calls = len(quiet(name))
    cases = [
        (at, blow, again, second)
        for at in range(calls)
        for blow in CRASHES
        for again in range(at + 1, at + 1 + calls)
        for second in CRASHES
    ]

    found = {
        f"{name} {at} {blow}, {again} {second}": struck(name, {at: blow, again: second})[1]
        for at, blow, again, second in some(cases, PAIRS, of=name)
    }

    assert shown(found) == ""


@pytest.mark.parametrize("name", RETURNS)
@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "last delivery"])
def test_a_fault_at_any_call_is_made_good(name: str, attempts: int) -> None:
    """Lost and late answers included."""
    cases = [(call.number, blow) for call in quiet(name) for blow in faults(call)]

    chosen = some(cases, FAULTS, of=f"{name} {attempts}")
    found = {f"{name} {at} {blow}": struck(name, {at: blow}, attempts=attempts)[1] for at, blow in chosen}

    assert shown(found) == ""


@pytest.mark.parametrize("name", RETURNS)
@pytest.mark.parametrize("port", ["aic", "gitlab", "pubsub", "drive"])
def test_an_outage_that_begins_at_any_call_is_survived(name: str, port: str) -> None:
    """It lasts until nobody delivers the messages any more."""
    kinds = [*(Blow(kind) for kind in FIRST), Blow("500", after=True)]
    cases = list(product([call.number for call in quiet(name) if call.port == port], kinds))

    found = {}
    for at, blow in some(cases, OUTAGES, of=f"{name} {port}"):
        made = trial(name)
        made.world.attack = blows.since(made.world, at, blow, port=port)
        found[f"{name} {port} {at} {blow}"] = problems(made, attempts=2)

    assert shown(found) == ""


@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", RETURNS)
def test_a_question_that_comes_several_times_is_the_same_as_once(name: str, times: int) -> None:
    """What runs, each commit, merge request, record and note."""
    once, often = trial(name), trial(name)
    once.deliver()
    for _ in range(times):
        often.ask()
    often.follow()

    assert often.ends() == []
    assert often.world.ledger.found == []
    assert _size(often.world.stage) == _size(once.world.stage)


@pytest.mark.parametrize("name", RETURNS)
def test_one_that_comes_wholly_inside_another_changes_nothing(name: str) -> None:
    """Before each single call of the one the other one runs from its beginning to its end."""
    found = {}
    for number in some(range(len(quiet(name))), INSIDE, of=name):
        made = trial(name)
        made.world.attack = blows.before(number, made.deliver)
        made.deliver()
        found[f"{name} at {number}"] = [*made.world.ledger.found, *settled(made, number=1, overlapping=True)]

    assert shown(found) == ""


@pytest.mark.parametrize("name", RETURNS)
def test_two_that_take_turns_at_random_change_nothing(name: str) -> None:
    """One seed makes one order of all their calls."""
    found = {}
    for seed in range(SEED, SEED + SEEDS):
        made, relay = trial(name), Relay(seed)
        made.world.attack = relay.attack
        relay.run([made.deliver, made.deliver])
        found[f"{name} seed {seed}"] = [*made.world.ledger.found, *settled(made, number=1, overlapping=True)]

    assert shown(found) == ""


@pytest.mark.parametrize("name", RETURNS)
def test_a_person_between_any_two_steps_loses_nothing(name: str) -> None:
    """In AIC or in GitLab."""
    cases = list(product(ACTS, range(len(quiet(name)))))

    found = {f"{name}, {who} before {at}": _acted(name, ACTS[who], at, {}) for who, at in some(cases, ACTED, of=name)}

    assert shown(found) == ""


@pytest.mark.parametrize("name", RETURNS)
def test_a_person_and_then_a_crash_lose_nothing(name: str) -> None:
    """The next delivery finds what a person did beside what a dead run has left."""
    calls = len(quiet(name))
    cases = [
        (who, one, two, blow) for who in ACTS for one in range(calls) for two in range(one, calls) for blow in CRASHES
    ]

    found = {
        f"{name}, {who} before {one}, {two} {blow}": _acted(name, ACTS[who], one, {two: blow})
        for who, one, two, blow in some(cases, ACTED_CRASHED, of=name)
    }

    assert shown(found) == ""


def _acted(name: str, act: Act, number: int, then: Mapping[int, Blow]) -> list[str]:
    made = trial(name)
    made.world.attack = blows.before(number, lambda: made.world.person(act), then=blows.at(made.world, then))
    made.deliver()
    found = list(made.world.ledger.found)
    calm(made.world)
    made.follow()
    world = made.world
    there = {*oracle.live(world.stage.aic).values(), *oracle.everywhere(world.stage.gitlab)}
    at = world.calls[number].name
    found += [f"a window before {at}: {world.ledger.windows}"] if world.ledger.windows and at != "update" else []
    theirs = {text for text in (TYPED, "typed") if text in {*world.ledger.typed, "typed"}}
    lost = sorted(theirs - there - ({"typed"} if act is ACTS["edits b"] else set()))  # which somebody replaced
    found += [f"lost {text!r} before {at}" for text in lost if not world.ledger.windows]
    return found + judge(world.ledger, replace(END, asked=False, overlapping=True, told=False))


def _remove(title: str, stage: Stage) -> None:
    stage.aic.remove(title)


def _size(stage: Stage) -> tuple[int, ...]:
    """What grows with everything that is done."""
    gitlab = stage.gitlab
    notes = sum(map(len, gitlab.written.values()))
    return len(gitlab.commits), len(gitlab.requests), notes, len(gitlab.records), len(stage.writes())
