"""Captures that wait for people: which side branch they go to, and what becomes of its merge request."""

from dataclasses import replace

import pytest

from shared.domain.capture import Action, Mode
from shared.domain.errors import Transient
from shared.domain.layout import config_path

from ..fake_workspace import stored
from ..stage import QA, Stage, bare, stage
from .test_snapshot import codes

SIDE = "aic-sync/pin-fusion-2-0-qa"


def parked(world: Stage, *, message: str = "1") -> None:
    """A snapshot of production's kind."""
    world.snapshot(mode=Mode.MERGE_REQUEST, message=message)


def edited(**pipelines: str) -> Stage:
    """A workspace in which somebody edited these, captured already."""
    world = stage(a="one", b="two", c="three")
    for title, code in pipelines.items():
        world.aic.put(title, code)
    parked(world)
    return world


def opened(world: Stage) -> list[str]:
    """The source branches of open merge requests."""
    return [each.proposal.source_branch for each in world.gitlab.requests if each.proposal.state == "opened"]


def test_a_capture_that_was_merged_is_live_and_in_git_and_leaves_nothing_to_do() -> None:
    """The deploy after it records; the next snapshot is clean."""
    world = edited(a="edited")
    world.gitlab.land(1)
    world.deploy(merge_request=1)
    world.publisher.published.clear()

    assert world.writes() == []
    assert world.records()[-1] == (world.head, "success")
    parked(world, message="2")
    assert (opened(world), world.publisher.published) == ([], [])


def test_a_capture_that_was_merged_as_git_s_is_history_and_gets_overwritten() -> None:
    """People decided for Git's version."""
    world = stage(a="one")
    world.put(a="merged")
    world.aic.put("a", "edited")
    parked(world)
    world.gitlab.land(1, keep=True)
    report = world.deploy(merge_request=1)

    assert world.aic.code() == {"a": "merged"}
    assert report.rows[0].action == "update"


@pytest.mark.parametrize("complete", [True, False], ids=["whole", "cut short"])
@pytest.mark.parametrize("mode", Mode)
def test_a_new_pipeline_that_people_would_not_have_is_not_brought_again(mode: Mode, complete: bool) -> None:
    """Also where nothing else was ever in Git, and whether GitLab shows all that a commit changed, or not."""
    world = bare()
    world.aic.put("new", "made")
    parked(world)
    world.gitlab.land(1, keep=True)
    world.gitlab.complete = complete
    report = world.snapshot(mode=mode, message="2")

    assert [(row.title, row.action) for row in report.rows] == [("new", Action.LEAVE)]
    assert (opened(world), codes(world)) == ([], {})
    world.aic.put("new", "made anew")
    world.snapshot(mode=mode, message="3")
    assert codes(world, SIDE) == {"new": "made anew"}


def test_a_capture_after_the_last_one_was_merged_starts_a_branch_at_the_new_base() -> None:
    """The name is free again, since merging removes the branch."""
    world = edited(a="edited")
    world.gitlab.land(1)
    world.deploy(merge_request=1)
    world.aic.put("a", "edited again")
    parked(world, message="2")

    assert opened(world) == [SIDE]
    assert world.gitlab.commits[world.gitlab.branches[SIDE]].commit.parents == (world.head,)


def test_an_edit_that_was_taken_back_and_made_again_is_shown_again() -> None:
    """What the merge request shows is what is live."""
    world = edited(a="edited")
    world.aic.put("a", "edited otherwise")
    parked(world, message="2")
    world.aic.put("a", "edited")
    parked(world, message="3")

    assert codes(world, SIDE)["a"] == "edited"
    assert len(world.gitlab.requests) == 1


