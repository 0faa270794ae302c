"""What a deploy promises of pipelines that take another name in Git (row 18)."""

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnMergeRequest
from shared.domain.layout import config_path
from shared.domain.report import Outcome, Taken
from shared.flows.put import TRIES

from ..fake_workspace import stored
from ..stage import Stage, stage
from .test_deploy_in_trouble import LOST, Killed, at, dead_run, fail
from .test_deploy_interrupted import nothing_left


def renamed(**more: str) -> Stage:
    """A merge that gives `a` the name `new`."""
    world = stage(a="one", b="uno")
    merge(world, {"a": None, "new": "one", **more})
    return world


def merge(world: Stage, pipelines: dict[str, str | None]) -> None:
    """Upon develop."""
    world.gitlab.branches["feature/x"] = world.head
    world.put(branch="feature/x", **pipelines)
    world.gitlab.merge("feature/x", "develop")


def test_a_pipeline_keeps_its_id_under_its_new_name() -> None:
    """Nothing is created, nothing is left to be deleted by hand."""
    world = renamed()
    job_id = world.aic.id_of("a")

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert (world.aic.id_of("new"), world.aic.code()) == (job_id, {"new": "one", "b": "uno"})
    assert world.writes() == ["update"]
    assert report.by_hand == ()
    body = world.gitlab.body(OnMergeRequest(1))
    assert "| `new` | renamed | renamed in Git, it was `a` |" in body
    assert "| `a` | renamed | renamed in Git to `new` |" in body


def test_a_rename_comes_after_the_updates_and_before_the_creations() -> None:
    """What can't be undone comes last."""
    world = renamed(b="due", fresh="x")

    world.deploy()

    assert world.writes() == ["update", "update", "create"]
    assert world.aic.code() == {"new": "one", "b": "due", "fresh": "x"}


def test_an_older_version_that_is_live_takes_name_and_content() -> None:
    """Git has it."""
    world = stage(a="zero", b="uno")
    world.merge(source="feature/1", a="one")
    world.deploy()
    world.merge(source="feature/2", a=None, new="one")
    world.aic.put("a", "zero")

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"new": "one", "b": "uno"}


def test_a_rename_by_a_person_in_aic_was_there_first() -> None:
    """Row 1 under the new name."""
    world = renamed()
    world.aic.configs[world.aic.id_of("a") or ""]["title"] = "new"

    assert world.deploy().outcome is Outcome.UNCHANGED
    assert world.writes() == []


def test_an_edit_in_aic_is_not_renamed_away() -> None:
    """It is a conflict, and nothing is written."""
    world = renamed()
    world.aic.put("a", "typed")

    assert world.deploy().outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "typed", "b": "uno"}


@pytest.mark.parametrize(
    "titles", [("new", "other"), ("new",)], ids=["two pipelines have its content", "so had two that are gone"]
)
def test_what_may_be_no_rename_is_created_and_named(titles: tuple[str, ...]) -> None:
    """Rows 7 and 11."""
    world = stage(a="one", b="one", c="x")
    gone: dict[str, str | None] = {"a": None} if len(titles) == 2 else {"a": None, "b": None}
    merge(world, {**gone, **dict.fromkeys(titles, "one")})

    report = world.deploy()

    assert world.aic.code() == {"a": "one", "b": "one", "c": "x", **dict.fromkeys(titles, "one")}
    assert {title for title, _ in report.by_hand} == set(gone)


def test_a_limited_run_renames_if_both_names_are_among_its_own() -> None:
    """Else it can't know."""
    world = renamed(b="due")

    world.deploy(by_hand=True, pipelines=["a", "new"])

    assert world.aic.code() == {"new": "one", "b": "uno"}


def test_a_lost_answer_to_a_rename_is_learned_from_the_list() -> None:
    """It had arrived: it is not sent again."""
    world = renamed()
    world.aic.after = at(1, "update", fail(LOST))

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.writes() == ["update"]


def test_a_rename_that_did_not_arrive_is_sent_again_only_after_reading() -> None:
    """The old name still stands."""
    world = renamed()
    world.aic.before = at(1, "update", fail(LOST))

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.writes() == ["update", "update"]
    assert world.aic.code() == {"new": "one", "b": "uno"}


def test_an_aic_that_takes_the_write_but_not_the_name_is_no_success() -> None:
    """Nothing is created instead: there would be two of them."""
    world = renamed()

    def forget(call: str) -> None:
        if call == "update":
            world.aic.configs[world.aic.id_of("new") or ""]["title"] = "a"

    world.aic.after = forget

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "aic-write-unsettled"
    assert world.aic.code() == {"a": "one", "b": "uno"}
    assert world.writes() == ["update"]


def test_an_aic_that_loses_every_rename_is_asked_a_few_times() -> None:
    """Then it is left to the next delivery."""
    world = renamed()

    def always(call: str) -> None:
        if call == "update":
            raise LOST

    world.aic.before = always

    with pytest.raises(Transient):
        world.deploy()

    assert world.writes() == ["update"] * TRIES


@pytest.mark.parametrize(
    ("act", "live"),
    [
        (lambda world: world.aic.put("new", "typed"), {"a": "one", "b": "uno", "new": "typed"}),
        (lambda world: world.aic.configs[world.aic.id_of("a") or ""].update(title="mine"), {"mine": "one", "b": "uno"}),
        (lambda world: world.aic.put("a", "typed"), {"a": "typed", "b": "uno"}),
    ],
    ids=["makes one of the new name", "renames it", "edits it"],
)
@pytest.mark.parametrize("call", [("jobs", 3), ("read", 2)])
def test_a_person_who_comes_before_the_rename_is_respected(
    act: object, live: dict[str, str], call: tuple[str, int]
) -> None:
    """Guarded by a list and a read right before it."""
    world = renamed()
    name, number = call
    world.aic.before = at(number, name, lambda: act(world))  # type: ignore[operator]

    world.deploy()

    assert live.items() <= world.aic.code().items()


