"""The tests of a deploy under attack: crashes, faults and runs that overlap; one pipeline, one end, told once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import pytest

from shared.domain import gate
from shared.domain.errors import ServiceError
from shared.domain.gate import State
from shared.domain.gitlab import OnCommit, OnMergeRequest
from shared.domain.messages.gating import AfterDeploy
from shared.domain.occasion import Kind
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.gate import after_deploy
from tests.fake_proposals import OWN
from tests.faults import blows
from tests.faults.blows import CRASHES, Blow, faults
from tests.faults.relay import Relay
from tests.faults.sampling import FULL, SEED, shown, some
from tests.faults.trials import calm
from tests.faults.world import LAST, Call, Killed, World
from tests.stage import ALLOWED, QA, Stage, stage

FAULTS, PAIRS, SEEDS = (10_000, 2_000, 2_000) if FULL else (250, 60, 60)
MARK = "<!-- aic-after-deploy develop -->"
FINAL = ("401", "403", "refused")
"""Blows after which a channel counts as closed, and is only told of in the log."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A deploy that wrote three pipelines, the number of the merge request that brought it, and its record's id.

    With `failed` its tests have been started, and have failed.
    """

    world: World
    merged: int
    deployment: int
    commit: str

    def once(self, *, final: bool = False) -> gate.State | None:
        """One delivery of the message."""
        request = AfterDeploy(project="pin/fusion", branch="develop", deployment=self.deployment)
        run = Run("0123abcd", datetime(2026, 11, 20, 9, tzinfo=UTC))
        asker = Asker(ALLOWED, run, "r-1", final=final, by_hand=False, gates={QA: "rollback"})
        return after_deploy(request, asker, self.world.outside()).state

    def deliver(self, *, attempts: int = LAST) -> None:
        """The message until it is acknowledged or a dead letter."""
        for attempt in range(1, attempts + 1):
            try:
                self.once(final=attempt == attempts)
            except (ServiceError, Killed):
                continue
            return


def trial(*, failed: bool) -> Trial:
    on = stage(a="one", b="one")
    on.gates, on.heard_of = frozenset({QA}), frozenset(Kind)
    merged = on.merge(a="two", b="two", new="two")
    on.deploy()
    on.publisher.published.clear()
    found = Trial(World(on), merged, on.gitlab.records[-1][1].id, on.head)
    if failed:
        found.deliver()
        on.gitlab.finish(1, "failed")
        found.world.calls.clear()
    return found


def quiet(*, failed: bool) -> list[Call]:
    """The calls of a run that nothing disturbs."""
    found = trial(failed=failed)
    found.deliver()
    assert wrong(found, failed=failed) == []
    return found.world.calls


def struck(hits: Mapping[int, Blow], *, failed: bool, attempts: int = LAST) -> list[str]:
    """What is wrong after the attack, and the same message in peace."""
    found = trial(failed=failed)
    found.world.attack = blows.at(found.world, hits)
    found.deliver(attempts=attempts)
    untaken = _untaken(found)
    calm(found.world)
    found.deliver()
    closed = any(blow.kind in FINAL for blow in hits.values()) or _unheard(found, hits)
    return [*untaken, *wrong(found, failed=failed, closed=closed)]


def _unheard(found: Trial, hits: Mapping[int, Blow]) -> bool:
    """News that Pub/Sub doesn't take are lost, as the log says: what was done is not done again to have it told."""
    return any(call.number in hits and call.name == "publish" for call in found.world.calls)


def wrong(found: Trial, *, failed: bool, closed: bool = False) -> list[str]:
    """`closed`: some channel was, so that not everything had to be told."""
    return _after_failure(found, closed=closed) if failed else _after_start(found, closed=closed)


def _after_start(found: Trial, *, closed: bool) -> list[str]:
    """One pipeline runs and is told of. One that came when nobody waited for it any more counts for nothing."""
    on, bad = found.world.stage, []
    active = [number for number, each in on.gitlab.runs.items() if each.pipeline.state == "pending"]
    if len(active) != 1 and not (found.world.ever_late and active):
        bad.append(f"active: {active} of {len(on.gitlab.runs)}")
    if any(each.told["AIC_DEPLOYMENT"] != str(found.deployment) for each in on.gitlab.runs.values()):
        bad.append("a pipeline tests something else")
    notes = _notes(on, OnCommit(found.commit))
    if len(notes) != 1 and not found.world.ever_late:
        bad.append(f"{len(notes)} notes")
    known = [state for each in notes if (state := gate.find(each))]
    if not known or any(each.pipeline not in active for each in known if each.state is State.RUNNING):
        bad.append(f"told: {known}")
    if found.world.stage.records()[-1][1] != "success" and not closed:
        bad.append("the record was touched")
    return bad


