"""Edits that a deploy is in conflict with are kept in Git before anybody is told; then a person may let Git win."""

import json
import shlex

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnCommit, OnMergeRequest
from shared.domain.layout import config_path
from shared.domain.plan import Action
from shared.domain.report import Outcome, Report

from ..fake_workspace import config, stored
from ..stage import QA, Stage, bare, stage
from .test_deploy_in_trouble import LOST, Killed, at, dead_run, fail
from .test_deploy_interrupted import nothing_left
from .test_deploy_while_held import roll_back

SIDE = "aic-sync/pin-fusion-2-0-qa"


def conflict() -> Stage:
    """A merge of `a` and `b`, and somebody's edit of `a` in AIC."""
    world = stage(a="one", b="uno")
    world.merge(a="two", b="due")
    world.aic.put("a", "typed")
    return world


def force(world: Stage, *, full: bool = False, dry_run: bool = False) -> Report:
    """Git is to win."""
    return world.deploy(by_hand=True, force=True, confirm=QA, full=full, dry_run=dry_run)


def parked(world: Stage, title: str, *, branch: str = SIDE) -> str | None:
    """The code that the side branch keeps of the pipeline."""
    files = world.gitlab.commits[world.gitlab.branches[branch]].files if branch in world.gitlab.branches else {}
    data = files.get(config_path(title))
    return json.loads(data)["stages"][0]["tasks"][0]["config"]["query"] if data else None


def test_the_edit_is_kept_in_a_merge_request_that_the_note_links_to() -> None:
    """Cut at base, so that Git itself shows what both sides changed."""
    world = conflict()
    base = world.records()[0][0]

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert parked(world, "a") == "typed"
    (proposal,) = [each.proposal for each in world.gitlab.requests if each.proposal.source_branch == SIDE]
    assert (proposal.target_branch, proposal.state) == ("develop", "opened")
    assert world.gitlab.commits[world.gitlab.branches[SIDE]].commit.parents == (base,)
    body = world.gitlab.body(OnMergeRequest(1))
    assert f"| `a` | conflict | !{proposal.iid}: changed in Git, and edited in AIC" in body
    assert "the edit is kept in this merge request" in body
    assert "To keep the edit, merge that" in body
    assert "is in AIC alone" not in body


def test_the_line_of_the_note_lets_git_win() -> None:
    """As it can be pasted."""
    world = conflict()
    override = world.deploy().override
    body = world.gitlab.body(OnMergeRequest(1))
    line = next(line for line in body.split("\n") if line.startswith("To let Git win")).split("`")[1]

    assert json.loads(shlex.split(line)[-1]) == json.loads(override)
    assert world.deploy(by_hand=True, **json.loads(override)).outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "due"}


def test_a_conflict_that_is_found_again_is_kept_once() -> None:
    """One commit, one merge request."""
    world = conflict()
    world.deploy()
    before = (dict(world.gitlab.branches), list(world.gitlab.requests), world.gitlab.body(OnMergeRequest(1)))

    for _ in range(4):
        world.deploy()

    assert (dict(world.gitlab.branches), list(world.gitlab.requests), world.gitlab.body(OnMergeRequest(1))) == before


def test_a_later_edit_is_kept_too() -> None:
    """Upon the one before."""
    world = conflict()
    world.deploy()
    world.aic.put("a", "typed again")

    world.deploy()

    assert parked(world, "a") == "typed again"
    assert len([each for each in world.gitlab.requests if each.proposal.source_branch == SIDE]) == 1


@pytest.mark.parametrize(("keep", "live"), [(False, "typed"), (True, "two")], ids=["theirs", "Git's"])
def test_merging_the_edit_settles_it(*, keep: bool, live: str) -> None:
    """Whichever side the merge takes is what runs then."""
    world = conflict()
    world.deploy()
    (iid,) = [each.proposal.iid for each in world.gitlab.requests if each.proposal.source_branch == SIDE]
    world.gitlab.land(iid, keep=keep)

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": live, "b": "due"}
    assert world.records()[-1] == (world.head, "success")


def test_force_lets_git_win_after_the_edit_is_kept() -> None:
    """In one go; what was typed can be read in its merge request."""
    world = conflict()

    report = force(world)

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "due"}
    assert parked(world, "a") == "typed"
    assert world.records()[-1] == (world.head, "success")
    assert "an edit made in AIC gives way; it is kept here" in world.gitlab.body(OnMergeRequest(1))
    nothing_left(world)


