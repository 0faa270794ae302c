"""Runs that died, and a world that has changed in a way that keeps the next delivery from going on."""

from collections.abc import Callable

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnCommit, OnMergeRequest
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.report import Outcome, Taken

from ..fake_workspace import stored
from ..stage import ENVIRONMENT, MAPPING, QA, Stage, bare, stage
from .test_deploy_in_trouble import Killed, at, dead_run, fail

LIMITED = f"{ENVIRONMENT}/limited"


def half() -> Stage:
    """A merge of `a` and `b` whose run was killed when `a` was written."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    dead_run(world)
    return world


def nothing_left(world: Stage) -> None:
    """Neither record, status nor note says that somebody is still at work."""
    assert "running" not in {each.status for _, each in world.gitlab.records}
    assert "running" not in {status.state for *_, status in world.gitlab.posted}
    assert not [note for notes in world.gitlab.written.values() for note in notes if "⏳" in note.body]


def test_a_mapping_that_breaks_takes_back_the_interrupted_deploy() -> None:
    """The workspace is found among those that the settings allow."""
    world = half()
    world.gitlab.push("main", {MAPPING_FILE: "mapping: ["})

    report = world.deploy()

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "mapping-invalid")
    assert world.aic.code() == {"a": "one", "b": "one"}
    assert "- `a`: put back" in world.gitlab.body(OnMergeRequest(1))
    nothing_left(world)


def test_a_mapping_that_drops_the_branch_takes_back_the_interrupted_deploy() -> None:
    """`ignored` would leave half of it live without a word."""
    world = half()
    world.gitlab.push("main", {MAPPING_FILE: "mapping:\n  main: PIN FUSION 2.0\n"})

    report = world.deploy()

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "branch-not-mapped")
    assert world.aic.code() == {"a": "one", "b": "one"}
    nothing_left(world)


def test_an_ignored_branch_that_is_gone_is_only_ignored() -> None:
    """There is nowhere to tell it."""
    world = half()
    world.gitlab.push("main", {MAPPING_FILE: "mapping:\n  main: PIN FUSION 2.0\n"})
    del world.gitlab.branches["develop"]

    assert world.deploy().outcome is Outcome.IGNORED
    assert world.aic.code() == {"a": "one", "b": "one"}


def test_what_cannot_be_put_back_then_is_kept_for_a_later_run() -> None:
    """First it is tried again, at last it is said; the failed record leads to the journal."""
    world = half()
    world.gitlab.push("main", {MAPPING_FILE: "mapping: ["})

    def closed(_: str) -> None:
        raise Permanent("aic-unauthorized")

    world.opened = closed

    with pytest.raises(Transient):
        world.deploy()
    report = world.deploy(final=True)

    assert report.outcome is Outcome.HALF_DEPLOYED
    assert {each.taken for each in report.undone} == {Taken.STUCK}
    assert world.records()[-1][1] == "failed"

    world.opened = lambda _: None
    world.gitlab.push("main", {MAPPING_FILE: MAPPING})
    world.aic.put("b", "typed")

    assert world.deploy().outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}


def test_a_branch_set_back_takes_back_the_interrupted_deploy() -> None:
    """What was dropped may not stay live."""
    world = stage(a="one", b="one")
    old = world.head
    world.merge(source="feature/1", a="two")
    world.deploy()
    world.merge(source="feature/2", b="two", a="three")
    dead_run(world)
    world.gitlab.branches["develop"] = old

    report = world.deploy()

    assert report.outcome is Outcome.SUPERSEDED
    assert world.aic.code() == {"a": "two", "b": "one"}
    nothing_left(world)


def test_a_branch_set_back_to_base_heals_what_the_interrupted_deploy_wrote() -> None:
    """Head is base, and yet there is something to do."""
    world = stage(a="one", b="one")
    old = world.head
    world.merge(a="two", b="two")
    dead_run(world)
    world.gitlab.branches["develop"] = old

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one", "b": "one"}
    nothing_left(world)


def test_a_superseded_deploy_that_is_stuck_is_said_to_be_half() -> None:
    """And stays to be found."""
    world = stage(a="one", b="one")
    old = world.head
    world.merge(source="feature/1", a="two")
    world.deploy()
    world.merge(source="feature/2", a="three")
    dead_run(world)
    world.gitlab.branches["develop"] = old
    world.aic.before = lambda call: fail(Permanent("aic-write-refused"))() if call == "update" else None

    report = world.deploy(final=True)

    assert report.outcome is Outcome.HALF_DEPLOYED
    assert world.records()[-1][1] == "failed"


def test_a_force_push_after_a_dead_run_is_looked_at_and_healed() -> None:
    """What the dead run wrote is between no base and head any more."""
    world = stage(a="one", b="one")
    old = world.head
    world.merge(source="feature/1", a="two")
    dead_run(world)
    world.gitlab.branches["develop"] = old
    world.merge(source="feature/2", b="two")

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one", "b": "two"}
    nothing_left(world)


def test_an_interrupted_direct_push_is_found_by_its_record() -> None:
    """Its journal stands on a commit that is no longer head."""
    world = stage(a="one", b="one")
    world.put(a="two")
    dead_run(world)
    world.gitlab.push("develop", {config_path("b"): "{broken"})

    report = world.deploy()

    assert report.outcome is Outcome.REFUSED
    assert world.aic.code() == {"a": "one", "b": "one"}
    nothing_left(world)


def test_an_interrupted_limited_run_is_taken_back_by_the_next_conflict() -> None:
    """It has records of its own."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy(by_hand=True, pipelines=["a"])
    world.aic.after = lambda _: None
    world.aic.put("b", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}