def test_a_pipeline_that_vanishes_while_it_is_renamed_is_looked_at_again() -> None:
    """It is created then."""
    world = renamed()
    world.aic.after = at(1, "update", lambda: world.aic.remove("new"))

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"new": "one", "b": "uno"}
    assert world.writes() == ["update", "create"]


def test_a_dead_run_is_finished_by_the_next_delivery() -> None:
    """The new name is live already."""
    world = renamed(b="due", fresh="x")
    dead_run(world, after=2)

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"new": "one", "b": "due", "fresh": "x"}
    assert {row.title: row.done for row in report.rows}["new"] == "written by an earlier attempt"
    nothing_left(world)


def test_a_conflict_after_a_crash_gives_the_old_name_back() -> None:
    """The journal has it."""
    world = renamed(b="due")
    job_id = world.aic.id_of("a")
    dead_run(world, after=2)
    world.aic.put("b", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}
    assert world.aic.id_of("a") == job_id
    assert [(each.title, each.taken) for each in report.undone] == [("new", Taken.PUT_BACK)]


def test_a_rename_and_the_change_before_it_go_back_together() -> None:
    """Two dead runs, one of each."""
    world = stage(a="one", b="uno")
    world.merge(source="feature/1", a="two", b="due")
    dead_run(world)
    world.merge(source="feature/2", a=None, new="two", b="tre")
    dead_run(world, after=2)
    assert world.aic.code()["new"] == "two"
    world.aic.put("b", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}


def test_a_rename_that_was_never_written_needs_nothing_put_back() -> None:
    """The run died before it."""
    world = renamed(b="due")
    dead_run(world, after=1)
    world.aic.put("b", "typed")

    report = world.deploy()

    assert report.undone == ()
    assert world.aic.code() == {"a": "one", "b": "typed"}


def test_what_somebody_named_otherwise_since_is_left() -> None:
    """The person was faster."""
    world = renamed(b="due")
    dead_run(world, after=2)
    world.aic.configs[world.aic.id_of("new") or ""]["title"] = "mine"
    world.aic.put("b", "typed")

    report = world.deploy()

    assert [(each.title, each.taken) for each in report.undone] == [("new", Taken.EDITED)]
    assert world.aic.code() == {"mine": "one", "b": "typed"}


def test_an_old_name_that_somebody_has_taken_is_not_given_twice() -> None:
    """It stays renamed, and that is said."""
    world = renamed(b="due")
    dead_run(world, after=2)
    world.aic.put("a", "another")
    world.aic.put("b", "typed")

    with pytest.raises(Transient):
        world.deploy()
    report = world.deploy(final=True)

    assert report.outcome is Outcome.HALF_DEPLOYED
    assert [(each.title, each.taken) for each in report.undone] == [("new", Taken.STUCK)]
    assert world.aic.code() == {"a": "another", "b": "typed", "new": "one"}


def test_a_failure_for_good_gives_the_old_name_back() -> None:
    """The creation after it is refused."""
    world = renamed(fresh="x")
    world.aic.before = at(1, "create", fail(Permanent("aic-write-refused")))

    report = world.deploy()

    assert report.outcome is Outcome.FAILED
    assert world.aic.code() == {"a": "one", "b": "uno"}


def test_a_branch_that_drops_the_new_name_after_a_crash_gets_the_old_one_back() -> None:
    """By a force-push: no commit between base and head says anything of it."""
    world = stage(a="one", b="uno")
    old = world.head
    world.merge(source="feature/1", a=None, new="one")
    job_id = world.aic.id_of("a")
    dead_run(world)
    world.gitlab.branches["develop"] = old
    world.merge(source="feature/2", b="due")

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert (world.aic.code(), world.aic.id_of("a")) == ({"a": "one", "b": "due"}, job_id)
    nothing_left(world)


def test_a_revert_after_a_crash_gets_the_old_name_back() -> None:
    """Else the old one would be created anew beside it."""
    world = renamed()
    job_id = world.aic.id_of("a")
    dead_run(world)
    world.put(a="one", new=None)

    assert world.deploy().outcome is Outcome.UNCHANGED
    assert (world.aic.code(), world.aic.id_of("a")) == ({"a": "one", "b": "uno"}, job_id)


def test_a_name_that_cannot_be_given_back_is_left_to_the_next_delivery() -> None:
    """AIC is not there."""
    world = renamed()
    dead_run(world)
    world.put(a="one", new=None)
    world.aic.before = lambda call: fail(LOST)() if call == "update" else None

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "put-back-incomplete"


def test_a_limited_run_that_died_leaves_the_name_to_the_next_conflict() -> None:
    """It has a journal of its own."""
    world = renamed(b="due")
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy(by_hand=True, pipelines=["a", "new"])
    world.aic.after = lambda _: None
    world.aic.put("b", "typed")

    assert world.deploy().outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}


def test_a_merge_in_the_middle_of_a_rename_is_deployed_too() -> None:
    """Another round finds the new name live."""
    world = renamed()
    world.aic.after = at(1, "update", lambda: world.merge(source="feature/2", new="two"))

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"new": "two", "b": "uno"}


def test_a_rename_back_that_comes_before_the_write_is_written_under_the_old_name() -> None:
    """Head is looked at again before each wave."""
    world = renamed()
    world.gitlab.before = at(
        2,
        "head",
        lambda: world.gitlab.push(
            "develop",
            {
                config_path("a"): stored("two"),
                config_path("new"): None,
            },
        ),
    )

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "uno"}