def test_when_base_moved_for_a_parked_pipeline_a_fresh_branch_replaces_the_old_one() -> None:
    """The old merge request is closed with a link, its branch stays."""
    world = edited(a="edited")
    old = world.gitlab.branches[SIDE]
    world.aic.put("a", "one")
    world.merge(a="merged")
    world.deploy()
    world.aic.put("a", "edited after that")
    parked(world, message="2")

    assert opened(world) == [f"{SIDE}-2"]
    assert world.gitlab.branches[SIDE] == old
    assert "Replaced by !" in world.gitlab.request(1).description
    assert codes(world, f"{SIDE}-2")["a"] == "edited after that"


def test_a_base_that_moved_for_other_pipelines_changes_nothing() -> None:
    """The branch would be merged upon the right versions all the same."""
    world = edited(a="edited")
    world.merge(b="merged")
    world.deploy()
    world.aic.put("c", "edited too")
    parked(world, message="2")

    assert opened(world) == [SIDE]
    assert codes(world, SIDE) == {"a": "edited", "b": "two", "c": "edited too"}


def test_an_old_merge_request_with_more_on_it_stays_open() -> None:
    """Nothing that waits for people gets out of sight."""
    world = edited(a="edited", b="edited")
    world.aic.put("a", "one")
    world.merge(a="merged")
    world.deploy()
    world.aic.put("a", "edited after that")
    world.snapshot(mode=Mode.MERGE_REQUEST, message="2", pipelines=["a"])

    assert opened(world) == [SIDE, f"{SIDE}-2"]


def test_nothing_is_appended_to_what_people_did_on_the_side_branch() -> None:
    """They may have merged Git's change into it: a capture on top would undo that."""
    world = stage(a="one")
    world.put(a="merged")
    world.aic.put("a", "edited")
    parked(world)
    world.gitlab.push(SIDE, {config_path("a"): stored("both together")}, message="resolved")
    world.aic.put("a", "edited again")
    parked(world, message="2")

    assert codes(world, SIDE)["a"] == "both together"
    assert codes(world, f"{SIDE}-2")["a"] == "edited again"
    assert opened(world) == [SIDE, f"{SIDE}-2"]


def test_what_people_have_seen_on_the_side_branch_is_not_brought_again() -> None:
    """They resolved it; live is what they resolved."""
    world = stage(a="one")
    world.put(a="merged")
    world.aic.put("a", "edited")
    parked(world)
    world.gitlab.push(SIDE, {config_path("a"): stored("both together")}, message="resolved")
    parked(world, message="2")

    assert opened(world) == [SIDE]
    assert codes(world, SIDE)["a"] == "both together"


def test_a_merge_request_that_somebody_closed_is_not_opened_again_for_the_same_edit() -> None:
    """They said no; the edit stays on its branch, and the report says where."""
    world = edited(a="edited")
    world.gitlab.close(1)
    report = world.snapshot(mode=Mode.MERGE_REQUEST, message="2")

    assert opened(world) == []
    assert report.rows[0].iid == 1


def test_another_edit_after_that_is_proposed_on_a_branch_of_its_own() -> None:
    """It is news."""
    world = edited(a="edited")
    world.gitlab.close(1)
    world.aic.put("a", "edited again")
    parked(world, message="2")

    assert opened(world) == [f"{SIDE}-2"]
    assert codes(world, SIDE)["a"] == "edited"


@pytest.mark.parametrize("where", ["commit", "propose"])
def test_a_lost_answer_leaves_one_branch_and_one_merge_request(where: str) -> None:
    """The next delivery takes up what the lost one made."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    real = getattr(world.gitlab, where)

    def lost(*given: object, **more: object) -> object:
        real(*given, **more)
        raise Transient("gitlab-unavailable", "no answer")

    setattr(world.gitlab, where, lost)
    with pytest.raises(Transient):
        parked(world)
    setattr(world.gitlab, where, real)
    parked(world)

    assert opened(world) == [SIDE]
    assert [name for name in world.gitlab.branches if name.startswith("aic-sync/")] == [SIDE]
    assert codes(world, SIDE)["a"] == "edited"


def test_a_capture_that_another_run_shows_meanwhile_is_not_shown_again() -> None:
    """Whoever comes second looks again, and finds it parked."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    once = ["closed"]

    def before(call: str) -> None:
        if once and world.gitlab.calls.count("proposals") == 3:
            once.pop()
            parked(world, message="the other")

    world.gitlab.before = before
    parked(world)

    assert opened(world) == [SIDE]


