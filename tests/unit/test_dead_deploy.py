"""A deploy that Pub/Sub has given up is taken back or seen to have ended; each letter comes as often as it likes."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.dead_letter import Letter
from shared.domain.dead_letter_report import Buried, Fate
from shared.domain.delivery import Delivery
from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnCommit, OnMergeRequest
from shared.domain.layout import MAPPING_FILE
from shared.domain.report import Outcome
from shared.flows.dead_deploy import bury

from ..stage import ENVIRONMENT, Stage, stage
from .test_deploy_in_trouble import Killed, at, dead_run, fail
from .test_deploy_interrupted import half, nothing_left


def burial(world: Stage, *, last: bool = False, late: float = 0.0, **said: object) -> Buried:
    """One delivery of the letter, which Pub/Sub wrote so many seconds after now."""
    world.clock.advance(1)
    died = datetime.fromtimestamp(world.clock.now(), UTC) + timedelta(seconds=late)
    letter = Letter("aic-deploy", "aic-deploy-push", 5, died, died, Delivery("9", b"", {"request_id": "hook-1"}))
    order = world.deploy_order(**said, final=True, redelivered=True)  # type: ignore[arg-type]
    return bury(order, letter, world.outside(), last=last)


def test_what_was_half_deployed_is_put_back_and_told_to_those_who_wait() -> None:
    """Merge request, commit and status; the merge is not live."""
    world = half()

    found = burial(world)

    assert (found.fate, found.reason, found.again) == (Fate.GIVEN_UP, "dead-letter", False)
    assert world.aic.code() == {"a": "one", "b": "one"}
    assert "- `a`: put back" in world.gitlab.body(OnMergeRequest(1))
    assert "delivered 5 times" in world.gitlab.body(OnMergeRequest(1))
    assert (world.status(), world.records()[-1]) == ("failed", (world.head, "failed"))
    nothing_left(world)


def test_a_second_letter_writes_nothing() -> None:
    """Pub/Sub may give a message up twice, and deliver each letter twice."""
    world = half()
    burial(world)
    before = (world.aic.code(), list(world.gitlab.records), list(world.gitlab.posted), dict(world.gitlab.written))

    found = burial(world)

    assert found.fate is Fate.CONFIRMED
    assert (world.aic.code(), world.gitlab.records, world.gitlab.posted, world.gitlab.written) == before


def test_a_deploy_that_had_come_to_its_end_is_confirmed() -> None:
    """The last answer to Pub/Sub was lost, and nothing else."""
    world = stage(a="one")
    world.merge(a="two")
    world.deploy()
    posted = list(world.gitlab.posted)

    assert burial(world).fate is Fate.CONFIRMED
    assert (world.aic.code(), world.gitlab.posted) == ({"a": "two"}, posted)


def test_a_deploy_that_never_began_is_told_all_the_same() -> None:
    """Whoever merged waits for something."""
    world = stage(a="one")
    world.merge(a="two")

    found = burial(world)

    assert (found.fate, world.aic.code(), world.status()) == (Fate.GIVEN_UP, {"a": "one"}, "failed")
    assert "delivered 5 times" in world.gitlab.body(OnMergeRequest(1))


def test_a_newer_run_that_is_at_work_goes_on_with_it() -> None:
    """Nothing may be pulled away under it."""
    world = half()

    found = burial(world, late=-3600)

    assert (found.fate, found.fields["branch"]) == (Fate.TAKEN_OVER, "develop")
    assert (world.aic.code(), world.records()[-1][1]) == ({"a": "two", "b": "one"}, "running")


def test_a_branch_that_was_set_back_is_taken_back_as_well() -> None:
    """What was dropped may not stay live."""
    world = stage(a="one", b="one")
    old = world.head
    world.merge(source="feature/1", a="two")
    world.deploy()
    world.merge(source="feature/2", b="two", a="three")
    dead_run(world)
    world.gitlab.branches["develop"] = old

    assert burial(world).fate is Fate.GIVEN_UP
    assert world.aic.code() == {"a": "two", "b": "one"}
    assert burial(world).fate is Fate.CONFIRMED


@pytest.mark.parametrize("mapping", ["mapping: [", "mapping:\n  main: PIN FUSION 2.0\n"])
def test_a_mapping_that_is_broken_or_has_dropped_the_branch_keeps_nothing_half_deployed(mapping: str) -> None:
    """The workspace is found among those that the settings allow."""
    world = half()
    world.gitlab.push("main", {MAPPING_FILE: mapping})

    assert burial(world).fate is Fate.GIVEN_UP
    assert world.aic.code() == {"a": "one", "b": "one"}
    nothing_left(world)


def test_a_branch_that_nobody_deploys_is_in_order() -> None:
    """There was nothing to do."""
    world = stage(a="one")

    assert burial(world, branch="feature/none").fate is Fate.CONFIRMED


def test_a_branch_that_is_gone_keeps_nothing_half_deployed() -> None:
    """There is nowhere to tell it but the log."""
    world = half()
    del world.gitlab.branches["develop"]

    found = burial(world)

    assert (found.fate, found.reason) == (Fate.GIVEN_UP, "branch-missing")
    assert world.aic.code() == {"a": "one", "b": "one"}


def test_what_cannot_be_looked_at_is_tried_again_until_nobody_comes_any_more() -> None:
    """At last it is told as far as it can be."""
    world = half()

    def unwell(call: str) -> None:
        if call == "deployments":
            raise Transient("gitlab-unavailable")

    world.gitlab.before = unwell
    with pytest.raises(Transient):
        burial(world)
    world.gitlab.before = at(1, "deployments", fail(Transient("gitlab-unavailable")))

    found = burial(world, last=True)

    assert (found.fate, found.reason) == (Fate.GIVEN_UP, "gitlab-unavailable")
    assert world.aic.code() == {"a": "one", "b": "one"}


def test_what_cannot_be_put_back_yet_is_told_and_tried_again() -> None:
    """A later delivery may find AIC well."""
    world = half()

    def closed(_: str) -> None:
        raise Permanent("aic-unauthorized")

    world.opened = closed
    first = burial(world)
    world.opened = lambda _: None
    second = burial(world)

    assert (first.fate, first.again) == (Fate.HALF_DEPLOYED, True)
    assert (second.fate, second.again) == (Fate.GIVEN_UP, False)
    assert world.aic.code() == {"a": "one", "b": "one"}


def test_what_a_person_has_put_right_since_is_not_told_again() -> None:
    """Nothing was left for the second letter."""
    world = half()

    def closed(_: str) -> None:
        raise Permanent("aic-unauthorized")

    world.opened = closed
    burial(world)
    world.opened = lambda _: None
    world.aic.put("a", "one")

    assert burial(world).fate is Fate.CONFIRMED


def test_a_success_of_another_run_meanwhile_is_made_true_again() -> None:
    """Its pipelines were put back behind its back: the branch is deployed in full once more."""
    world = half()
    other = world.records()[-1][0]
    mapped = world.gitlab.branches["main"]
    world.aic.after = at(
        1, "update", lambda: world.gitlab.deployed(ENVIRONMENT, other, branch="develop", mapping=mapped)
    )

    found = burial(world)

    ((topic, said, _, attributes, _),) = world.publisher.published
    assert found.fate is Fate.TAKEN_OVER
    assert (topic, said) == ("aic-deploy", {"project": "pin/fusion", "branch": "develop", "full": True})
    assert (attributes["origin"], attributes["request_id"]) == ("dead_letter", "hook-1")


def test_a_deploy_that_a_letter_gives_up_meanwhile_starts_over_before_it_says_that_it_succeeded() -> None:
    """What it has proven may have been taken back since."""
    world = stage(a="one")
    world.merge(a="two")
    world.gitlab.before = at(2, "post_status", lambda: burial(world) and None)

    report = world.deploy()

    assert (report.outcome, world.aic.code()) == (Outcome.DEPLOYED, {"a": "two"})
    assert [status for _, status in world.records()] == ["success", "failed", "success"]


def test_a_limited_run_takes_back_its_own_and_is_told_on_the_commit() -> None:
    """It has no status; its note is its end."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy(by_hand=True, pipelines=["a", "b"])
    world.aic.after = lambda _: None

    fates = [burial(world, by_hand=True, pipelines=["a", "b"]).fate for _ in range(2)]

    assert fates == [Fate.GIVEN_UP, Fate.CONFIRMED]
    assert world.aic.code() == {"a": "one", "b": "one"}
    assert "put back" in world.gitlab.body(OnCommit(world.head))
    nothing_left(world)