def _after_failure(found: Trial, *, closed: bool) -> list[str]:
    on, bad = found.world.stage, []
    known = [gate.find(each) for each in _notes(on, OnCommit(found.commit))]
    if [each.state for each in known if each] != [State.FAILED]:
        bad.append(f"told: {known}")
    if on.records()[-1] != (found.commit, "failed"):
        bad.append(f"on record: {on.records()[-1]}")
    if len(on.gitlab.runs) != 1:
        bad.append(f"{len(on.gitlab.runs)} pipelines")
    told = {
        said["parameters"]["news"]["id"] for _, said, *_ in on.publisher.published if said.get("workflow") == "notify"
    }
    ours = _rollbacks(on)
    if closed:
        return bad if len(ours) <= 1 and len(told) <= 1 else [*bad, f"{len(ours)} rollbacks, {len(told)} news"]
    if len(ours) != 1 or len(told) != 1:
        bad.append(f"{len(ours)} rollbacks, {len(told)} news")
    if on.status(found.commit) != "failed":
        bad.append("the status is another one")
    if len(_notes(on, OnMergeRequest(found.merged))) != 1 and not found.world.ever_late:
        bad.append(f"{len(_notes(on, OnMergeRequest(found.merged)))} notes on the merge request")
    return bad


def _untaken(found: Trial) -> list[str]:
    """Nothing is put live before the merge request holds it."""
    on = found.world.stage
    asked = [said for topic, said, *_ in on.publisher.published if topic == "aic-deploy"]
    return ["a deploy was asked for without a merge request"] if asked and not _rollbacks(on) else []


def _rollbacks(on: Stage) -> list[int]:
    return [each.proposal.iid for each in on.gitlab.requests if each.proposal.source_branch.startswith("aic-rollback/")]


def _notes(on: Stage, place: OnCommit | OnMergeRequest) -> list[str]:
    return [each.body for each in on.gitlab.written.get(place, []) if each.user == OWN and each.body.startswith(MARK)]


@pytest.mark.parametrize("failed", [False, True], ids=["start", "failure"])
@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "never delivered again"])
def test_a_crash_at_any_call_is_made_good(attempts: int, *, failed: bool) -> None:
    """By the next delivery, or by the sweep's message."""
    cases = [(call.number, blow) for call in quiet(failed=failed) for blow in CRASHES]

    found = {f"{at} {blow}": struck({at: blow}, failed=failed, attempts=attempts) for at, blow in cases}

    assert len(found) > 15
    assert shown(found) == ""


@pytest.mark.parametrize("failed", [False, True], ids=["start", "failure"])
@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "last delivery"])
def test_a_fault_at_any_call_is_made_good(attempts: int, *, failed: bool) -> None:
    """Lost answers and answers that come too late included."""
    cases = [(call.number, blow) for call in quiet(failed=failed) for blow in faults(call)]

    found = {
        f"{at} {blow}": struck({at: blow}, failed=failed, attempts=attempts)
        for at, blow in some(cases, FAULTS, of=f"gate {failed}")
    }

    assert shown(found) == ""


@pytest.mark.parametrize("failed", [False, True], ids=["start", "failure"])
def test_two_crashes_are_made_good(*, failed: bool) -> None:
    """The second one in the recovery from the first."""
    numbers = [call.number for call in quiet(failed=failed)]
    pairs = [(one, other) for one in numbers for other in range(one + 1, one + len(numbers))]

    found = {}
    for one, other in some(pairs, PAIRS, of=f"gates {failed}"):
        for blow in CRASHES:
            found[f"{one}, {other} {blow}"] = struck({one: blow, other: blow}, failed=failed)

    assert shown(found) == ""


def test_runs_that_take_turns_at_random_leave_one_pipeline() -> None:
    """Pub/Sub delivers them one after the other; one seed makes one order of all their calls where it did not."""
    found = {}
    for seed in range(SEED, SEED + SEEDS):
        made, relay = trial(failed=False), Relay(seed)
        made.world.attack = relay.attack
        relay.run([made.deliver, made.deliver, partial(made.deliver, attempts=1)])
        calm(made.world)
        made.deliver()
        active = [each for each in made.world.stage.gitlab.runs.values() if each.pipeline.state == "pending"]
        found[f"seed {seed}"] = [] if [each.pipeline.id for each in active] == [1] else [f"active: {active}"]

    assert shown(found) == ""


def test_messages_of_one_failure_that_take_turns_at_random_take_back_once() -> None:
    """However many hooks and sweeps bring it."""
    found = {}
    for seed in range(SEED, SEED + SEEDS):
        made, relay = trial(failed=True), Relay(seed)
        made.world.attack = relay.attack
        relay.run([made.deliver, made.deliver])
        calm(made.world)
        made.deliver()
        found[f"seed {seed}"] = [] if len(_rollbacks(made.world.stage)) == 1 else [f"{_rollbacks(made.world.stage)}"]

    assert shown(found) == ""
