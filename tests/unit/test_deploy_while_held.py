"""What a deploy does while a rollback's merge request is open."""

from collections.abc import Callable

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import FileAction, OnCommit, OnMergeRequest
from shared.domain.layout import config_path
from shared.domain.report import Outcome

from ..fake_workspace import stored
from ..stage import Stage, stage
from .test_deploy_in_trouble import Killed, at, dead_run, fail
from .test_deploy_interrupted import LIMITED, nothing_left


def roll_back(world: Stage, **pipelines: str) -> int:
    """An open rollback of these pipelines (title to older code); its number."""
    actions = [FileAction("update", config_path(title), stored(code).encode()) for title, code in pipelines.items()]
    source = f"aic-rollback/{len(world.gitlab.requests) + 1}"
    world.gitlab.commit(source, actions, message="back", start=world.head)
    return world.gitlab.propose(source, "develop", title="Back", description="").iid


def held() -> tuple[Stage, int]:
    """A bad merge of `a` that came with a good one of `b`; `a` is being rolled back before it was deployed."""
    world = stage(a="one", b="uno")
    world.merge(a="bad", b="due")
    return world, roll_back(world, a="one")


def test_what_is_held_is_left_and_the_rest_is_deployed() -> None:
    """No success is recorded: everything is looked at again later."""
    world, iid = held()
    base = world.records()

    report = world.deploy()

    assert (report.outcome, report.reason) == (Outcome.HELD, "held")
    assert world.aic.code() == {"a": "one", "b": "due"}
    assert world.records() == [*base, (world.head, "canceled")]
    assert world.status() == "canceled"
    body = world.gitlab.body(OnMergeRequest(1))
    assert f"| `a` | held | !{iid}: an open rollback returns it to an older version" in body
    assert "⏸️" in body
    nothing_left(world)


def test_what_is_held_is_told_once_however_often_it_is_asked_for() -> None:
    """What was deployed with it stays told as deployed."""
    world, _ = held()
    world.deploy()
    before = (world.records(), list(world.gitlab.posted), dict(world.gitlab.written), world.writes())
    told = world.gitlab.body(OnMergeRequest(1))

    for _ in range(3):
        assert world.deploy().outcome is Outcome.HELD

    assert (world.records(), list(world.gitlab.posted), dict(world.gitlab.written), world.writes()) == before
    assert world.gitlab.body(OnMergeRequest(1)) == told
    assert "| `b` | updated |" in told


def test_a_person_who_asks_meanwhile_is_answered() -> None:
    """On the commit."""
    world, _ = held()
    world.deploy()

    assert world.deploy(by_hand=True, by="ann").outcome is Outcome.HELD
    assert [note for note in world.gitlab.written[OnCommit(world.head)] if "asked for by `ann`" in note.body]


def test_a_second_rollback_is_told_too() -> None:
    """The note names the one that holds it now."""
    world, _ = held()
    world.deploy()
    second = roll_back(world, a="one", b="uno")

    world.deploy()

    assert "| `b` | already there |" in world.gitlab.body(OnMergeRequest(1))
    assert f"| `a` | held | !{second}: " in world.gitlab.body(OnMergeRequest(1))


def test_a_rollback_that_was_closed_lets_the_next_deploy_go_forward() -> None:
    """Everything since base is looked at again."""
    world, iid = held()
    world.deploy()
    world.gitlab.edit_proposal(iid, close=True)

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "bad", "b": "due"}
    assert world.records()[-1] == (world.head, "success")
    assert world.status() == "success"


def test_a_rollback_that_was_merged_leaves_nothing_to_do() -> None:
    """Live is what the branch says now."""
    world, iid = held()
    world.deploy()
    world.gitlab.land(iid)

    report = world.deploy()

    assert report.outcome is Outcome.UNCHANGED
    assert world.aic.code() == {"a": "one", "b": "due"}
    assert world.records()[-1] == (world.head, "success")


def test_a_bad_version_that_is_live_stays_so_until_somebody_restores() -> None:
    """The rollback alone writes nothing; live and Git are the same."""
    world = stage(a="one")
    world.merge(a="bad")
    roll_back(world, a="one")

    assert world.deploy().outcome is Outcome.HELD
    world.aic.put("a", "bad")
    assert world.deploy().outcome is Outcome.UNCHANGED


@pytest.mark.parametrize("by_hand", [True, False])
def test_nothing_heals_what_was_rolled_back(*, by_hand: bool) -> None:
    """Live is the older version, the bad one is on record: a `full` deploy leaves it."""
    world = stage(a="one", b="uno")
    world.merge(a="bad")
    world.deploy()
    roll_back(world, a="one")
    world.aic.put("a", "one")

    report = world.deploy(full=True, by_hand=by_hand)

    assert report.outcome is Outcome.HELD
    assert world.aic.code() == {"a": "one", "b": "uno"}
    assert world.records()[-1] == (world.head, "success")
    assert world.status() == "success"


def test_a_heal_beside_what_is_held_ends_without_a_claim() -> None:
    """The head stays on record; what the run had set to running is not left so."""
    world = stage(a="zero", b="nil")
    world.merge(source="feature/0", a="one", b="uno")
    world.deploy()
    world.merge(source="feature/1", a="bad")
    world.deploy()
    roll_back(world, a="one")
    world.aic.put("a", "one")
    world.aic.put("b", "nil")

    report = world.deploy(full=True, by_hand=True)

    assert report.outcome is Outcome.HELD
    assert world.aic.code() == {"a": "one", "b": "uno"}
    nothing_left(world)
    assert world.deploy().outcome is Outcome.UNCHANGED


