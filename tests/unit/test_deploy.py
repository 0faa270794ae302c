"""What a deploy promises, row by row and end by end, over fakes of the ports."""

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import Note, OnCommit, OnMergeRequest
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.report import Outcome

from ..fake_workspace import stored
from ..stage import ENVIRONMENT, QA, bare, stage


def test_a_merged_change_is_live_recorded_and_told() -> None:
    """Row 2, the main job: write, prove, record, status, note."""
    world = stage(a="one", b="same")
    iid = world.merge(a="two")

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "same"}
    assert world.records()[-1] == (world.head, "success")
    assert world.status() == "success"
    assert "| `a` | updated | changed in Git |" in world.gitlab.body(OnMergeRequest(iid))
    assert world.writes() == ["update"]


def test_what_did_not_change_is_neither_read_nor_written() -> None:
    """Only touched pipelines cost requests."""
    world = stage(a="one", b="same", c="same")
    world.merge(a="two")

    world.deploy()

    assert world.aic.calls.count("read") == 3


def test_the_same_delivery_again_does_nothing() -> None:
    """Level-triggered: base is head, so nothing is read from AIC, written, recorded or told."""
    world = stage(a="one")
    iid = world.merge(a="two")
    world.deploy()
    before = (world.records(), list(world.gitlab.posted), world.gitlab.body(OnMergeRequest(iid)))
    world.aic.calls.clear()

    report = world.deploy()

    assert report.outcome is Outcome.UNCHANGED
    assert world.aic.calls == []
    assert (world.records(), list(world.gitlab.posted), world.gitlab.body(OnMergeRequest(iid))) == before


def test_who_asks_by_hand_is_named_where_it_is_told() -> None:
    """Pub/Sub itself doesn't say; a hook's `by` is only who merged."""
    world = stage(a="one")
    world.put(a="two")

    assert world.deploy(by="ann").by == ""
    assert world.deploy(by_hand=True, dry_run=True, by="ann").by == "ann"
    assert "asked for by `ann`" in world.gitlab.written[OnCommit(world.head)][-1].body


def test_a_person_who_asks_again_is_answered_on_the_commit() -> None:
    """By hand, `nothing to do` is an answer, once."""
    world = stage(a="one")
    world.merge(a="two")
    world.deploy()

    world.deploy(by_hand=True)
    world.deploy(by_hand=True)

    answers = [each.body for each in world.gitlab.written[OnCommit(world.head)] if "Nothing to write" in each.body]
    assert len(answers) == 1


def test_row_1_what_is_live_already_is_only_recorded() -> None:
    """A merge of what somebody had typed into AIC needs no write."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.put("a", "two")

    report = world.deploy()

    assert report.outcome is Outcome.UNCHANGED
    assert world.writes() == []
    assert world.records()[-1] == (world.head, "success")


def test_row_3_an_older_version_that_is_live_is_overwritten_and_named() -> None:
    """Git has it, so nothing is lost."""
    world = stage(a="one")
    old = world.head
    world.merge(source="feature/1", a="two")
    world.deploy()
    world.merge(source="feature/2", a="three")
    world.aic.put("a", "one")

    report = world.deploy()

    assert world.aic.code() == {"a": "three"}
    assert f"older version of {old[:8]}" in report.rows[0].why


def test_row_4_an_edit_in_aic_stops_the_whole_deploy() -> None:
    """Zero writes, and a note that says what to do."""
    world = stage(a="one", b="one")
    iid = world.merge(a="two", b="two")
    world.aic.put("a", "typed in by a person")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.writes() == []
    assert world.aic.code() == {"a": "typed in by a person", "b": "one"}
    assert world.records()[-1] == (world.head, "failed")
    assert world.status() == "failed"
    body = world.gitlab.body(OnMergeRequest(iid))
    assert "the edit is kept in this merge request" in body
    assert "| `b` | held back |" in body


def test_a_conflict_that_is_found_again_is_told_once() -> None:
    """The same message five times: one note, one record, one status."""
    world = stage(a="one")
    iid = world.merge(a="two")
    world.aic.put("a", "typed")

    for _ in range(5):
        world.deploy()

    assert len(world.gitlab.written[OnMergeRequest(iid)]) == 1
    assert world.records().count((world.head, "failed")) == 1
    assert len(world.gitlab.statuses(world.head, branch="develop", name="aic/deploy")) == 1


def test_a_conflict_that_is_found_again_a_day_later_is_dated_anew() -> None:
    """The status says when somebody tried last; whoever asks for tries goes by it."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    world.put(a="two")
    world.deploy()
    (first,) = world.gitlab.statuses(world.head, branch="develop", name="aic/deploy")

    world.clock.advance(24 * 60 * 60 - 1)
    world.deploy()
    (still,) = world.gitlab.statuses(world.head, branch="develop", name="aic/deploy")
    world.clock.advance(1)
    world.deploy()
    newest, *_ = world.gitlab.statuses(world.head, branch="develop", name="aic/deploy")

    assert (still.created, newest.state) == (first.created, "failed")
    assert newest.created > first.created