def broken(world: Stage, call: str) -> None:
    """The next call of that name does nothing."""
    once = [call]

    def before(name: str) -> None:
        if once and name == call:
            once.pop()
            raise Transient("gitlab-unavailable", "no answer")

    world.gitlab.before = before


def test_a_description_that_was_not_brought_up_to_date_is_by_the_next_run() -> None:
    """The capture stands on the branch already."""
    world = edited(a="edited")
    world.aic.put("b", "edited too")
    broken(world, "edit_proposal")
    with pytest.raises(Transient):
        parked(world, message="2")
    assert "`b`" not in world.gitlab.request(1).description
    parked(world, message="2")

    assert "`b`" in world.gitlab.request(1).description
    calls = len(world.gitlab.calls)
    parked(world, message="3")
    assert "edit_proposal" not in world.gitlab.calls[calls:]


def test_an_old_merge_request_that_was_not_closed_is_by_the_next_run() -> None:
    """The one that replaces it is there already."""
    world = edited(a="edited")
    world.aic.put("a", "one")
    world.merge(a="merged")
    world.deploy()
    world.aic.put("a", "edited after that")
    broken(world, "edit_proposal")
    with pytest.raises(Transient):
        parked(world, message="2")
    assert opened(world) == [SIDE, f"{SIDE}-2"]
    parked(world, message="2")

    assert opened(world) == [f"{SIDE}-2"]


def test_an_old_merge_request_that_shows_what_is_live_again_stays_open() -> None:
    """Though a newer one has captured the same pipeline."""
    world = edited(a="edited", b="edited")
    world.aic.put("a", "one")
    world.merge(a="merged")
    world.deploy()
    world.aic.put("a", "edited after that")
    world.aic.put("b", "edited further")
    parked(world, message="2")
    world.gitlab.requests[0] = replace(
        world.gitlab.requests[0], proposal=replace(world.gitlab.requests[0].proposal, state="opened")
    )
    world.aic.put("b", "edited")
    parked(world, message="3")

    assert opened(world) == [SIDE, f"{SIDE}-2"]


def test_a_branch_of_that_name_that_is_somebody_else_s_is_left_alone() -> None:
    """Whatever stands there."""
    world = stage(a="one")
    world.gitlab.branches[SIDE] = world.head
    world.gitlab.push(SIDE, {"notes.txt": "mine"})
    theirs = world.gitlab.branches[SIDE]
    world.aic.put("a", "edited")
    parked(world)

    assert world.gitlab.branches[SIDE] == theirs
    assert opened(world) == [f"{SIDE}-2"]


def test_a_merge_request_of_that_name_that_somebody_else_opened_is_left_alone() -> None:
    """Only what the service itself opened is believed."""
    world = stage(a="one")
    world.gitlab.branches[SIDE] = world.head
    world.gitlab.push(SIDE, {"notes.txt": "mine"})
    world.gitlab.open(SIDE, "develop")
    world.aic.put("a", "edited")
    parked(world)

    assert opened(world) == [SIDE, f"{SIDE}-2"]
    assert world.gitlab.request(1).description == ""


def test_a_description_without_its_mark_means_a_fresh_branch() -> None:
    """Where the old one was cut nobody can tell any more."""
    world = edited(a="edited")
    world.gitlab.edit_proposal(1, description="rewritten by a person")
    world.aic.put("a", "edited again")
    parked(world, message="2")

    assert opened(world) == [SIDE, f"{SIDE}-2"]


