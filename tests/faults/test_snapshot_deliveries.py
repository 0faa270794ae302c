"""Snapshots that come several times, or two at once: one capture is made of each edit, and told once."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.faults import capture_oracle
from tests.faults.nights import Trial, quiet, settled, trial
from tests.faults.relay import Relay
from tests.faults.sampling import FULL, SEED, shown, some
from tests.faults.snapshots import NIGHTS, SECRET
from tests.faults.trials import calm
from tests.faults.world import Call, Effect

SEEDS = 60 if FULL else 2
INSIDE = 8
"""Of the calls of each scenario before which another run comes; there are some 50."""


@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", NIGHTS)
def test_a_snapshot_that_comes_several_times_is_the_same_as_once(name: str, times: int) -> None:
    """What runs, each commit, merge request and note."""
    once, often = trial(name), trial(name)
    once.deliver()
    for _ in range(times):
        often.deliver()

    assert capture_oracle.judge(often.keeper, secret=SECRET) == []
    assert _left_by(often) == _left_by(once)


@pytest.mark.parametrize("other", ["tonight", "another"])
@pytest.mark.parametrize("name", NIGHTS)
def test_a_snapshot_that_comes_wholly_inside_another_changes_nothing(name: str, other: str) -> None:
    """Before each single call of the one the other one runs from its beginning to its end."""
    numbers = [call.number for call in quiet(name).calls]

    found = {f"{name} {other} at {at}": _inside(name, other, at) for at in some(numbers, INSIDE, of=f"{name} {other}")}

    assert shown(found) == ""


@pytest.mark.parametrize("other", ["tonight", "another"])
@pytest.mark.parametrize("name", NIGHTS)
def test_two_snapshots_that_take_turns_at_random_change_nothing(name: str, other: str) -> None:
    """One seed makes one order of all their calls."""
    found = {}
    for seed in range(SEED, SEED + SEEDS):
        made, relay = trial(name), Relay(seed)
        made.overlapping, made.world.attack = True, relay.attack
        relay.run([partial(made.world.deliver, made.message(each)) for each in ("tonight", other)])
        found[f"{name} {other} seed {seed}"] = _problems(made)

    assert shown(found) == ""


def _inside(name: str, other: str, number: int) -> list[str]:
    made = trial(name)
    made.overlapping = True
    made.world.attack = _before(made, number, lambda: made.world.deliver(made.message(other)))
    made.world.deliver(made.message())
    return _problems(made)


def _before(made: Trial, number: int, act: Callable[[], object]) -> Callable[[Call, Effect], object]:
    def attack(call: Call, effect: Effect) -> object:
        if call.number == number:
            act()
        return effect()

    return attack


def _problems(made: Trial) -> list[str]:
    """Both have come to their ends; after another night all is as it should be."""
    calm(made.world)
    made.world.follow()
    found = capture_oracle.judge(made.keeper, secret=SECRET)
    found += [f"afterwards: {each}" for each in settled(made, "the next night")]
    return list(dict.fromkeys(found))


def _left_by(made: Trial) -> tuple[object, ...]:
    """All that people can see; of notes where they stand, and whether they tell of a capture."""
    gitlab = made.stage.gitlab
    proposals = [each.proposal for each in gitlab.requests]
    notes = {place: ["Brought into Git" in note.body for note in written] for place, written in gitlab.written.items()}
    return sorted(gitlab.branches.items()), proposals, notes, made.stage.records(), made.stage.writes()
