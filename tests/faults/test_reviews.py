"""Reviews under attack: crashes, faults and runs that overlap; one note and the newest status tell the truth."""

import re
from collections.abc import Callable, Mapping
from functools import partial

import pytest

from shared.domain import labels, run
from shared.domain.delivery import Delivery
from shared.domain.errors import ServiceError
from shared.domain.gitlab import OnMergeRequest
from shared.domain.review_report import ReviewReport
from shared.flows.catalogue import Catalogue
from shared.flows.foresight import Question
from shared.flows.reviewing import ReviewOrder, review
from tests.fake_proposals import OWN
from tests.faults import blows
from tests.faults.blows import CRASHES, FIRST, Blow, faults
from tests.faults.relay import Relay
from tests.faults.sampling import FULL, SEED, shown, some
from tests.faults.trials import calm
from tests.faults.world import Call, Effect, Killed, World
from tests.stage import ALLOWED, Stage, stage

SEEDS, FAULTS = (400, 10_000) if FULL else (25, 60)
LAST = 5
SOURCE = "feature/x"
UNSEEN = "who reads its tables is not known"
"""What a note says that does without GitLab's archive."""
_MOMENTS = re.compile(r"\d{4}-\d\d-\d\d(T| at )\d\d:\d\d:\d\d(\.\d{3}Z)?|run=[0-9a-f]{8}")


def make() -> Stage:
    """A merge request !1 that changes one pipeline and deletes another."""
    on = stage(a="INSERT INTO x.a SELECT 1", b="SELECT * FROM x.a", c="3")
    on.gitlab.branches[SOURCE] = on.head
    on.put(branch=SOURCE, a="INSERT INTO x.a SELECT 2", c=None)
    on.gitlab.open(SOURCE, "develop")
    return on


def world() -> World:
    """Nothing happens in it yet."""
    return World(make())


def once(on: World, catalogue: Catalogue, *, message: str = "1", final: bool = False) -> ReviewReport:
    """One delivery."""
    named = run.of(Delivery(message, b"", {}), now=on.stage.clock.now())
    on.stage.clock.advance(0.001)
    return review(ReviewOrder(Question("pin/fusion", 1, ALLOWED, named), final=final), catalogue, on.outside())


def deliver(on: World, *, message: str = "1", attempts: int = LAST) -> str:
    """The message until it is acknowledged or a dead letter; the word for how it ended."""
    word, catalogue = "", Catalogue()
    for attempt in range(1, attempts + 1):
        try:
            report = once(on, catalogue, message=message, final=attempt == attempts)
            return "untold" if report.untold else report.outcome.value
        except ServiceError as error:
            word = error.reason
        except Killed:
            word = "killed"
        on.stage.clock.advance(10)
    return word


def told(on: Stage) -> list[str]:
    """Our notes, and what the newest commit's newest status says, without the moments."""
    found = on.gitlab.request(1)
    notes = [each.body for each in on.gitlab.written.get(OnMergeRequest(1), []) if each.user == OWN]
    posted = on.gitlab.statuses(found.head, branch=SOURCE, name="aic/plan")
    return [_MOMENTS.sub("-", text) for text in (*notes, *(f"{each.state} {each.description}" for each in posted[:1]))]


def truth(on: Stage) -> list[str]:
    """What a project says in which nothing was told before."""
    gitlab = on.gitlab
    written, posted = dict(gitlab.written), list(gitlab.posted)
    gitlab.written.clear()
    gitlab.posted[:] = [each for each in gitlab.posted if each[2] != "aic/plan"]
    deliver(World(on))
    found = told(on)
    gitlab.written.update(written)
    gitlab.posted[:] = posted
    return found


def problems(on: World) -> list[str]:
    """What is wrong once all have come to their ends: nobody looks again."""
    calm(on)
    stamps = re.findall(r"\d{4}-\d\d-\d\dT[^ ]*Z", "".join(_stamped(on.stage)))
    found = [] if len(set(stamps)) == 1 else [f"of different moments {stamps}"]
    return found if told(on.stage) == truth(on.stage) else [*found, f"told {told(on.stage)}"]


def _stamped(on: Stage) -> list[str]:
    found = on.gitlab.request(1)
    notes = [each.body.split("\n")[0] for each in on.gitlab.written.get(OnMergeRequest(1), [])]
    return [*notes, *(each.description for each in on.gitlab.statuses(found.head, branch=SOURCE, name="aic/plan")[:1])]


def quiet() -> World:
    """The world after a review that nothing disturbed, to know its calls."""
    on = world()
    deliver(on)
    return on