def test_row_5_a_full_deploy_heals_an_older_version() -> None:
    """Untouched in Git, older in AIC."""
    world = stage(a="one")
    world.merge(a="two")
    world.deploy()
    world.aic.put("a", "one")

    report = world.deploy(full=True, by_hand=True)

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two"}
    assert "healed" in report.rows[0].why


def test_row_6_drift_is_left_and_reported() -> None:
    """A full deploy doesn't touch what only a person changed."""
    world = stage(a="one", b="one")
    world.merge(b="two")
    world.aic.put("a", "typed")

    report = world.deploy(full=True)

    assert world.aic.code() == {"a": "typed", "b": "two"}
    assert world.records()[-1] == (world.head, "success")
    assert "drift" in world.gitlab.body(OnMergeRequest(1))
    assert report.outcome is Outcome.DEPLOYED


def test_row_7_a_new_pipeline_is_created_after_the_updates() -> None:
    """A creation can't be undone, so it comes last."""
    world = stage(a="one")
    world.merge(a="two", new="fresh")

    world.deploy()

    assert world.writes() == ["update", "create"]
    assert world.aic.code() == {"a": "two", "new": "fresh"}


def test_row_8_a_first_deploy_overwrites_what_git_knows() -> None:
    """Adoption: live is an older version of the file."""
    world = bare(a="one")
    world.put(a="two")
    world.aic.put("a", "one")

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two"}


def test_row_9_a_first_deploy_never_overwrites_what_git_does_not_know() -> None:
    """Adoption: snapshot first."""
    world = bare(a="one")
    world.aic.put("a", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "typed"}


def test_row_10_and_13_what_was_created_and_deleted_in_git_is_left() -> None:
    """Never live or not ours."""
    world = stage(a="one")
    world.put(b="new", c="new")
    world.put(b=None, c=None)
    world.aic.put("b", "somebody's own")

    report = world.deploy()

    assert {row.title: row.done for row in report.rows} == {"b": "left alone", "c": "already there"}
    assert world.aic.code() == {"a": "one", "b": "somebody's own"}


def test_row_11_a_deletion_is_reported_for_people() -> None:
    """AIC knows no delete."""
    world = stage(a="one", b="one")
    iid = world.merge(b=None)

    report = world.deploy()

    assert world.aic.code() == {"a": "one", "b": "one"}
    assert report.by_hand == (("b", "deleted in Git but still live: delete it in AIC by hand"),)
    assert "To do by hand" in world.gitlab.body(OnMergeRequest(iid))
    assert world.records()[-1] == (world.head, "success")


def test_row_12_a_deletion_of_what_was_edited_is_a_conflict() -> None:
    """Deleted in Git, edited in AIC."""
    world = stage(a="one")
    world.merge(a=None)
    world.aic.put("a", "typed")

    assert world.deploy().outcome is Outcome.CONFLICT


def test_row_14_what_was_deleted_in_aic_only_is_left() -> None:
    """A snapshot proposes the deletion, not a deploy."""
    world = stage(a="one", b="one")
    world.merge(b="two")
    world.aic.remove("a")

    report = world.deploy(full=True)

    assert "a" not in world.aic.code()
    assert report.outcome is Outcome.DEPLOYED


def test_row_15_what_was_changed_in_git_and_deleted_in_aic_is_created_again() -> None:
    """With a warning."""
    world = stage(a="one", b="one")
    world.merge(a="two")
    world.aic.remove("a")

    report = world.deploy()

    assert world.aic.code() == {"b": "one", "a": "two"}
    assert "had been deleted in AIC" in report.rows[0].why


def test_row_16_two_live_pipelines_of_one_title_are_refused_by_their_ids() -> None:
    """Nobody can tell which one is meant."""
    world = stage(a="one", b="one")
    twin = world.aic.add_twin("a", "one")
    world.merge(a="two", b="two")

    report = world.deploy()

    assert report.outcome is Outcome.REFUSED
    assert twin in report.rows[0].why
    assert world.writes() == []