def test_a_letter_whose_delivery_dies_before_the_status_is_told_at_the_next_one() -> None:
    """The deploy had posted its success and died before the record of it."""
    world = stage(a="one")
    world.merge(a="two")
    world.gitlab.before = at(1, "end_deployment", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    world.gitlab.before = at(1, "post_status", fail(Killed()))
    with pytest.raises(Killed):
        burial(world)
    world.gitlab.before = lambda _: None
    assert world.status() == "success"

    fates = [burial(world).fate for _ in range(2)]

    assert (fates, world.status(), world.aic.code()) == ([Fate.GIVEN_UP, Fate.CONFIRMED], "failed", {"a": "one"})


def test_a_full_deploy_that_is_given_up_leaves_the_status_of_what_is_on_record() -> None:
    """Its own record says how it ended; the head is live all the same."""
    world = stage(a="one")
    world.merge(a="two")
    world.deploy()
    world.aic.put("a", "one")
    world.gitlab.before = at(1, "post_status", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy(by_hand=True, full=True)
    world.gitlab.before = lambda _: None

    fates = [burial(world, by_hand=True, full=True).fate for _ in range(2)]

    assert (fates, world.status()) == ([Fate.GIVEN_UP, Fate.CONFIRMED], "success")
    assert world.records()[-1] == (world.head, "failed")


def test_a_limited_run_whose_letter_dies_before_the_record_ends_it_at_the_next_one() -> None:
    """What it created stays, and its note leads there; a run of other pipelines that is at work keeps its record."""
    world = stage(a="one", b="one")
    world.merge(a="two", new="n", b="two")
    world.aic.after = at(1, "create", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy(by_hand=True, pipelines=["a", "new"])
    world.aic.after = lambda _: None
    world.gitlab.before = at(1, "end_deployment", fail(Killed()))
    with pytest.raises(Killed):
        burial(world, by_hand=True, pipelines=["a", "new"])
    world.gitlab.before = lambda _: None

    fates = [burial(world, by_hand=True, pipelines=["a", "new"]).fate for _ in range(2)]

    assert (fates, world.aic.code()["a"]) == ([Fate.HALF_DEPLOYED, Fate.CONFIRMED], "one")
    nothing_left(world)


def test_who_could_not_be_told_is_told_at_the_next_delivery() -> None:
    """The merge request still said that it was deployed; record and status come after it."""
    world = stage(a="one")
    world.merge(a="two")
    world.gitlab.before = at(1, "end_deployment", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    world.gitlab.before = at(1, "write_note", fail(Transient("gitlab-unavailable")))
    with pytest.raises(Transient):
        burial(world)
    assert (world.status(), world.records()[-1]) == ("success", (world.head, "running"))

    fates = [burial(world).fate for _ in range(2)]

    assert fates == [Fate.GIVEN_UP, Fate.CONFIRMED]
    assert "❌" in world.gitlab.body(OnMergeRequest(1))
    nothing_left(world)


def test_a_limited_run_that_died_before_its_note_is_ended_where_nothing_can_be_looked_at() -> None:
    """Nothing was written; its record must not wait for anybody."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.gitlab.before = at(1, "write_note", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy(by_hand=True, pipelines=["a", "b"])
    world.gitlab.before = at(1, "compare", fail(Permanent("gitlab-unauthorized")))

    fates = [burial(world, by_hand=True, pipelines=["a", "b"]).fate for _ in range(2)]

    assert fates == [Fate.GIVEN_UP, Fate.CONFIRMED]
    nothing_left(world)
