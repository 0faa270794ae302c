"""What a deploy promises when answers are lost, people act in between, or a run dies half way."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import Deployment, OnMergeRequest
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.report import Outcome, Taken
from shared.flows.put import TRIES
from shared.flows.touched import MOST_COMMITS

from ..fake_workspace import stored
from ..stage import ENVIRONMENT, QA, Stage, bare, stage


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


def at(number: int, name: str, act: Callable[[], object]) -> Callable[[str], None]:
    """A hook that acts at the n-th call of that name, once."""
    seen = 0

    def hook(call: str) -> None:
        nonlocal seen
        if call == name:
            seen += 1
            if seen == number:
                act()

    return hook


def fail(error: BaseException) -> Callable[[], None]:
    """What raises the error."""

    def act() -> None:
        raise error

    return act


LOST = Transient("aic-write-unknown")


def test_a_lost_answer_to_an_update_is_learned_by_reading() -> None:
    """The write had arrived: it is not sent again."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.after = at(1, "update", fail(LOST))

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.writes() == ["update"]


def test_an_update_that_did_not_arrive_is_sent_again_only_after_reading() -> None:
    """The old version still stands, so nothing of anybody can be overwritten."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.before = at(1, "update", fail(LOST))

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.writes() == ["update", "update"]


def test_an_update_that_never_arrives_is_left_to_the_next_delivery() -> None:
    """Transient, and the record stays `running`."""
    world = stage(a="one")
    world.merge(a="two")

    def always(call: str) -> None:
        if call == "update":
            raise LOST

    world.aic.before = always

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "aic-write-unsettled"
    assert world.writes() == ["update"] * TRIES
    assert world.records()[-1] == (world.head, "running")
    assert world.status() == "running"


def test_a_stale_read_after_a_write_is_waited_for() -> None:
    """AIC may show the old version once more."""
    world = stage(a="one")
    world.merge(a="two")
    real = world.aic.read
    stale = dict(world.aic.configs[world.aic.id_of("a") or ""])
    reads = 0

    def read(job_id: str) -> object:
        nonlocal reads
        reads += 1
        found = real(job_id)
        return stale if reads == 3 else found

    world.aic.read = read  # type: ignore[method-assign,assignment]

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.writes() == ["update"]
    assert world.clock.slept


def test_a_write_that_aic_takes_but_never_shows_is_not_a_success() -> None:
    """Success is only said when it was read back."""
    world = stage(a="one")
    world.merge(a="two")
    job_id = world.aic.id_of("a") or ""
    old = dict(world.aic.configs[job_id])

    def forget(call: str) -> None:
        if call == "update":
            world.aic.configs[job_id] = dict(old)

    world.aic.after = forget

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "aic-write-unsettled"


def test_an_edit_between_plan_and_write_is_found_by_the_guard() -> None:
    """It becomes a conflict, not a loss."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.before = at(2, "read", lambda: world.aic.put("a", "typed"))

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "typed"}