def test_a_limited_run_has_its_own_record() -> None:
    """Running, then success, beside the record of the workspace."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")

    world.deploy(by_hand=True, pipelines=["a"])

    assert [each.status for name, each in world.gitlab.records if name == LIMITED] == ["success"]


def test_a_limited_run_that_fails_is_recorded_as_failed_beside() -> None:
    """And the workspace's own record is not touched."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="zwei")
    before = world.records()

    def refuse(call: str) -> None:
        if call == "update":
            raise Permanent("aic-write-refused")

    world.aic.before = refuse

    assert world.deploy(by_hand=True, pipelines=["a"]).outcome is Outcome.FAILED
    assert [each.status for name, each in world.gitlab.records if name == LIMITED] == ["failed"]
    assert world.records() == before


@pytest.mark.parametrize("call", ["file", "head", "deployments", "compare"])
def test_the_last_delivery_takes_back_and_tells_also_when_gitlab_is_only_half_there(call: str) -> None:
    """The scene can't be looked at; the head can."""
    world = half()
    number = 0

    def once(name: str) -> None:
        nonlocal number
        if name == call:
            number += 1
            if number == 1:
                raise Transient("gitlab-unavailable")

    world.gitlab.before = once

    report = world.deploy(final=True)

    assert (report.outcome, report.reason) == (Outcome.FAILED, "gitlab-unavailable")
    assert world.aic.code() == {"a": "one", "b": "one"}
    assert "gitlab-unavailable" in world.gitlab.body(OnMergeRequest(1))
    nothing_left(world)


@pytest.mark.parametrize("call", ["write_note", "post_status", "end_deployment"])
def test_the_last_delivery_never_says_taken_back_while_it_is_live(call: str) -> None:
    """A success that can't be recorded is no success: it is put back."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    number, first = 0, {"write_note": 2, "post_status": 2, "end_deployment": 1}[call]

    def once(name: str) -> None:
        nonlocal number
        if name == call:
            number += 1
            if number == first:
                raise Transient("gitlab-unavailable")

    world.gitlab.before = once

    report = world.deploy(final=True)

    assert report.outcome is Outcome.FAILED
    assert world.aic.code() == {"a": "one", "b": "one"}
    assert world.records()[-1] == (world.head, "failed")
    nothing_left(world)


def test_a_last_delivery_whose_branch_never_stands_still_gives_up_in_order() -> None:
    """Somebody pushes at every look."""
    world = stage(a="one")
    world.merge(a="two")
    number = 0

    def push(call: str) -> None:
        nonlocal number
        if call == "post_status" and number < 6:
            number += 1
            world.put(**{f"n{number}": "x"})

    world.gitlab.before = push

    report = world.deploy(final=True)

    assert (report.outcome, report.reason) == (Outcome.FAILED, "moved")
    assert world.aic.code() == {"a": "one"}


def test_what_a_dead_run_created_is_said_at_every_delivery() -> None:
    """AIC can't delete it: it stays half deployed until somebody does."""
    world = stage(a="one", b="one")
    world.merge(b="two", new="x")
    dead_run(world, call="create")
    world.aic.put("b", "typed")

    first = world.deploy()
    again = world.deploy()

    assert (first.outcome, again.outcome) == (Outcome.HALF_DEPLOYED, Outcome.HALF_DEPLOYED)
    assert first.undone == again.undone
    world.aic.remove("new")
    assert world.deploy().outcome is Outcome.CONFLICT