def test_an_edit_or_a_broken_file_of_a_held_pipeline_stops_no_other() -> None:
    """Nothing of it would be written anyway."""
    world = stage(a="one", b="uno", c="eins")
    world.merge(a="bad", b="due")
    world.gitlab.push("develop", {config_path("c"): "{broken"})
    roll_back(world, a="one", c="eins")
    world.aic.put("a", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.HELD
    assert world.aic.code() == {"a": "typed", "b": "due", "c": "eins"}
    assert "edited in AIC" in {row.title: row.why for row in report.rows}["a"]


def test_a_conflict_beside_it_stops_all_as_ever() -> None:
    """Only what is held is spared."""
    world, _ = held()
    world.aic.put("b", "typed")

    assert world.deploy().outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}


def test_a_limited_run_that_died_when_it_had_told_what_is_held_is_ended_by_the_next_delivery() -> None:
    """Its record waits for nobody, and what it wrote can't be taken back any more by another run."""
    world, _ = held()
    world.gitlab.before = at(1, "end_deployment", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy(by_hand=True, pipelines=["a", "b"])
    world.gitlab.before = lambda _: None

    report = world.deploy(by_hand=True, pipelines=["a", "b"], redelivered=True)

    assert report.outcome is Outcome.HELD
    assert [each.status for name, each in world.gitlab.records if name == LIMITED] == ["canceled"]
    assert "aic-journal" not in world.gitlab.body(OnCommit(world.head))
    nothing_left(world)


def test_a_limited_run_of_a_held_pipeline_writes_nothing() -> None:
    """Whoever wants it forward closes the rollback."""
    world, _ = held()

    report = world.deploy(by_hand=True, pipelines=["a"])
    both = world.deploy(by_hand=True, pipelines=["a", "b"])

    assert (report.outcome, both.outcome) == (Outcome.HELD, Outcome.HELD)
    assert world.aic.code() == {"a": "one", "b": "due"}
    assert [each.status for name, each in world.gitlab.records if name == LIMITED] == ["canceled"]


def test_a_dry_run_says_what_would_be_held() -> None:
    """And writes nothing."""
    world, iid = held()

    report = world.deploy(by_hand=True, dry_run=True)

    assert {row.title: row.done for row in report.rows} == {"a": "would be held", "b": "would be updated"}
    assert f"| would be held | !{iid}: " in world.gitlab.body(OnCommit(world.head))


def test_a_dead_run_is_finished_as_far_as_the_rollback_lets_it() -> None:
    """It had written the one that is good."""
    world = stage(a="one", b="uno", c="eins")
    world.merge(a="zwei", b="due", c="bad")
    dead_run(world)
    roll_back(world, c="eins")

    report = world.deploy()

    assert report.outcome is Outcome.HELD
    assert world.aic.code() == {"a": "zwei", "b": "due", "c": "eins"}
    nothing_left(world)


def test_what_a_held_run_has_deployed_is_not_taken_back_by_what_fails_later() -> None:
    """It was proven and told."""
    world, iid = held()
    world.deploy()
    world.gitlab.edit_proposal(iid, close=True)
    world.aic.put("a", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert report.undone == ()
    assert world.aic.code() == {"a": "typed", "b": "due"}


@pytest.mark.parametrize("call", ["write_note", "post_status", "end_deployment"])
def test_a_run_that_dies_while_it_tells_is_told_by_the_next(call: str) -> None:
    """In the end nothing is left running."""
    world, _ = held()
    number = {"write_note": 2, "post_status": 2, "end_deployment": 1}[call]
    world.gitlab.before = at(number, call, fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    world.gitlab.before = lambda _: None

    assert world.deploy().outcome is Outcome.HELD
    assert world.records()[-1] == (world.head, "canceled")
    nothing_left(world)


@pytest.mark.parametrize(
    ("error", "ended"),
    [(Transient("gitlab-unavailable"), None), (Permanent("gitlab-forbidden"), Outcome.FAILED)],
    ids=["for a while", "for good"],
)
def test_without_knowing_what_is_held_nothing_is_written(error: Exception, ended: Outcome | None) -> None:
    """It could be the very pipeline that somebody is rolling back."""
    world, _ = held()
    world.gitlab.before = at(1, "proposals", fail(error))

    if ended is None:
        with pytest.raises(Transient):
            world.deploy()
    else:
        assert world.deploy().outcome is ended
    assert world.writes() == []


def test_who_opens_a_branch_of_that_name_holds_nothing() -> None:
    """Only rollbacks of the service count."""
    world = stage(a="one")
    world.merge(a="two")
    world.gitlab.push("aic-rollback/1", {config_path("a"): stored("one")}, parents=(world.head,))
    world.gitlab.open("aic-rollback/1", "develop")

    assert world.deploy().outcome is Outcome.DEPLOYED


def test_a_rollback_costs_the_others_one_request() -> None:
    """To know that there is none."""
    world = stage(a="one")
    world.merge(a="two")
    world.gitlab.calls.clear()

    world.deploy()
    again: Callable[[], object] = world.deploy
    asked = world.gitlab.calls.count("proposals")
    again()

    assert (asked, world.gitlab.calls.count("proposals")) == (1, 1)