def test_an_edit_right_after_the_write_is_not_overwritten() -> None:
    """What a person typed over our version stays and is a conflict."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.after = at(1, "update", lambda: world.aic.put("a", "typed"))

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "typed"}


def test_an_edit_of_one_pipeline_takes_back_the_others() -> None:
    """Never half deployed: what this run wrote already is put back before the conflict is told."""
    world = stage(**dict.fromkeys("abcdef", "one"))
    iid = world.merge(**dict.fromkeys("abcdef", "two"))
    world.aic.after = at(4, "update", lambda: world.aic.put("f", "typed"))

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {**dict.fromkeys("abcde", "one"), "f": "typed"}
    assert {each.title for each in report.undone if each.taken is Taken.PUT_BACK} == set("abcde")
    assert "Taken back" in world.gitlab.body(OnMergeRequest(iid))


def test_a_pipeline_deleted_in_aic_before_its_write_is_looked_at_again() -> None:
    """Row 15 then: it is created again."""
    world = stage(a="one", b="one")
    world.merge(a="two")
    world.aic.before = at(2, "read", lambda: world.aic.remove("a"))

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"b": "one", "a": "two"}


def test_a_pipeline_deleted_right_after_its_write_is_looked_at_again() -> None:
    """It is gone when it is read back."""
    world = stage(a="one", b="one")
    world.merge(a="two")
    world.aic.after = at(1, "update", lambda: world.aic.remove("a"))

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"b": "one", "a": "two"}


def test_a_pipeline_renamed_by_a_person_before_its_write_is_not_renamed_back() -> None:
    """A write carries the title: the guard compares it, too."""
    world = stage(a="one", b="one")
    world.merge(a="two")
    job_id = world.aic.id_of("a") or ""

    def rename() -> None:
        world.aic.configs[job_id]["title"] = "a, renamed"

    world.aic.before = at(2, "read", rename)

    world.deploy()

    assert world.aic.code() == {"a, renamed": "one", "b": "one", "a": "two"}


def test_a_merge_during_the_deploy_means_another_round() -> None:
    """Both changes are live; the first head was proven and is recorded, too, and each merge request hears of it."""
    world = stage(a="one", b="one")
    world.merge(source="feature/1", a="two")
    first = world.head
    world.aic.after = at(1, "update", lambda: world.merge(source="feature/2", b="two"))

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "two"}
    assert world.records()[1:] == [(first, "success"), (world.head, "success")]
    assert "| `a` | updated |" in world.gitlab.body(OnMergeRequest(1))
    assert "| `b` | updated |" in world.gitlab.body(OnMergeRequest(2))


def test_a_broken_merge_during_a_deploy_does_not_undo_or_hide_it() -> None:
    """The first merge request stays deployed, the second is refused."""
    world = stage(a="one")
    world.merge(source="feature/1", a="two")
    first = world.head
    world.aic.after = at(1, "update", lambda: world.gitlab.push("develop", {config_path("a"): "{broken"}))

    report = world.deploy()

    assert report.outcome is Outcome.REFUSED
    assert world.aic.code() == {"a": "two"}
    assert world.records()[1:] == [(first, "success"), (world.head, "failed")]
    assert "✅ Deployed" in world.gitlab.body(OnMergeRequest(1))


def test_the_record_of_a_dead_run_is_closed_by_the_deploy_of_a_newer_head() -> None:
    """Nothing stays `running` for ever."""
    world = stage(a="one", b="one")
    world.merge(source="feature/1", a="two")
    first = world.head
    dead_run(world)
    world.merge(source="feature/2", b="two")

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.records()[1:] == [(first, "canceled"), (world.head, "success")]
    assert world.status(first) == "canceled"
    assert "written by an earlier attempt" in world.gitlab.body(OnMergeRequest(1))


def test_a_branch_that_moves_before_each_write_is_not_written_from_an_old_head() -> None:
    """Head is looked at again before a wave of writes."""
    world = stage(a="one")
    world.merge(source="feature/1", a="two")
    world.gitlab.before = at(2, "head", lambda: world.merge(source="feature/2", a="three"))

    world.deploy()

    assert world.writes() == ["update"]
    assert world.aic.code() == {"a": "three"}


def test_a_branch_that_never_stands_still_is_left_to_the_next_delivery() -> None:
    """A few looks, then Pub/Sub's patience."""
    world = stage(a="one")
    world.merge(a="two")
    number = 0

    def push(call: str) -> None:
        nonlocal number
        if call == "post_status":
            number += 1
            world.put(**{f"n{number}": "x"})

    world.gitlab.before = push

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "moved"


def test_a_mapping_that_moves_before_the_record_means_another_round() -> None:
    """The record would be of another world."""
    world = stage(a="one")
    world.merge(a="two")
    moved = f"mapping:\n  develop: {QA}\n"
    world.gitlab.before = at(2, "file", lambda: world.gitlab.push("main", {MAPPING_FILE: moved}))

    report = world.deploy()

    assert report.adopted
    assert world.records()[-1] == (world.head, "success")