def test_one_empty_list_is_no_proof_that_nothing_was_created() -> None:
    """It is tried again, and at last said to be stuck."""
    world = stage(b="one")
    world.merge(b="two", new="x")
    dead_run(world, call="create")
    world.aic.put("b", "typed")
    real = world.aic.jobs
    calls = 0

    def jobs() -> object:
        nonlocal calls
        calls += 1
        return () if calls == 2 else real()

    world.aic.jobs = jobs  # type: ignore[method-assign,assignment]

    with pytest.raises(Transient):
        world.deploy()


def test_a_person_who_saves_while_the_pre_image_is_fetched_keeps_the_edit() -> None:
    """The guard comes right before the write; the pre-image is the last content that a run asks for."""
    rehearsal, world = half(), half()
    for each in (rehearsal, world):
        each.aic.put("b", "typed")
        each.gitlab.calls.clear()
    rehearsal.deploy()
    asked = rehearsal.gitlab.calls.count("content")
    world.gitlab.before = at(asked, "content", lambda: world.aic.put("a", "saved by a person"))

    world.deploy()

    assert rehearsal.aic.code() == {"a": "one", "b": "typed"}
    assert world.aic.code() == {"a": "saved by a person", "b": "typed"}


def test_a_rename_made_in_aic_is_not_undone() -> None:
    """A write carries the title."""
    world = half()
    job_id = world.aic.id_of("a") or ""
    world.aic.configs[job_id]["title"] = "a, mine"
    world.aic.put("b", "typed")

    world.deploy()

    assert world.aic.code() == {"a, mine": "two", "b": "typed"}


def test_a_run_that_was_overtaken_heals_what_it_wrote_late() -> None:
    """It stood between guard and write while the next merge was deployed whole."""
    world = stage(a="one")
    world.merge(source="feature/1", a="two")

    def overtaken() -> None:
        world.aic.before = lambda _: None
        world.merge(source="feature/2", a="three")
        world.deploy()

    world.aic.before = at(1, "update", overtaken)

    report = world.deploy()

    assert report.outcome in (Outcome.DEPLOYED, Outcome.UNCHANGED)
    assert world.aic.code() == {"a": "three"}
    nothing_left(world)


def test_a_save_after_our_write_is_told_as_such() -> None:
    """Not as an edit of the version before."""
    world = stage(a="one")
    iid = world.merge(a="two")
    world.aic.after = at(1, "update", lambda: world.aic.put("a", "two, and mine"))

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert "this deploy had written it" in world.gitlab.body(OnMergeRequest(iid))


def test_a_typing_error_by_hand_is_answered_and_changes_no_note_or_status() -> None:
    """The deploy before it was good."""
    world = stage(a="one")
    iid = world.merge(a="two")
    world.deploy()
    before = world.gitlab.body(OnMergeRequest(iid))

    report = world.deploy(by_hand=True, confirm="typo", by="ann")

    assert report.reason == "confirm-mismatch"
    assert world.gitlab.body(OnMergeRequest(iid)) == before
    assert world.status() == "success"
    assert [note for note in world.gitlab.written[OnCommit(world.head)] if "confirm-mismatch" in note.body]


def test_by_hand_a_branch_that_is_behind_is_answered_on_its_commit() -> None:
    """Without touching what may be under way."""
    world = stage(a="one")
    old = world.head
    world.merge(a="two")
    world.deploy()
    world.gitlab.branches["develop"] = old

    report = world.deploy(by_hand=True)

    assert report.outcome is Outcome.SUPERSEDED
    assert "has moved on" in world.gitlab.body(OnCommit(old))


def test_a_merge_request_of_an_adoption_hears_of_it_by_its_own_message() -> None:
    """Two merges before the first deploy; the second delivery finds nothing to do and tells the other one."""
    world = bare(a="zero")
    world.aic.put("a", "zero")
    first = world.merge(source="feature/1", a="one")
    second = world.merge(source="feature/2", a="two")

    world.deploy(merge_request=second)
    world.deploy(merge_request=first)
    told = world.gitlab.body(OnMergeRequest(first))
    world.deploy(merge_request=first)

    assert "✅ Deployed" in world.gitlab.body(OnMergeRequest(second))
    assert "✅ Nothing to write" in told
    assert world.gitlab.body(OnMergeRequest(first)) == told


def test_a_full_deploy_that_fails_leaves_the_record_of_the_live_head() -> None:
    """Healing was refused; the head that was live is live."""
    world = stage(a="one")
    world.merge(a="two")
    world.deploy()
    world.aic.put("a", "one")

    def refuse(call: str) -> None:
        if call == "update":
            raise Permanent("aic-write-refused")

    world.aic.before = refuse

    report = world.deploy(by_hand=True, full=True)

    assert report.outcome is Outcome.FAILED
    nothing_left(world)