def struck(hits: Mapping[int, Blow], *, attempts: int = LAST) -> list[str]:
    """A review with these blows; then, in peace, the next one."""
    on = world()
    on.attack = blows.at(on, hits)
    word = deliver(on, attempts=attempts)
    whole = word == "stopped" and not on.ever_late and UNSEEN not in told(on.stage)[0]
    found = problems(on) if whole else []
    calm(on)
    deliver(on, message="2")
    return [f"{each} [{word}]" for each in (*found, *problems(on))]


def test_in_peace_one_note_and_one_status_are_left() -> None:
    """What all else is measured by."""
    on = quiet()

    assert problems(on) == []
    note, status = told(on.stage)
    assert "It would delete `c` from Git." in note
    assert "`b` reads `x.a`" in note
    assert status.startswith("failed !1: 1 deletion not confirmed")


@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "never delivered again"])
def test_a_crash_at_any_call_is_made_good(attempts: int) -> None:
    """By the next delivery of the message, or by the next message."""
    cases = [(call.number, blow) for call in quiet().calls for blow in CRASHES]

    found = {f"{at} {blow}": struck({at: blow}, attempts=attempts) for at, blow in cases}

    assert len(found) > 40
    assert shown(found) == ""


@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "last delivery"])
def test_a_fault_at_any_call_is_made_good(attempts: int) -> None:
    """Each of the stand-ins' faults, also an effect that arrives when nobody waits for it any more."""
    cases = [(call.number, blow) for call in quiet().calls for blow in faults(call)]

    found = {f"{at} {blow}": struck({at: blow}, attempts=attempts) for at, blow in some(cases, FAULTS)}

    assert shown(found) == ""


@pytest.mark.parametrize("port", ["aic", "gitlab"])
def test_an_outage_that_begins_at_any_call_is_survived(port: str) -> None:
    """It lasts until nobody delivers the message any more; the next one makes everything good."""
    numbers = [call.number for call in quiet().calls if call.port == port]
    cases = [(number, Blow(kind)) for number in numbers for kind in FIRST]
    found = {}
    for number, blow in some(cases, FAULTS):
        on = world()
        on.attack = blows.since(on, number, blow, port=port)
        deliver(on, attempts=2)
        calm(on)
        deliver(on, message="2")
        found[f"{port} {number} {blow}"] = problems(on)

    assert shown(found) == ""


def nothing(_: Stage) -> None:
    """The message comes twice."""


def push(on: Stage) -> None:
    """Another commit of the merge request."""
    on.put(branch=SOURCE, b="SELECT 2")


def move(on: Stage) -> None:
    """Another commit of its target."""
    on.put(b="SELECT 3")


def confirm(on: Stage) -> None:
    """The label that confirms the deletion."""
    on.gitlab.label(1, labels.DELETE)


def edit(on: Stage) -> None:
    """Somebody edits in AIC what the merge request changes."""
    on.aic.put("a", "by hand")


ACTS = (nothing, push, move, confirm, edit)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
@pytest.mark.parametrize("told_before", [False, True], ids=["first", "again"])
def test_a_run_that_comes_wholly_inside_another_leaves_the_newest_review(
    act: Callable[[Stage], None], *, told_before: bool
) -> None:
    """Before each single call of the one the other one, which knows more, runs from its beginning to its end."""
    found = {}
    for number in range(len(quiet().calls)):
        on = world()
        if told_before:
            deliver(on, message="0")
            on.calls.clear()
        on.attack = _inside(on, number, act)
        deliver(on)
        found[f"{act.__name__} at {number}"] = problems(on)

    assert shown(found) == ""


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_runs_that_take_turns_at_random_leave_the_newest_review(act: Callable[[Stage], None]) -> None:
    """One seed makes one order of all their calls."""
    found = {}
    for seed in range(SEED, SEED + SEEDS):
        on, relay = world(), Relay(seed)
        on.attack = partial(_ticking, on, relay.attack)
        relay.run([partial(deliver, on), partial(_late, on, act), partial(deliver, on, message="3")])
        found[f"{act.__name__} seed {seed}"] = problems(on)

    assert shown(found) == ""


def _late(on: World, act: Callable[[Stage], None]) -> str:
    act(on.stage)
    return deliver(on, message="2")


def _ticking(on: World, attack: Callable[[Call, Effect], object], call: Call, effect: Effect) -> object:
    on.stage.clock.advance(0.001)
    return attack(call, effect)


def _inside(on: World, number: int, act: Callable[[Stage], None]) -> Callable[[Call, Effect], object]:
    def attack(call: Call, effect: Effect) -> object:
        if call.number == number:
            act(on.stage)
            deliver(on, message="2")
        on.stage.clock.advance(0.001)
        return effect()

    return attack