def test_a_lost_answer_to_a_creation_is_adopted() -> None:
    """One pipeline, not two."""
    world = stage(a="one")
    world.merge(new="x")
    world.aic.after = at(1, "create", fail(LOST))

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.writes() == ["create"]
    assert world.aic.code() == {"a": "one", "new": "x"}


def test_a_creation_that_does_not_show_is_never_sent_twice_in_a_delivery() -> None:
    """It may arrive late; the next delivery looks first."""
    world = stage(a="one")
    world.merge(new="x")
    world.aic.before = at(1, "create", fail(LOST))

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "aic-create-unsettled"
    assert world.writes() == ["create"]
    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one", "new": "x"}


def test_a_pipeline_that_appears_while_it_is_to_be_created_is_not_doubled() -> None:
    """Somebody created it with other content: a conflict."""
    world = stage(a="one")
    world.merge(new="x")
    world.aic.before = at(3, "jobs", lambda: world.aic.put("new", "typed"))

    assert world.deploy().outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "new": "typed"}


def test_a_created_pipeline_with_another_content_is_looked_at_again() -> None:
    """Somebody edited it in the moment after its creation."""
    world = stage(a="one")
    world.merge(new="x")
    world.aic.after = at(1, "create", lambda: world.aic.put("new", "typed"))

    assert world.deploy().outcome is Outcome.CONFLICT
    assert world.aic.code()["new"] == "typed"


def test_a_twin_made_by_somebody_at_the_same_time_is_refused_with_both_ids() -> None:
    """And what was created is named."""
    world = stage(a="one")
    world.merge(new="x")
    world.aic.before = at(1, "create", lambda: world.aic.add_twin("new", "x"))

    report = world.deploy()

    assert report.outcome is Outcome.HALF_DEPLOYED
    assert report.undone[0].taken is Taken.CREATED
    assert "several pipelines" in report.rows[0].why


def test_absence_is_proven_by_a_second_list() -> None:
    """One list that leaves a title out is no reason to create it."""
    world = stage(a="one", b="one")
    world.merge(a="two")
    hidden = dict(world.aic.configs)
    job_id = world.aic.id_of("a") or ""
    world.aic.before = at(1, "jobs", lambda: world.aic.configs.pop(job_id))
    world.aic.after = at(1, "jobs", lambda: world.aic.configs.update(hidden))

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "aic-list-unsteady"
    assert world.writes() == []


def test_an_id_that_vanishes_from_the_list_must_be_gone() -> None:
    """Listed first, then not, but still there: AIC is not in order."""
    world = stage(a="one", b="one")
    world.merge(a="two")
    job_id = world.aic.id_of("a") or ""
    config = world.aic.configs[job_id]
    acts: dict[tuple[str, int], Callable[[], object]] = {
        ("read", 1): lambda: world.aic.configs.pop(job_id),
        ("jobs", 2): lambda: None,
        ("read", 2): lambda: world.aic.configs.update({job_id: config}),
    }
    seen: dict[str, int] = {}

    def hook(call: str) -> None:
        seen[call] = seen.get(call, 0) + 1
        acts.get((call, seen[call]), lambda: None)()

    world.aic.before = hook

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "aic-list-unsteady"


def test_a_job_without_a_title_in_the_list_is_looked_up() -> None:
    """It could be the one that seems to be missing."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.put(None, "nameless")

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.writes() == ["update"]


def test_a_half_answer_of_aic_is_no_content() -> None:
    """A jobConfig without its stages is odd, not empty."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.configs[world.aic.id_of("a") or ""].pop("stages")

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "aic-odd-answer"


def test_a_run_that_dies_after_a_write_is_rolled_forward_by_the_next_delivery() -> None:
    """The note tells of both pipelines in the end, once."""
    world = stage(a="one", b="one", c="one", d="one", e="one")
    iid = world.merge(a="two", e="two")
    world.aic.after = at(1, "update", fail(Killed()))

    with pytest.raises(Killed):
        world.deploy()
    world.aic.after = lambda _: None
    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code()["a"] == "two"
    assert world.aic.code()["e"] == "two"
    assert world.records()[1:] == [(world.head, "success")]
    assert len(world.gitlab.written[OnMergeRequest(iid)]) == 1
    assert "written by an earlier attempt" in world.gitlab.body(OnMergeRequest(iid))