def test_a_refused_full_deploy_of_a_live_head_does_not_call_it_failed() -> None:
    """A twin turned up; what is recorded stays so."""
    world = stage(a="one")
    world.merge(a="two")
    world.deploy()
    world.aic.add_twin("a", "two")

    report = world.deploy(by_hand=True, full=True)

    assert report.outcome is Outcome.REFUSED
    assert world.records()[-1] == (world.head, "success")
    assert world.status() == "success"


def test_a_dry_run_never_takes_anything_back() -> None:
    """Not even what a dead run has left."""
    world = half()
    world.gitlab.push("main", {MAPPING_FILE: "mapping: ["})

    report = world.deploy(by_hand=True, dry_run=True)

    assert report.reason == "mapping-invalid"
    assert world.aic.code()["a"] == "two"


def test_a_deletion_under_a_changed_mapping_is_shown() -> None:
    """It is in neither head nor base of the adoption."""
    world = stage(a="one", b="one")
    world.gitlab.push("main", {MAPPING_FILE: f"mapping:\n  develop: {QA}\n"})
    world.merge(b=None)

    report = world.deploy()

    assert {row.title: row.done for row in report.rows} == {"a": "already there", "b": "left alone"}


def refused_after(first: int) -> Callable[[str], None]:
    """AIC refuses every update from the n-th on."""
    number = 0

    def hook(call: str) -> None:
        nonlocal number
        number += call == "update"
        if call == "update" and number >= first:
            raise Permanent("aic-write-refused")

    return hook


def test_a_config_edited_in_the_journal_of_a_dead_run_is_still_found_broken() -> None:
    """A pre-image that can't be read is stuck, and named."""
    world = stage(a="one", b="one")
    world.gitlab.push("develop", {config_path("a"): stored("two"), config_path("b"): stored("two")})
    world.aic.before = refused_after(2)

    with pytest.raises(Transient):
        world.deploy()
    report = world.deploy(final=True)

    assert report.outcome is Outcome.HALF_DEPLOYED
    assert [(each.title, each.taken) for each in report.undone] == [("a", Taken.STUCK)]


def test_a_branch_set_back_to_base_after_a_dead_run_that_somebody_has_mended_is_only_closed() -> None:
    """Nothing to write, and no second record of what is recorded."""
    world = stage(a="one", b="one")
    old = world.head
    world.merge(a="two", b="two")
    dead_run(world)
    world.gitlab.branches["develop"] = old
    world.aic.put("a", "one")

    world.deploy()

    assert [status for _, status in world.records()] == ["success", "canceled"]
    nothing_left(world)