def test_force_needs_the_name_of_the_workspace() -> None:
    """A second word."""
    world = conflict()

    assert world.deploy(by_hand=True, force=True).reason == "confirm-mismatch"
    assert world.deploy(by_hand=True, force=True, confirm="PIN FUSION 2.0").reason == "confirm-mismatch"
    assert world.writes() == []


def test_force_without_a_conflict_is_a_deploy_like_any_other() -> None:
    """Nothing has to be kept."""
    world = stage(a="one")
    world.merge(a="two")

    assert force(world).outcome is Outcome.DEPLOYED
    assert SIDE not in world.gitlab.branches


def test_force_leaves_drift_alone_that_it_does_not_name() -> None:
    """Row 6: Git has not changed it, so that it doesn't win anything."""
    world = stage(a="one", b="uno")
    world.merge(b="due")
    world.aic.put("a", "typed")

    assert force(world, full=True).outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "typed", "b": "due"}


def name(world: Stage, *titles: str, forced: bool = True) -> Report:
    """Git is to win over these."""
    return world.deploy(by_hand=True, force=forced, confirm=QA, pipelines=list(titles))


def test_force_wins_over_an_edit_that_it_names_though_git_changed_nothing() -> None:
    """After the edit is kept; what is not named stays as it is."""
    world = stage(a="one", b="uno", c="eins")
    world.aic.put("a", "typed")
    world.aic.put("b", "scritto")

    assert name(world, "a", forced=False).outcome is Outcome.UNCHANGED
    report = name(world, "a", "c")

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one", "b": "scritto", "c": "eins"}
    assert parked(world, "a") == "typed"
    assert [row.why for row in report.rows] == ["an edit made in AIC gives way; it is kept here", ""]
    nothing_left(world)


def test_an_edit_that_force_names_and_that_cannot_be_kept_stays_live() -> None:
    """It says why; Git did not change it."""
    world = stage(a="one")
    world.aic.put("a", "typed")
    world.gitlab.protected.add(SIDE)

    report = name(world, "a")

    assert (report.outcome, report.reason) == (Outcome.CONFLICT, "force-not-parked")
    assert "edited in AIC since the last deploy, unchanged in Git; not kept in Git" in report.rows[0].why
    assert world.writes() == []


def test_what_was_deleted_in_aic_comes_back_by_a_force_that_names_it() -> None:
    """Not by one that looks at everything: it may be live by another name."""
    world = stage(a="one", b="uno")
    world.aic.remove("a")

    assert force(world, full=True).outcome is Outcome.UNCHANGED
    report = name(world, "a")

    assert [(row.done, row.why) for row in report.rows] == [
        ("created", "deleted in AIC, unchanged in Git: created again")
    ]
    assert world.aic.code() == {"a": "one", "b": "uno"}


def test_what_a_rollback_holds_stays_held_whatever_force_names() -> None:
    """The edit of it is nobody's business either."""
    world = stage(a="one")
    world.merge(a="two")
    world.deploy()
    roll_back(world, a="one")
    world.aic.put("a", "typed")

    assert name(world, "a").outcome is Outcome.HELD
    assert world.aic.code() == {"a": "typed"}


def test_force_leaves_what_git_has_deleted_to_people() -> None:
    """Row 12: AIC knows no delete; the edit is kept."""
    world = stage(a="one", b="uno")
    world.merge(a=None, b="due")
    world.aic.put("a", "typed")

    report = force(world)

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "typed", "b": "due"}
    assert parked(world, "a") == "typed"
    assert [title for title, _ in report.by_hand] == ["a"]


def test_force_in_an_adoption_overwrites_what_git_never_had() -> None:
    """Row 9; the side branch is cut at head."""
    world = bare(a="one")
    world.aic.put("a", "typed")

    assert force(world).outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one"}
    assert parked(world, "a") == "typed"


def test_force_does_not_make_a_broken_file_good() -> None:
    """The edit is kept, and nothing is written."""
    world = conflict()
    world.gitlab.push("develop", {config_path("b"): "{broken"})

    report = force(world)

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "config-refused")
    assert world.writes() == []
    assert parked(world, "a") == "typed"
    assert world.deploy().override == ""


def test_an_edit_in_the_middle_of_a_forced_deploy_is_kept_before_it_gives_way() -> None:
    """Guarded as ever: it is another edit than the one that was kept."""
    world = conflict()
    world.gitlab.before = at(1, "write_note", lambda: world.aic.put("a", "typed again"))

    assert force(world).outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "due"}
    assert parked(world, "a") == "typed again"