def test_a_conflict_after_a_crash_takes_back_what_the_dead_run_wrote() -> None:
    """The note of the dead run says what it meant to write."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    world.aic.after = lambda _: None
    world.aic.put("b", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}


def test_a_conflict_in_a_later_merge_takes_back_an_earlier_dead_run() -> None:
    """Through both notes, back to base."""
    world = stage(a="one", b="one")
    world.merge(source="feature/1", a="two")
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    world.merge(source="feature/2", a="three", b="two")
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    assert world.aic.code()["a"] == "three"
    world.aic.after = lambda _: None
    world.aic.put("b", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}


def test_what_a_person_edited_after_a_dead_run_is_not_put_back() -> None:
    """Only what is still ours is ours to take back."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    world.aic.after = lambda _: None
    world.aic.put("a", "typed over ours")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "typed over ours", "b": "one"}


def refuse_update_of(world: Stage, code: str) -> Callable[[str], None]:
    """AIC refuses, for good, the write that would follow once that code is live."""

    def hook(call: str) -> None:
        if call == "update" and code in world.aic.code().values():
            raise Permanent("aic-write-refused", "AIC answered 422")

    return hook


def test_f27_a_write_that_fails_for_good_puts_the_others_back() -> None:
    """The incumbent leaves a mixture and says nothing."""
    world = stage(a="one", b="one")
    iid = world.merge(a="two", b="zwei")
    refused = world.aic.before = refuse_update_of(world, "two")

    def until_taken_back(call: str) -> None:
        if len(world.writes()) <= 2:
            refused(call)

    world.aic.before = until_taken_back

    report = world.deploy()

    assert (report.outcome, report.reason) == (Outcome.FAILED, "aic-write-refused")
    assert world.aic.code() == {"a": "one", "b": "one"}
    assert world.records()[-1] == (world.head, "failed")
    assert "- `a`: put back" in world.gitlab.body(OnMergeRequest(iid))


def test_what_cannot_be_put_back_is_tried_again_and_then_named() -> None:
    """Redelivered first; on the last delivery it is said to be half deployed, with what and where."""
    world = stage(a="one", b="one")
    iid = world.merge(a="two", b="zwei")
    world.aic.before = refuse_update_of(world, "two")

    with pytest.raises(Transient) as caught:
        world.deploy()
    report = world.deploy(final=True)

    assert caught.value.reason == "put-back-incomplete"
    assert report.outcome is Outcome.HALF_DEPLOYED
    assert [(each.title, each.taken) for each in report.undone] == [("a", Taken.STUCK)]
    assert "🚨" in world.gitlab.body(OnMergeRequest(iid))


def test_a_workspace_that_can_no_longer_be_opened_leaves_everything_named() -> None:
    """As when the key was revoked in the middle."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()

    def closed(_: str) -> None:
        raise Permanent("aic-unauthorized")

    world.opened = closed

    report = world.deploy(final=True)

    assert report.outcome is Outcome.HALF_DEPLOYED
    assert {each.taken for each in report.undone} == {Taken.STUCK}


def test_the_last_delivery_gives_up_in_order() -> None:
    """Nobody delivers again: put back, record, tell."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    number = 0

    def second_never_arrives(call: str) -> None:
        nonlocal number
        if call == "update":
            number += 1
            if 2 <= number <= 1 + TRIES:
                raise LOST

    world.aic.before = second_never_arrives

    report = world.deploy(final=True)

    assert (report.outcome, report.reason) == (Outcome.FAILED, "aic-write-unsettled")
    assert world.aic.code() == {"a": "one", "b": "one"}


def test_a_run_whose_time_is_up_stops_before_the_next_write() -> None:
    """And the next delivery goes on."""
    world = stage(a="one")
    world.merge(a="two")
    world.gitlab.before = at(1, "write_note", lambda: world.clock.advance(481))

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "deadline"
    assert world.writes() == []