def test_row_17_a_config_that_cannot_be_read_stops_the_whole_deploy() -> None:
    """The file and the place of the error are named."""
    world = stage(a="one", b="one")
    world.gitlab.push("develop", {config_path("a"): '{"stages": [', config_path("b"): stored("two")})

    report = world.deploy()

    assert report.outcome is Outcome.REFUSED
    assert "config/a.json" in report.rows[0].why
    assert "line 1" in report.rows[0].why
    assert world.writes() == []


def test_row_19_an_older_head_is_superseded() -> None:
    """The branch was set back to what base has already."""
    world = stage(a="one")
    old = world.head
    world.merge(a="two")
    world.deploy()
    world.gitlab.branches["develop"] = old

    report = world.deploy()

    assert report.outcome is Outcome.SUPERSEDED
    assert world.aic.code() == {"a": "two"}


def test_row_20_rewritten_history_needs_a_second_word() -> None:
    """Refused without `confirm`, deployed from the last base that still counts with it."""
    world = stage(a="one")
    old = world.head
    world.merge(a="two")
    world.deploy()
    world.gitlab.branches["develop"] = old
    world.put(a="three")

    refused = world.deploy()
    confirmed = world.deploy(by_hand=True, confirm=QA)

    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, "history-rewritten")
    assert confirmed.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "three"}


def test_rewritten_history_without_any_base_left_starts_over_as_an_adoption() -> None:
    """Also when GitLab has forgotten the commit of the base."""
    world = stage(a="one")
    gone = world.head
    world.gitlab.push("orphan", {config_path("a"): stored("two")})
    world.gitlab.branches["develop"] = world.gitlab.branches["orphan"]
    del world.gitlab.commits[gone]
    world.aic.put("a", "two")

    assert world.deploy().reason == "history-rewritten"
    assert world.deploy(by_hand=True, confirm=QA).outcome is Outcome.UNCHANGED
    assert world.records()[-1] == (world.head, "success")


def test_changed_there_and_back_counts_as_changed() -> None:
    """An older deploy may have put the middle version live."""
    world = stage(a="one")
    world.put(a="two")
    world.put(a="one")
    world.aic.put("a", "typed")

    assert world.deploy().outcome is Outcome.CONFLICT


def test_a_truncated_compare_is_completed_from_the_trees() -> None:
    """GitLab cuts large comparisons short."""
    world = stage(a="one", b="one")
    world.gitlab.complete = False
    world.put(a="two")
    world.put(b="two")

    assert world.deploy().outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "two"}


def test_the_first_deploy_into_an_empty_workspace_creates_everything() -> None:
    """No base: an empty list is believed."""
    world = bare(a="one", b="one")

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert report.adopted
    assert world.aic.code() == {"a": "one", "b": "one"}


def test_an_empty_list_is_not_believed_once_something_was_deployed() -> None:
    """F12 of the failure model: one odd answer must not create everything twice."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.remove("a")

    with pytest.raises(Transient) as caught:
        world.deploy()

    assert caught.value.reason == "aic-list-empty"
    assert world.deploy(by_hand=True, confirm=QA).outcome is Outcome.DEPLOYED


def test_a_changed_mapping_file_means_adoption() -> None:
    """The record of what is live was made under another mapping."""
    world = stage(a="one", b="one")
    world.gitlab.push("main", {MAPPING_FILE: f"mapping:\n  develop: {QA}\n"})
    world.merge(b="two")
    world.aic.put("a", "typed")

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert report.adopted


def test_only_named_pipelines_are_deployed_and_base_stays() -> None:
    """`pipelines` limits a run; it proves too little for a record."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    before = world.records()

    report = world.deploy(by_hand=True, pipelines=["a"])

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "one"}
    assert world.records() == before
    assert "| `a` | updated |" in world.gitlab.body(OnCommit(world.head))


@pytest.mark.parametrize(("title", "reason"), [("typo", "unknown-pipeline"), ("scratch 1", "pipeline-ignored")])
def test_a_misspelt_or_ignored_name_is_refused(title: str, reason: str) -> None:
    """F36: a typo never becomes an empty pipeline."""
    world = stage(a="one")

    report = world.deploy(by_hand=True, pipelines=[title])

    assert (report.outcome, report.reason) == (Outcome.REFUSED, reason)
    assert world.writes() == []