def test_a_save_between_looking_and_keeping_is_what_is_kept() -> None:
    """Live is read again right before."""
    world = conflict()
    world.aic.before = at(3, "read", lambda: world.aic.put("a", "typed again"))

    world.deploy()

    assert parked(world, "a") == "typed again"


def test_a_merge_between_looking_and_keeping_means_looking_again() -> None:
    """Nothing is committed upon an old look."""
    world = conflict()
    world.gitlab.before = at(2, "proposals", lambda: world.merge(source="feature/2", b="tre"))

    report = world.deploy()

    assert report.head == world.head
    assert parked(world, "a") == "typed"


def test_a_forced_run_that_dies_is_finished_by_the_next_delivery() -> None:
    """The edit is found where it is kept."""
    world = conflict()
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        force(world)
    world.aic.after = lambda _: None

    assert force(world).outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "due"}
    assert len([each for each in world.gitlab.requests if each.proposal.source_branch == SIDE]) == 1
    nothing_left(world)


def test_a_forced_run_that_fails_gives_the_edit_back() -> None:
    """From the commit that keeps it."""
    world = conflict()

    def refuse(call: str) -> None:
        if call == "update" and world.aic.code()["a"] == "two" and world.aic.code()["b"] == "uno":
            world.aic.before = lambda _: None
            raise Permanent("aic-write-refused")

    world.aic.before = refuse

    report = force(world)

    assert report.outcome is Outcome.FAILED
    assert world.aic.code() == {"a": "typed", "b": "uno"}


def test_a_dead_run_that_meets_an_edit_keeps_it_and_is_taken_back() -> None:
    """As ever; the conflict is told once with all of it."""
    world = stage(a="one", b="uno")
    world.merge(a="two", b="due")
    dead_run(world)
    world.aic.put("b", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}
    assert parked(world, "b") == "typed"


def test_what_was_saved_right_after_our_write_is_kept_and_told_as_such() -> None:
    """By whom nobody knows: AIC may have changed it."""
    world = stage(a="one")
    iid = world.merge(a="two")
    world.aic.after = at(1, "update", lambda: world.aic.put("a", "two, and mine"))

    assert world.deploy().outcome is Outcome.CONFLICT
    body = world.gitlab.body(OnMergeRequest(iid))
    assert "this deploy had written it" in body
    assert "the edit is kept in this merge request" in body
    assert parked(world, "a") == "two, and mine"


def test_a_limited_run_keeps_what_it_is_in_conflict_with() -> None:
    """And only that."""
    world = conflict()
    world.aic.put("b", "typed, too")

    report = world.deploy(by_hand=True, pipelines=["a"])

    assert report.outcome is Outcome.CONFLICT
    assert (parked(world, "a"), parked(world, "b")) == ("typed", "uno")
    assert json.loads(report.override)["pipelines"] == ["a"]


def test_a_dry_run_keeps_nothing() -> None:
    """Looking is all that it may do."""
    world = conflict()

    plain = world.deploy(by_hand=True, dry_run=True)
    forced = force(world, dry_run=True)

    assert SIDE not in world.gitlab.branches
    assert (plain.reason, plain.override) == ("conflict", "")
    assert forced.reason == "conflict"
    assert "kept in a merge request first" in world.gitlab.body(OnCommit(world.head))


def unfit() -> Stage:
    """The same with a pipeline that Git can't take, and one that it can."""
    world = stage(a="one", b="uno")
    world.merge(a="two", b="due")
    deep: object = 0
    for _ in range(300):
        deep = [deep]
    job_id = world.aic.put("a", "typed")
    world.aic.configs[job_id]["schedule"] = deep
    world.aic.put("b", "typed, too")
    return world


def test_what_cannot_be_kept_is_named_and_stops_force_for_all() -> None:
    """Else nobody would have it any more."""
    world = unfit()

    report = world.deploy()
    forced = force(world)

    assert (report.outcome, report.override) == (Outcome.CONFLICT, "")
    assert (forced.outcome, forced.reason, forced.override) == (Outcome.CONFLICT, "force-not-parked", "")
    assert world.writes() == []
    assert (parked(world, "a"), parked(world, "b")) == ("one", "typed, too")
    rows = {row.title: row for row in report.rows}
    assert "not kept in Git: nested more than" in rows["a"].why
    assert (rows["a"].proposal is None, rows["b"].proposal is None) == (True, False)
    assert "is in AIC alone" in world.gitlab.body(OnMergeRequest(1))