def test_the_last_delivery_gives_up_in_the_time_kept_back() -> None:
    """Running out of time on the last delivery still puts back and tells."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.aic.after = at(1, "update", lambda: world.clock.advance(481))

    report = world.deploy(final=True)

    assert (report.outcome, report.reason) == (Outcome.FAILED, "deadline")
    assert world.aic.code() == {"a": "one", "b": "one"}


def test_a_crash_before_the_record_is_finished_by_the_next_delivery() -> None:
    """Everything is live and told; only the record is missing."""
    world = stage(a="one")
    iid = world.merge(a="two")
    world.gitlab.before = at(1, "end_deployment", fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    world.gitlab.before = lambda _: None

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.writes() == ["update"]
    assert world.records()[-1] == (world.head, "success")
    assert len(world.gitlab.written[OnMergeRequest(iid)]) == 1


def test_a_transient_channel_is_told_by_the_next_delivery() -> None:
    """Telling is part of the work: no success is recorded before."""
    world = stage(a="one")
    world.merge(a="two")
    world.gitlab.before = at(2, "write_note", fail(Transient("gitlab-unavailable")))

    with pytest.raises(Transient):
        world.deploy()

    assert world.records()[-1][1] == "running"
    assert world.deploy().outcome is Outcome.DEPLOYED


def test_trouble_in_aic_halves_the_width_and_calm_widens_it_again() -> None:
    """Empty answers under load are AIC's way to say: slower."""
    world = bare(**{f"p{number}": "x" for number in range(12)})
    for number in range(12):
        world.aic.put(f"p{number}", "x")
    outside = world.outside()
    widths = []
    for number, wave in enumerate(outside.pace.waves(list(range(12)))):
        widths.append(len(wave))
        if number == 0:
            outside.pace.trouble()
            outside.pace.trouble()

    assert widths == [4, 2, 3, 3]


def test_history_is_also_what_captures_brought_and_what_was_attempted() -> None:
    """A capture merged as `keep Git's` is in neither of GitLab's listings."""
    world = stage(a="one")
    world.gitlab.branches["aic-sync/qa"] = world.head
    world.put(branch="aic-sync/qa", a="captured")
    world.gitlab.merge("aic-sync/qa", "develop", {config_path("a"): stored("one")})
    world.merge(source="feature/1", a="two")
    world.aic.put("a", "captured")

    assert world.deploy().outcome is Outcome.DEPLOYED

    world.gitlab.push("lost", {config_path("a"): stored("attempted")})
    world.gitlab.open_deployment(
        "aic/pin-fusion-2-0-qa", branch="develop", commit=world.gitlab.branches["lost"], status="failed"
    )
    world.merge(source="feature/2", a="three")
    world.aic.put("a", "attempted")

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "three"}


def test_versions_that_cannot_be_read_are_no_history() -> None:
    """A broken file on the way is passed over."""
    world = stage(a="one")
    world.gitlab.push("develop", {config_path("a"): "{broken"})
    world.merge(source="feature/1", a="two")
    world.aic.put("a", "typed")

    assert world.deploy().outcome is Outcome.CONFLICT


def test_a_base_that_cannot_be_read_counts_as_absent() -> None:
    """What can't be read was never proven to be live."""
    world = stage(a="one")
    world.gitlab.push("develop", {config_path("a"): "{broken"})
    world.gitlab.deployed("aic/pin-fusion-2-0-qa", world.head, branch="develop", mapping=world.gitlab.branches["main"])
    world.put(a="two")

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two"}


