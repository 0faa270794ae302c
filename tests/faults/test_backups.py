"""A backup attacked at each of its calls: what a drive says that it has can be read back whole, always."""

import functools
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product

import pytest

from tests.faults import blows
from tests.faults.acts import IN_AIC
from tests.faults.blows import CRASHES, FIRST, Blow
from tests.faults.relay import Relay
from tests.faults.sampling import FULL, SEED, shown, some
from tests.faults.saves import KEPT, trial, whole
from tests.faults.world import LAST, Call

BOTH = pytest.mark.parametrize("nightly", [False, True], ids=["by hand", "nightly"])
WRITES = ("put", "write_note", "delete")
SINGLES, PAIRS, OUTAGES, ACTED, INSIDE, CRASHED = 36, 30, 8, 5, 8, 3
SEEDS = 400 if FULL else 4


def struck(hits: Mapping[int, Blow], *, nightly: bool, attempts: int = LAST) -> list[str]:
    """What was wrong after the attack, and after the same message in peace."""
    made = trial(nightly=nightly)
    made.strike(blows.at(made.world, hits))
    made.deliver(attempts=attempts)
    return [*made.wrong(), *(f"afterwards: {each}" for each in whole(made))]


@functools.cache
def quiet(*, nightly: bool) -> Sequence[Call]:
    """The calls of a backup that nothing disturbs."""
    made = trial(nightly=nightly)
    made.deliver()
    assert made.wrong() == []
    return tuple(made.world.calls)


@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "last delivery"])
@BOTH
def test_whatever_hits_a_backup_nothing_is_called_one_that_can_not_be_read_back(
    *, attempts: int, nightly: bool
) -> None:
    """A drive that failed is named, the other one is complete, and asking again makes good what is missing."""
    cases = [(call.number, blow) for call in quiet(nightly=nightly) for blow in _blows(call)]

    chosen = some(cases, SINGLES, of=f"backup {attempts} {nightly}")
    found = {f"{at} {blow}": struck({at: blow}, nightly=nightly, attempts=attempts) for at, blow in chosen}

    assert len(cases) > 100
    assert shown(found) == ""


@BOTH
def test_a_second_blow_in_the_recovery_is_made_good(*, nightly: bool) -> None:
    """A crash, or an answer that was lost."""
    calls = quiet(nightly=nightly)
    cases = [
        (one.number, blow, other, second)
        for one in calls
        for blow in _blows(one)
        for other in range(one.number + 1, one.number + 1 + len(calls))
        for second in (*CRASHES, Blow("500", after=True))
    ]

    found = {
        f"{at} {blow}, {again} {second}": struck({at: blow, again: second}, nightly=nightly)
        for at, blow, again, second in some(cases, PAIRS, of=f"backup {nightly}")
    }

    assert shown(found) == ""


@pytest.mark.parametrize("port", ["drive", "aic", "gitlab"])
@BOTH
def test_an_outage_that_begins_at_any_call_is_survived(*, port: str, nightly: bool) -> None:
    """Until nobody delivers the message any more."""
    found = {}
    cases = list(product([call.number for call in quiet(nightly=nightly) if call.port == port], map(Blow, FIRST)))
    for call, blow in some(cases, OUTAGES, of=f"backup {port} {nightly}"):
        made = trial(nightly=nightly)
        made.strike(blows.since(made.world, call, blow, port=port))
        made.deliver(attempts=2)
        found[f"{port} {call} {blow}"] = [*made.wrong(), *(f"afterwards: {each}" for each in whole(made))]

    assert shown(found) == ""


@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
@BOTH
def test_a_backup_that_comes_several_times_is_the_same_as_once(*, times: int, nightly: bool) -> None:
    """The same files on each drive, and one note of one by hand."""
    once, often = trial(nightly=nightly), trial(nightly=nightly)
    once.deliver()
    for _ in range(times):
        often.deliver()

    assert often.wrong() == []
    assert dict(often.files()) == dict(once.files())
    assert list(map(len, often.world.stage.gitlab.written.values())) == ([] if nightly else [1])


@pytest.mark.parametrize("other", [KEPT + 1, KEPT + 2], ids=["the same", "another"])
@BOTH
def test_a_backup_that_comes_wholly_inside_another_harms_none(*, other: int, nightly: bool) -> None:
    """Before each single call of the one the other one runs from its beginning to its end."""
    found = {}
    for number in some(range(len(quiet(nightly=nightly))), INSIDE, of=f"backup {other} {nightly}"):
        made = trial(nightly=nightly)
        made.strike(blows.before(number, partial(made.deliver, other)))
        made.deliver()
        found[f"{other} at {number}"] = [*made.wrong(), *(f"afterwards: {each}" for each in whole(made))]

    assert shown(found) == ""


@pytest.mark.parametrize("other", [KEPT + 1, KEPT + 2], ids=["the same", "another"])
@BOTH
def test_two_backups_that_take_turns_at_random_harm_none(*, other: int, nightly: bool) -> None:
    """One seed makes one order of all their calls."""
    found = {}
    for seed in range(SEED, SEED + SEEDS):
        made, relay = trial(nightly=nightly), Relay(seed)
        made.strike(relay.attack)
        relay.run([made.deliver, partial(made.deliver, other)])
        found[f"{other} seed {seed}"] = [*made.wrong(), *(f"afterwards: {each}" for each in whole(made))]

    assert shown(found) == ""


@pytest.mark.parametrize("who", IN_AIC)
@BOTH
def test_whatever_people_do_meanwhile_what_was_saved_has_run(*, who: str, nightly: bool) -> None:
    """And what was there all the time is saved, or the backup says that it is one of some pipelines."""
    cases = [(number, None, 0) for number in range(len(quiet(nightly=nightly)))]
    cases = list(some(cases, ACTED, of=f"{who} {nightly}"))
    crashes = [
        (one, blow, two)
        for one in range(len(quiet(nightly=nightly)))
        for two in range(one, len(quiet(nightly=nightly)))
        for blow in CRASHES
    ]

    found = {}
    for number, blow, at in [*cases, *some(crashes, CRASHED, of=f"{who} {nightly}")]:
        made = trial(nightly=nightly)
        strike = blows.at(made.world, {at: blow} if blow else {})
        made.strike(blows.before(number, partial(made.world.person, IN_AIC[who]), then=strike))
        made.deliver()
        found[f"{who} before {number}, {at} {blow}"] = [
            *made.wrong(),
            *(f"afterwards: {each}" for each in whole(made)),
        ]

    assert shown(found) == ""


def _blows(call: Call) -> list[Blow]:
    before = [*CRASHES, *(Blow(kind) for kind in FIRST)]
    return [*before, Blow("500", after=True), Blow("late", later=3)] if call.name in WRITES else before