def test_ignored_titles_are_left_out_of_a_deploy() -> None:
    """`ignore:` of the mapping file."""
    world = stage(a="one")
    world.merge(**{"a": "two", "scratch 1": "x"})

    world.deploy()

    assert world.aic.code() == {"a": "two"}


def test_a_dry_run_writes_nothing_and_says_what_it_would_do() -> None:
    """Neither AIC nor the records change."""
    world = stage(a="one", b="one")
    world.merge(a="two", new="x")
    world.aic.put("b", "typed")
    records = world.records()

    report = world.deploy(by_hand=True, dry_run=True, full=True)

    assert report.outcome is Outcome.PLANNED
    assert (world.writes(), world.records()) == ([], records)
    body = world.gitlab.body(OnCommit(world.head))
    assert "| `a` | would be updated |" in body
    assert "| `new` | would be created |" in body


def test_a_dry_run_that_fails_is_told_and_changes_nothing() -> None:
    """Its note says why."""
    world = stage(a="one")

    report = world.deploy(by_hand=True, dry_run=True, pipelines=["typo"])

    assert report.reason == "unknown-pipeline"
    assert "unknown-pipeline" in world.gitlab.body(OnCommit(world.head))


@pytest.mark.parametrize(
    ("branch", "reason"),
    [
        ("feature/x", "branch-deployed-by-being-merged"),
        ("trial/y", "branch-deployed-by-hand-only"),
        ("elsewhere", "branch-not-mapped"),
    ],
)
def test_a_branch_without_an_exact_key_is_ignored_with_the_reason(branch: str, reason: str) -> None:
    """Hooks of other branches are none of ours."""
    world = stage(a="one")

    report = world.deploy(branch=branch)

    assert (report.outcome, report.reason) == (Outcome.IGNORED, reason)


def test_a_prefix_branch_is_deployed_by_hand_with_confirm_as_an_adoption() -> None:
    """And only so."""
    world = stage(a="one")
    world.gitlab.branches["trial/y"] = world.head
    world.put(branch="trial/y", a="two")

    refused = world.deploy(by_hand=True, branch="trial/y")
    done = world.deploy(by_hand=True, branch="trial/y", confirm=QA)

    assert refused.reason == "confirm-mismatch"
    assert done.outcome is Outcome.DEPLOYED
    assert done.adopted


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [(b"mapping: [", "mapping-invalid"), ("mapping:\n  develop: SOMEBODY ELSE'S\n", "workspace-not-allowed")],
)
def test_sec_22_a_mapping_only_selects_among_the_allowed_and_its_defects_are_told(
    mapping: str | bytes, reason: str
) -> None:
    """The file in Git is no privilege."""
    world = stage(mapping=mapping, a="one")
    iid = world.merge(a="two")

    report = world.deploy()

    assert (report.outcome, report.reason) == (Outcome.REFUSED, reason)
    assert reason in world.gitlab.body(OnMergeRequest(iid))
    assert world.status() == "failed"
    assert world.aic.calls == []


def test_sec_22_the_mapping_is_read_from_the_default_branch_only() -> None:
    """What a merged branch says of itself doesn't count."""
    world = stage(a="one")
    world.gitlab.push("develop", {MAPPING_FILE: "mapping:\n  develop: PIN FUSION 2.0\n", config_path("a"): stored("2")})
    opened: list[str] = []
    world.opened = opened.append

    world.deploy()

    assert set(opened) == {QA}


def test_a_missing_mapping_file_is_told() -> None:
    """Nothing is guessed."""
    world = stage(a="one")
    world.gitlab.push("main", {MAPPING_FILE: None})

    assert world.deploy().reason == "mapping-missing"


def test_a_merge_whose_branch_is_gone_by_then_is_told_on_its_merge_request() -> None:
    """Whoever merged it looks there; AIC has none of it."""
    world = stage(a="one")
    iid = world.merge(a="two")
    del world.gitlab.branches["develop"]

    report = world.deploy(merge_request=iid)

    assert (report.outcome, report.reason, report.untold) == (Outcome.REFUSED, "branch-missing", ())
    assert "`branch-missing`: GitLab has no branch `develop`" in world.gitlab.body(OnMergeRequest(iid))
    assert world.writes() == []


def test_a_missing_branch_is_refused_in_the_log_alone() -> None:
    """There is no commit to write a note on, and nobody merged anything."""
    world = stage(a="one")
    del world.gitlab.branches["develop"]

    report = world.deploy()

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "branch-missing")
    assert world.gitlab.written == {}