def test_an_id_that_doubles_before_the_proof_is_found_by_the_last_list() -> None:
    """What was written is taken back, since nobody can tell the two apart."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.before = at(2, "jobs", lambda: world.aic.add_twin("a", "one"))

    report = world.deploy()

    assert report.outcome is Outcome.REFUSED
    assert set(world.aic.code().values()) == {"one"}


def test_commits_that_gitlab_has_forgotten_are_no_history() -> None:
    """An attempted deploy of a commit that a force-push removed."""
    world = stage(a="one")
    world.gitlab.records.append((ENVIRONMENT, Deployment(8, "f" * 40, "failed", world.gitlab.own_id(), "develop", "")))
    world.gitlab.records.append((ENVIRONMENT, Deployment(9, world.head, "failed", 99, "develop", "")))
    world.merge(a="two")
    world.aic.put("a", "typed")

    assert world.deploy().outcome is Outcome.CONFLICT


def test_a_history_that_cannot_be_read_is_not_taken_for_an_empty_one() -> None:
    """Else an older version of Git would look like somebody's edit."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.put("a", "typed")
    world.gitlab.before = at(3, "content", fail(Permanent("gitlab-forbidden")))

    report = world.deploy()

    assert (report.outcome, report.reason) == (Outcome.FAILED, "gitlab-forbidden")
    assert world.writes() == []