def test_a_rewritten_history_means_a_fresh_branch() -> None:
    """The commit that the old one was cut at is no part of the branch any more."""
    world = edited(a="edited")
    start = world.gitlab.commits[world.head].commit.parents[0]
    world.gitlab.branches["develop"] = start
    world.put(a="one", b="two", c="three")
    world.aic.put("a", "one")
    world.deploy(confirm=QA, by_hand=True)
    world.aic.put("a", "edited again")
    parked(world, message="2")

    assert opened(world) == [f"{SIDE}-2"]


def test_a_merge_during_the_capture_begins_it_anew() -> None:
    """Head and base are looked at again before anything is written."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    merged: list[str] = []

    def before(call: str) -> None:
        if call == "last_touched" and not merged:
            merged.append(world.put(b="merged meanwhile"))

    world.gitlab.before = before
    parked(world)

    assert opened(world) == [SIDE]
    assert codes(world, SIDE) == {"a": "edited"}


def test_a_deletion_that_waits_is_not_proposed_twice() -> None:
    """It is on the branch already."""
    world = stage(a="one", b="two")
    world.aic.remove("b")
    world.snapshot()
    tip = world.gitlab.branches[SIDE]
    world.snapshot(message="2")

    assert world.gitlab.branches[SIDE] == tip
    assert len(world.gitlab.requests) == 1


def test_a_closed_merge_request_whose_branch_is_gone_holds_nothing_any_more() -> None:
    """The edit is proposed again, under the free name."""
    world = edited(a="edited")
    world.gitlab.close(1)
    del world.gitlab.branches[SIDE]
    parked(world, message="2")

    assert opened(world) == [SIDE]
    assert codes(world, SIDE)["a"] == "edited"


def test_a_comparison_that_gitlab_cuts_short_is_made_from_trees() -> None:
    """The old merge request is replaced all the same."""
    world = edited(a="edited")
    world.aic.put("a", "one")
    world.merge(a="merged")
    world.deploy()
    world.aic.put("a", "edited after that")
    world.gitlab.complete = False
    parked(world, message="2")

    assert opened(world) == [f"{SIDE}-2"]


def test_nonsense_that_people_put_onto_the_side_branch_is_no_capture() -> None:
    """What is live is captured on a branch of its own."""
    world = edited(a="edited")
    run = world.gitlab.commits[world.gitlab.branches[SIDE]].commit.message
    world.gitlab.push(SIDE, {config_path("a"): "{"}, message=run)
    world.gitlab.push(SIDE, {"notes.txt": "mine"})
    world.aic.put("a", "edited again")
    parked(world, message="2")

    assert codes(world, f"{SIDE}-2")["a"] == "edited again"


def test_a_merge_request_whose_edit_came_into_git_another_way_closes_by_itself() -> None:
    """Nobody has to decide on it any more; its branch stays."""
    world = stage(a="one")
    world.put(a="merged")
    world.aic.put("a", "edited")
    parked(world)
    world.put(a="edited")
    world.put(a="both together")
    world.deploy()
    parked(world, message="2")

    assert opened(world) == []
    assert "Closed by itself" in world.gitlab.request(1).description
    assert SIDE in world.gitlab.branches


def test_a_deletion_that_git_made_itself_is_settled_too() -> None:
    """The file is gone."""
    world = stage(a="one", b="two")
    world.aic.remove("b")
    parked(world)
    assert opened(world) == [SIDE]
    world.put(b=None)
    world.deploy()
    parked(world, message="2")

    assert opened(world) == []


def test_what_is_not_settled_keeps_its_merge_request_open() -> None:
    """One of two edits came into Git."""
    world = edited(a="edited", b="edited too")
    world.put(a="edited")
    parked(world, message="2")

    assert opened(world) == [SIDE]


def test_a_merge_request_that_people_worked_on_is_theirs_to_close() -> None:
    """Whatever Git has had."""
    world = edited(a="edited")
    world.gitlab.push(SIDE, {"notes.txt": "mine"})
    world.put(a="edited")
    world.deploy()
    parked(world, message="2")

    assert opened(world) == [SIDE]