def test_a_missing_workspace_in_aic_is_told_and_recorded_as_failed() -> None:
    """Permanent: another delivery would not help."""
    world = stage(a="one")
    world.merge(a="two")

    def gone(_: str) -> None:
        raise Permanent("aic-workspace-missing", "AIC has no such workspace")

    world.opened = gone

    report = world.deploy()

    assert (report.outcome, report.reason) == (Outcome.FAILED, "aic-workspace-missing")
    assert world.records()[-1] == (world.head, "failed")


def test_every_merge_request_since_base_hears_of_the_deploy() -> None:
    """Two merges, one deploy, two notes; the merge before base is left alone."""
    world = stage(a="one", b="one")
    first = world.merge(source="feature/0", a="two")
    world.deploy()
    before = world.gitlab.body(OnMergeRequest(first))
    second = world.merge(source="feature/1", a="three")
    third = world.merge(source="feature/2", b="three")

    world.deploy()

    assert world.gitlab.body(OnMergeRequest(first)) == before
    told = [world.gitlab.body(OnMergeRequest(iid)).partition("<!-- aic-written")[0].strip() for iid in (second, third)]
    assert told[0] == told[1]
    assert "`b`" in told[0]


def test_a_hundred_merge_requests_at_once_all_hear_of_their_deploy() -> None:
    """GitLab lists them a hundred a page."""
    world = stage(a="one")
    for number in range(101):
        world.merge(source=f"feature/{number}", a=str(number))

    world.deploy()

    assert len([place for place in world.gitlab.written if isinstance(place, OnMergeRequest)]) == 101


def test_a_direct_push_is_told_on_its_commit() -> None:
    """Where no merge request brought the change."""
    world = stage(a="one")
    world.put(a="two")

    world.deploy()

    assert "✅ Deployed" in world.gitlab.body(OnCommit(world.head))


def test_only_our_own_records_notes_and_statuses_are_believed() -> None:
    """Anybody may write a deployment or a note that looks like ours."""
    world = stage(a="one")
    iid = world.merge(a="two")
    world.gitlab.deployed(ENVIRONMENT, world.head, branch="develop", mapping="0" * 40, user=99)
    forged = Note(1, "<!-- aic-deploy develop -->", 99)
    world.gitlab.written[OnMergeRequest(iid)] = [forged]

    report = world.deploy()

    assert report.outcome is Outcome.DEPLOYED
    assert world.gitlab.written[OnMergeRequest(iid)][0] == forged
    assert len(world.gitlab.written[OnMergeRequest(iid)]) == 2


def test_other_keys_that_differ_are_reported_and_cause_no_write() -> None:
    """F22: AIC takes four keys only."""
    world = stage(a="one")
    world.gitlab.push("develop", {config_path("a"): stored("one", schedule="0 9 * * *")})

    report = world.deploy()

    assert world.writes() == []
    assert report.by_hand == (("a", "AIC takes no schedule from outside: set there what Git says"),)


def test_a_merge_without_pipelines_is_recorded_without_asking_aic() -> None:
    """Documentation is merged, too."""
    world = stage(a="one")
    world.gitlab.push("develop", {"docs/x.md": "text"})

    assert world.deploy().outcome is Outcome.UNCHANGED
    assert world.aic.calls == []
    assert world.records()[-1] == (world.head, "success")


def test_a_refusal_by_gitlab_does_not_hide_the_outcome() -> None:
    """A closed channel is named, the others are used."""
    world = stage(a="one")
    world.merge(a="two")
    world.deploy()
    world.merge(source="feature/2", a="three")
    world.aic.put("a", "typed")

    def closed(call: str) -> None:
        if call == "write_note":
            raise Permanent("gitlab-forbidden", "notes are locked")

    world.gitlab.before = closed

    report = world.deploy()

    assert report.outcome is Outcome.CONFLICT
    assert set(report.untold) == {"gitlab-forbidden"}
    assert world.records()[-1] == (world.head, "failed")


def test_nothing_is_written_when_the_journal_cannot_be_written() -> None:
    """A write that can't be taken back is not begun."""
    world = stage(a="one")
    world.merge(a="two")

    def closed(call: str) -> None:
        if call == "write_note":
            raise Permanent("gitlab-forbidden", "notes are locked")

    world.gitlab.before = closed

    assert world.deploy().outcome is Outcome.FAILED
    assert world.writes() == []


def test_confirm_must_name_the_workspace() -> None:
    """Also where it is not asked for."""
    with_typo = stage(a="one").deploy(by_hand=True, confirm="PIN FUSION 2.0")

    assert with_typo.reason == "confirm-mismatch"