def test_a_bug_stays_loud() -> None:
    """It is no error of ours to be sorted."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    world.aic.before = at(1, "read", fail(RuntimeError("a bug")))

    with pytest.raises(RuntimeError):
        world.deploy()


def test_a_comparison_that_gitlab_forbids_is_told() -> None:
    """It says nothing about whether history was rewritten."""
    world = stage(a="one")
    world.merge(a="two")
    world.gitlab.before = at(1, "compare", fail(Permanent("gitlab-forbidden")))

    assert world.deploy().reason == "gitlab-forbidden"


def test_a_base_without_our_own_word_on_the_mapping_means_adoption() -> None:
    """Its status is gone, or somebody else wrote one like it."""
    world = stage(a="one", b="one")
    commit, branch, name, status = world.gitlab.posted.pop()
    world.gitlab.posted.append((commit, branch, name, replace(status, user=99)))
    world.merge(a="two")

    assert world.deploy().adopted


def test_rewritten_history_goes_back_to_the_newest_base_that_still_counts() -> None:
    """Over records whose commits have left the branch; what those had put live is healed."""
    world = stage(a="one", b="one")
    kept = world.head
    for number in ("2", "3"):
        world.merge(source=f"feature/{number}", a=number)
        world.deploy()
    world.gitlab.branches["develop"] = kept
    world.gitlab.records.append((ENVIRONMENT, Deployment(9, kept, "success", 99, "develop", "")))
    world.put(b="two")

    report = world.deploy(by_hand=True, confirm=QA)

    assert report.base == kept
    assert world.aic.code() == {"a": "one", "b": "two"}


def test_more_commits_than_can_be_asked_mean_looking_at_everything() -> None:
    """A thousand diffs cost more than the tree."""
    world = stage(a="one", b="one")
    for number in range(MOST_COMMITS + 1):
        world.gitlab.push("develop", {"docs/n.md": str(number)})
    world.aic.put("b", "typed")

    report = world.deploy()

    assert {row.title for row in report.rows} == {"a", "b"}
    assert "touched" not in world.gitlab.calls


def test_a_full_deploy_of_nothing_does_nothing() -> None:
    """A repository without configs."""
    world = bare()

    assert world.deploy(by_hand=True, full=True).outcome is Outcome.UNCHANGED
    assert world.aic.calls == []


def dead_run(world: Stage, *, after: int = 1, call: str = "update") -> None:
    """A deploy that is killed right after that call."""
    world.aic.after = at(after, call, fail(Killed()))
    with pytest.raises(Killed):
        world.deploy()
    world.aic.after = lambda _: None


def test_what_was_deleted_after_a_dead_run_is_left() -> None:
    """There is nothing to put back."""
    world = stage(a="one", b="one", c="one")
    world.merge(a="two", b="two")
    dead_run(world)
    world.aic.remove("a")
    world.aic.put("b", "typed")

    world.deploy()

    assert world.aic.code() == {"b": "typed", "c": "one"}


def test_a_revert_that_died_half_way_needs_nothing_put_back() -> None:
    """Two dead runs whose writes cancel each other out."""
    world = stage(a="one", b="one")
    world.merge(source="feature/1", a="two")
    dead_run(world)
    world.merge(source="feature/2", a="one", b="two")
    dead_run(world)
    world.aic.put("b", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "one", "b": "typed"}


def test_what_a_dead_run_created_is_named_also_after_another_has_updated_it() -> None:
    """AIC can't delete it."""
    world = stage(a="one")
    world.merge(source="feature/1", new="x")
    dead_run(world, call="create")
    world.merge(source="feature/2", new="y", a="two")
    dead_run(world, after=2)
    world.aic.put("a", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.HALF_DEPLOYED
    assert ("new", Taken.CREATED) in [(each.title, each.taken) for each in report.undone]


def give_up(world: Stage, act: Callable[[], object], *, call: str, number: int) -> list[tuple[str, Taken]]:
    """Kills a run that has written `a`, makes `b` a conflict, and acts while `a` is being put back."""
    world.merge(a="two", b="two")
    dead_run(world)
    world.aic.put("b", "typed")
    world.aic.after = at(number, call, act)
    report = world.deploy(final=True)
    return [(each.title, each.taken) for each in report.undone]


def test_what_somebody_deletes_while_it_is_put_back_is_left() -> None:
    """The person was faster."""
    world = stage(a="one", b="one")

    taken = give_up(world, lambda: world.aic.remove("a"), call="update", number=1)

    assert taken == [("a", Taken.EDITED)]


def test_what_somebody_edits_while_it_is_put_back_is_left() -> None:
    """The person was faster."""
    world = stage(a="one", b="one")

    taken = give_up(world, lambda: world.aic.put("a", "mine") and None, call="update", number=1)

    assert taken == [("a", Taken.EDITED)]
    assert world.aic.code()["a"] == "mine"


def test_a_put_back_that_never_shows_is_stuck() -> None:
    """AIC takes the write and keeps the new version."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    dead_run(world)
    world.aic.put("b", "typed")

    def keep(call: str) -> None:
        if call == "update":
            world.aic.put("a", "two")

    world.aic.after = keep

    report = world.deploy(final=True)

    assert [(each.title, each.taken) for each in report.undone] == [("a", Taken.STUCK)]


def test_a_pre_image_that_git_no_longer_has_is_stuck_and_named() -> None:
    """As when the journal points to a file that is not there."""
    world = stage(a="one", b="one")
    base = world.head
    world.merge(a="two", b="two")
    dead_run(world)
    world.aic.put("b", "typed")
    kept = {path: data for path, data in world.gitlab.commits[base].files.items() if path != config_path("a")}
    world.gitlab.commits[base] = replace(world.gitlab.commits[base], files=kept)

    report = world.deploy(final=True)

    assert ("a", Taken.STUCK) in [(each.title, each.taken) for each in report.undone]


def test_notes_that_cannot_be_read_leave_status_and_record_to_tell_the_end() -> None:
    """GitLab refuses for good to show the merge requests."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.put("a", "typed")

    def closed(call: str) -> None:
        if call == "notes":
            raise Permanent("gitlab-forbidden")

    world.gitlab.before = closed

    report = world.deploy()

    assert (report.outcome, report.untold) == (Outcome.CONFLICT, ("gitlab-forbidden",))
    assert world.status() == "failed"
    assert world.records()[-1] == (world.head, "failed")


def test_a_record_that_gitlab_refuses_does_not_make_a_proven_deploy_a_failure() -> None:
    """It is live, read back and told; the next deploy finds it so."""
    world = stage(a="one")
    iid = world.merge(a="two")
    world.gitlab.before = at(1, "end_deployment", fail(Permanent("gitlab-forbidden")))

    report = world.deploy()

    assert (report.outcome, report.untold) == (Outcome.DEPLOYED, ("gitlab-forbidden",))
    assert world.aic.code() == {"a": "two"}
    assert "✅ Deployed" in world.gitlab.body(OnMergeRequest(iid))