def test_several_conflicts_share_what_history_asks_of_gitlab() -> None:
    """Attempts and captures are asked once a run."""
    world = stage(a="one", b="one", c="one")
    world.merge(a="two", b="two", c="two")
    for title in "abc":
        world.aic.put(title, "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.gitlab.calls.count("line") == 1


def test_a_dry_run_that_gitlab_refuses_takes_nothing_back_either() -> None:
    """Looking is all that it may do."""
    world = half()
    world.gitlab.before = at(1, "compare", fail(Permanent("gitlab-forbidden")))

    report = world.deploy(by_hand=True, dry_run=True)

    assert report.reason == "gitlab-forbidden"
    assert world.aic.code()["a"] == "two"


def test_after_the_record_nothing_is_given_up_any_more() -> None:
    """GitLab fails in the moment in which the branch is looked at once more."""
    world = stage(a="one")
    world.merge(a="two")

    def after_the_record(call: str) -> None:
        if call == "head" and world.records()[-1] == (world.head, "success") and len(world.records()) > 1:
            raise Transient("gitlab-unavailable")

    world.gitlab.before = after_the_record

    report = world.deploy(final=True)

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two"}
    assert world.status() == "success"


def test_a_limited_deploy_that_succeeded_is_never_taken_back_by_what_fails_later() -> None:
    """A conflict, a limited run of another pipeline, then everything that can go wrong on the same commit."""
    world = stage(a="one", b="one", c="one")
    world.merge(a="two", b="two", c="two")
    world.aic.put("b", "typed")
    world.deploy()

    assert world.deploy(by_hand=True, pipelines=["a"]).outcome is Outcome.DEPLOYED
    told = [note.body for note in world.gitlab.written[OnCommit(world.head)]]
    for pipelines in (["typo"], ["b"], None):
        report = world.deploy(by_hand=True, pipelines=pipelines)
        assert report.outcome in (Outcome.REFUSED, Outcome.CONFLICT)
        assert world.aic.code() == {"a": "two", "b": "typed", "c": "one"}
    world.merge(source="feature/2", c="three")
    world.deploy()

    assert world.aic.code() == {"a": "two", "b": "typed", "c": "one"}
    assert [body for body in told if "✅" in body] == [
        note.body for note in world.gitlab.written[OnCommit(next(iter(world.records()[-2:-1]))[0])] if "✅" in note.body
    ]


def test_the_line_to_ask_again_asks_for_the_same() -> None:
    """With what had been asked; not after a dry run, nor for what would only be wrong again."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.aic.put("a", "typed")

    limited = world.deploy(by_hand=True, pipelines=["a"], by="ann")

    assert limited.again == '{"project": "pin/fusion", "branch": "develop", "pipelines": ["a"]}'
    assert world.deploy(by_hand=True, dry_run=True).again == ""
    assert world.deploy(by_hand=True, pipelines=["typo"]).again == ""
    assert world.deploy(by_hand=True, confirm="typo").again == ""


def test_rewritten_history_says_what_to_confirm() -> None:
    """The line can be pasted as it is."""
    world = stage(a="one")
    old = world.head
    world.merge(a="two")
    world.deploy()
    world.gitlab.branches["develop"] = old
    world.put(a="three")

    report = world.deploy()

    assert report.workspace == QA
    assert f'"confirm": "{QA}"' in report.again
    assert world.deploy(by_hand=True, dry_run=True).again == ""


def test_going_back_on_purpose_needs_confirm_and_then_goes_back() -> None:
    """The branch was set back to what was live before."""
    world = stage(a="one", b="one")
    old = world.head
    world.merge(a="two", b="two")
    world.deploy()
    world.gitlab.branches["develop"] = old

    report = world.deploy(by_hand=True, confirm=QA)

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one", "b": "one"}
    assert world.records()[-1] == (old, "success")


def test_a_dry_run_says_what_would_stop_the_deploy() -> None:
    """Nothing `would be updated` beside a conflict."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.aic.put("a", "typed")

    report = world.deploy(by_hand=True, dry_run=True)

    assert (report.outcome, report.reason) == (Outcome.PLANNED, "conflict")
    assert {row.title: row.done for row in report.rows} == {"a": "conflict", "b": "held back"}


def test_a_person_who_asks_for_an_unmapped_branch_is_answered_there() -> None:
    """A hook of such a branch is only logged."""
    world = stage(a="one")
    world.gitlab.push("play", {"x": "y"}, parents=(world.head,))

    report = world.deploy(by_hand=True, branch="play", by="ann")

    assert report.outcome is Outcome.IGNORED
    assert "branch-not-mapped" in world.gitlab.body(OnCommit(world.gitlab.branches["play"]))


def test_a_refusal_that_was_told_on_the_merge_request_leaves_no_second_note_beside_the_success() -> None:
    """It is brought up to date when the deploy is confirmed."""
    world = stage(a="one")
    old = world.head
    world.merge(source="feature/1", a="two")
    world.deploy()
    world.gitlab.branches["develop"] = old
    iid = world.merge(source="feature/2", a="three")
    world.deploy(merge_request=iid)

    world.deploy(by_hand=True, confirm=QA)

    assert "✅ Deployed" in world.gitlab.body(OnMergeRequest(iid))
    assert not [note for notes in world.gitlab.written.values() for note in notes if "❌" in note.body]


def test_a_run_that_dies_before_its_only_record_does_not_tell_the_commit_twice() -> None:
    """Where nothing has to be written there is no record before the note."""
    world = stage(a="one")
    world.merge(source="feature/1", a="two")
    world.merge(source="feature/2", a="one")

    world.gitlab.before = at(1, "open_deployment", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    world.deploy(redelivered=True)

    assert "### ✅ Nothing to write" in world.gitlab.body(OnCommit(world.head))


def test_of_two_records_that_run_for_one_head_one_becomes_its_success_and_none_stays() -> None:
    """The request that opened the first one was answered too late, and then sent again."""
    world = stage(a="one")
    world.merge(a="two")
    for _ in range(2):
        world.gitlab.open_deployment(ENVIRONMENT, branch="develop", commit=world.head, status="running")

    world.deploy()

    assert sorted(world.records()[1:]) == [(world.head, "canceled"), (world.head, "success")]
    nothing_left(world)