def test_a_gitlab_that_takes_no_side_branch_never_hides_the_conflict() -> None:
    """The reason stands beside it; `force` is refused."""
    world = conflict()
    world.gitlab.protected.add(SIDE)

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert "not kept in Git: gitlab-forbidden" in report.rows[0].why
    assert force(world).reason == "force-not-parked"
    assert world.writes() == []
    assert world.status() == "failed"


@pytest.mark.parametrize("call", ["proposals", "commit", "propose"])
def test_a_gitlab_that_is_away_is_waited_for_and_never_hides_the_conflict(call: str) -> None:
    """The next delivery keeps it; the last one says that it could not."""
    world = conflict()
    number = 2 if call == "proposals" else 1

    def away(name: str) -> None:
        if name == call and world.gitlab.calls.count(call) >= number:
            raise Transient("gitlab-unavailable")

    world.gitlab.before = away
    with pytest.raises(Transient):
        world.deploy()
    world.gitlab.calls.clear()
    report = world.deploy(final=True)

    assert report.outcome is Outcome.CONFLICT
    assert "not kept in Git: gitlab-unavailable" in report.rows[0].why
    world.gitlab.before = lambda _: None
    assert world.deploy().rows[0].proposal is not None
    assert parked(world, "a") == "typed"


def test_a_lost_answer_to_the_commit_makes_no_second_one() -> None:
    """It is found by the next delivery."""
    world = conflict()
    real = world.gitlab.commit

    def lost(*arguments: object, **named: object) -> str:
        real(*arguments, **named)  # type: ignore[arg-type]
        raise Transient("gitlab-unavailable")

    world.gitlab.commit = lost  # type: ignore[method-assign]
    with pytest.raises(Transient):
        world.deploy()
    world.gitlab.commit = real  # type: ignore[method-assign]

    assert world.deploy().outcome is Outcome.CONFLICT
    assert [name for name in world.gitlab.branches if name.startswith("aic-sync/")] == [SIDE]
    assert parked(world, "a") == "typed"


def test_everything_that_aic_keeps_beside_the_content_is_kept() -> None:
    """But for its own ids."""
    world = conflict()
    world.aic.put("a", "typed", schedule="daily")

    world.deploy()

    data = world.gitlab.commits[world.gitlab.branches[SIDE]].files[config_path("a")]
    assert json.loads(data) == {"title": "a", **config("typed"), "schedule": "daily"}


def test_a_conflict_of_a_pipeline_that_came_back_is_kept_under_its_title() -> None:
    """Deleted in Git, edited in AIC."""
    world = stage(a="one", b="uno")
    world.merge(a=None)
    world.aic.put("a", "typed")

    assert world.deploy().outcome is Outcome.CONFLICT
    assert parked(world, "a") == "typed"


def test_a_write_that_is_lost_in_a_forced_deploy_is_learned_by_reading() -> None:
    """As in any other."""
    world = conflict()
    world.aic.after = at(1, "update", fail(LOST))

    assert force(world).outcome is Outcome.DEPLOYED


def test_a_forced_deploy_that_runs_again_finds_nothing_to_do() -> None:
    """Git has won."""
    world = conflict()
    force(world)
    writes = world.writes()

    assert force(world).outcome is Outcome.UNCHANGED
    assert world.writes() == writes


def test_code_of_the_edit_is_kept_as_files() -> None:
    """As people read it."""
    world = conflict()
    world.deploy()

    files = world.gitlab.commits[world.gitlab.branches[SIDE]].files
    assert files["code/a/t1.sql"] == b"typed"
    assert files[config_path("b")] == stored("uno").encode()


def test_what_stops_a_forced_deploy_is_not_offered_to_be_forced_again() -> None:
    """It would only be refused again."""
    world = conflict()
    world.aic.add_twin("b", "uno")

    report = world.deploy()

    assert {row.action for row in report.rows} == {Action.CONFLICT, Action.REFUSE}
    assert report.override == ""


def test_sec_34_a_secret_that_was_typed_is_never_brought_into_git() -> None:
    """The conflict is told, with task and line; nothing shows the value."""
    world = conflict()
    secret = "glpat-" + "Zq3Xw8Lr5Tn2Vb7Ky4Jm"
    world.aic.put("a", f"token = '{secret}'")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert "not kept in Git" in report.rows[0].why
    assert force(world).reason == "force-not-parked"
    assert SIDE not in world.gitlab.branches
    assert secret not in f"{report} {world.gitlab.written} {world.gitlab.posted} {world.gitlab.commits}"
