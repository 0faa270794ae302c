"""A person edits AIC, merges in GitLab or decides on a capture between any two steps of a snapshot: nothing is lost."""

from itertools import product

import pytest

from tests.faults import blows, capture_oracle, oracle
from tests.faults.acts import IN_AIC, IN_GITLAB, ON_CAPTURES
from tests.faults.blows import CRASHES, Blow
from tests.faults.nights import Trial, quiet, size, trial, unexplained
from tests.faults.sampling import shown, some
from tests.faults.snapshots import NIGHTS, SECRET
from tests.faults.trials import calm
from tests.faults.world import MERGED, Call, Effect, Ended

ACTS = {**IN_AIC, **IN_GITLAB, **ON_CAPTURES}
ACTED, CRASHED = 27, 8
"""For each scenario; all of them are some 1,200 and 60,000."""
REFUSED = ("refused", "failed")
"""A history that was rewritten, a broken mapping, a branch that is protected: people must act."""


@pytest.mark.parametrize("name", NIGHTS)
def test_a_person_between_any_two_steps_loses_nothing(name: str) -> None:
    """Two nights later both sides agree, or a merge request or a note says why not."""
    cases = list(product(ACTS, range(len(quiet(name).calls))))

    found = {f"{name}, {who} before {at}": problems(name, who, at) for who, at in some(cases, ACTED, of=name)}

    assert shown(found) == ""


@pytest.mark.parametrize("name", NIGHTS)
def test_a_person_and_then_a_crash_lose_nothing(name: str) -> None:
    """The next delivery finds what a person did beside what a dead run has left."""
    calls = len(quiet(name).calls)
    cases = [
        (who, one, two, blow) for who in ACTS for one in range(calls) for two in range(one, calls) for blow in CRASHES
    ]

    found = {
        f"{name}, {who} before {one}, {two} {blow}": problems(name, who, one, then={two: blow})
        for who, one, two, blow in some(cases, CRASHED, of=name)
    }

    assert shown(found) == ""


def problems(name: str, who: str, number: int, *, then: dict[int, Blow] | None = None) -> list[str]:
    """The person acts before that call; the run may die at a later one. Then come the next nights."""
    made = trial(name)
    strike = blows.at(made.world, then or {})

    def attack(call: Call, effect: Effect) -> object:
        if call.number == number:
            made.world.person(ACTS[who])
        return strike(call, effect)

    made.world.attack = attack
    if who == "changes the mapping":  # a workspace is adopted anew: what Git has comes by a merge request
        made.keeper.together -= oracle.configs(made.stage.gitlab, made.stage.head).keys()
    ended = made.deliver()
    found = _wrong(made, who)
    calm(made.world)
    again = [_night(made, each) for each in ("tonight", "the next night", "the night after")]
    found += [f"afterwards: {each}" for each in _wrong(made, who)]
    if again[-1].word not in REFUSED:
        found += [f"in the end: {each}" for each in unexplained(made)]
        before = size(made.stage)
        _night(made, "one more")
        found += [] if before == size(made.stage) else ["never comes to rest"]
    words = [each.word for each in (ended, *again)]
    return [f"{each} [{', '.join(words)}]" for each in dict.fromkeys(found)]


def _wrong(made: Trial, who: str) -> list[str]:
    """Where people change the branch or what stands on a side branch, an edit may have to be captured anew."""
    return capture_oracle.judge(made.keeper, secret=SECRET, moving=who not in IN_AIC)


def _night(made: Trial, name: str) -> Ended:
    """Whatever was merged meanwhile has been deployed, or been refused."""
    made.world.deliver(MERGED)
    return made.deliver(name)
