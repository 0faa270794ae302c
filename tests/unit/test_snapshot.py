"""A snapshot in memory: what people changed in AIC comes into Git, and nothing else happens."""

import json

import pytest

from shared.domain.capture import Action, Mode
from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.snapshot_report import Outcome

from ..fake_workspace import stored
from ..stage import QA, Stage, bare, stage


def git(world: Stage, branch: str = "develop") -> dict[str, str]:
    """Path to text of what the branch holds below config/ and code/."""
    files = world.gitlab.commits[world.gitlab.branches[branch]].files
    return {path: data.decode() for path, data in sorted(files.items()) if path.startswith(("config/", "code/"))}


def codes(world: Stage, branch: str = "develop") -> dict[str, str]:
    """Title to code, as the configs of the branch say."""
    found = {path: json.loads(text) for path, text in git(world, branch).items() if path.startswith("config/")}
    return {
        path.removeprefix("config/").removesuffix(".json"): each["stages"][0]["tasks"][0]["config"]["query"]
        for path, each in found.items()
    }


def asked(world: Stage) -> list[dict[str, object]]:
    """The deploys that were asked for."""
    return [said for topic, said, *_ in world.publisher.published if topic == "aic-deploy"]


def rows(report: object) -> dict[str, Action]:
    return {row.title: row.action for row in report.rows}  # type: ignore[attr-defined]


def test_an_unchanged_workspace_changes_nothing() -> None:
    """Every night but few."""
    world = stage(a="one", b="two")
    before = git(world)
    report = world.snapshot()

    assert (report.outcome, report.rows, report.commit) == (Outcome.CLEAN, (), "")
    assert git(world) == before
    assert asked(world) == []
    assert world.gitlab.written == {}


def test_an_edit_in_aic_becomes_one_commit_on_the_branch() -> None:
    """With its code, the workspace and the run in the message, and a deploy that records it."""
    world = stage(a="one", b="two")
    world.aic.put("a", "edited")
    head = world.head
    report = world.snapshot()

    assert report.outcome is Outcome.CAPTURED
    assert codes(world) == {"a": "edited", "b": "two"}
    assert git(world)["code/a/t1.sql"] == "edited"
    commit = world.gitlab.commits[world.head].commit
    assert (report.commit, commit.parents) == (world.head, (head,))
    assert "[skip ci]" in commit.message.splitlines()[0]
    assert f"AIC-Workspace: {QA}\nAIC-Run: {report.run}" in commit.message
    assert asked(world) == [{"project": "pin/fusion", "branch": "develop"}]


def test_what_was_captured_stays_told_after_all_is_well() -> None:
    """Whether the message comes again, or the next night's; only who asks is told that nothing is left."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    world.snapshot()
    told = world.gitlab.body(OnCommit(world.head))
    world.snapshot()
    world.snapshot(by_hand=True)
    world.deploy()
    world.snapshot(message="2")

    assert "captured" in told
    assert told in [note.body for note in world.gitlab.written[OnCommit(world.head)]]
    world.snapshot(message="3", by_hand=True)
    assert told not in [note.body for note in world.gitlab.written[OnCommit(world.head)]]


def test_a_deploy_after_a_capture_finds_nothing_to_write_and_records_it() -> None:
    """So that base moves on, and a second snapshot asks for nothing more."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    world.snapshot()
    world.deploy()
    world.publisher.published.clear()

    assert world.writes() == []
    assert world.records()[-1] == (world.head, "success")
    assert world.snapshot(message="2").outcome is Outcome.CLEAN
    assert asked(world) == []


@pytest.mark.parametrize(("wanted", "started"), [(True, ["develop"]), (False, [])])
def test_one_pipeline_of_gitlab_is_started_if_the_settings_say_so(wanted: bool, started: list[str]) -> None:
    """The commit itself skips it; an unchanged workspace starts none."""
    world = stage(a="one")
    world.snapshot(pipeline=wanted)
    assert world.gitlab.pipelines == []

    world.aic.put("a", "edited")
    report = world.snapshot(pipeline=wanted, message="2")

    assert world.gitlab.pipelines == started
    assert report.pipeline == (1 if wanted else None)


def test_a_pipeline_that_gitlab_refuses_changes_nothing() -> None:
    """The capture stands; the log says what could not be done."""
    world = stage(a="one")
    world.aic.put("a", "edited")

    def before(call: str) -> None:
        if call == "start_pipeline":
            raise Permanent("gitlab-refused", "GitLab answered 400")

    world.gitlab.before = before
    report = world.snapshot(pipeline=True)

    assert (report.outcome, report.untold, report.pipeline) == (Outcome.CAPTURED, ("gitlab-refused",), None)


def test_in_merge_request_mode_an_edit_waits_on_a_side_branch_cut_at_base() -> None:
    """Production is reviewed; Git's own merge does the rest."""
    world = stage(a="one", b="two")
    world.aic.put("a", "edited")
    head = world.head
    report = world.snapshot(mode=Mode.MERGE_REQUEST)

    side = "aic-sync/pin-fusion-2-0-qa"
    assert report.outcome is Outcome.PROPOSED
    assert world.head == head
    assert codes(world, side) == {"a": "edited", "b": "two"}
    (request,) = world.gitlab.requests
    assert (request.proposal.source_branch, request.proposal.target_branch) == (side, "develop")
    assert report.proposals == ((1, request.proposal.url),)
    assert asked(world) == []


def test_a_second_snapshot_of_the_same_edit_adds_nothing() -> None:
    """One merge request for a workspace, however often it is looked at."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    world.snapshot(mode=Mode.MERGE_REQUEST)
    tip = world.gitlab.branches["aic-sync/pin-fusion-2-0-qa"]
    report = world.snapshot(mode=Mode.MERGE_REQUEST, message="2")

    assert world.gitlab.branches["aic-sync/pin-fusion-2-0-qa"] == tip
    assert len(world.gitlab.requests) == 1
    assert report.proposals[0][0] == 1


def test_a_further_edit_is_appended_to_the_open_merge_request() -> None:
    """A parked branch is never rewritten."""
    world = stage(a="one", b="two")
    world.aic.put("a", "edited")
    world.snapshot(mode=Mode.MERGE_REQUEST)
    tip = world.gitlab.branches["aic-sync/pin-fusion-2-0-qa"]
    world.aic.put("b", "edited too")
    world.snapshot(mode=Mode.MERGE_REQUEST, message="2")

    after = world.gitlab.branches["aic-sync/pin-fusion-2-0-qa"]
    assert world.gitlab.commits[after].commit.parents == (tip,)
    assert codes(world, "aic-sync/pin-fusion-2-0-qa") == {"a": "edited", "b": "edited too"}
    assert len(world.gitlab.requests) == 1


def test_an_edit_of_what_git_changed_too_is_a_conflict_for_people() -> None:
    """Also in commit mode: the branch is cut at base, so that Git itself shows it."""
    world = stage(a="one")
    base = world.head
    world.put(a="two")
    world.aic.put("a", "edited")
    report = world.snapshot()

    side = world.gitlab.branches["aic-sync/pin-fusion-2-0-qa"]
    assert report.outcome is Outcome.CONFLICT
    assert world.gitlab.commits[side].commit.parents == (base,)
    assert codes(world) == {"a": "two"}
    assert codes(world, "aic-sync/pin-fusion-2-0-qa") == {"a": "edited"}
    assert asked(world) == []


def test_f19_a_merged_but_undeployed_change_survives() -> None:
    """A snapshot never reverts what was merged."""
    world = stage(a="one", b="two")
    world.put(a="merged")
    report = world.snapshot()

    assert codes(world) == {"a": "merged", "b": "two"}
    assert rows(report) == {"a": Action.AHEAD}
    assert asked(world) == [{"project": "pin/fusion", "branch": "develop"}]


def test_a_merged_revert_is_never_undone() -> None:
    """What was captured and then reverted in Git is known: the snapshot asks for a deploy instead."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    world.snapshot()
    world.deploy()
    world.put(a="one")
    world.publisher.published.clear()
    report = world.snapshot(message="2")

    assert codes(world) == {"a": "one"}
    assert rows(report) == {"a": Action.AHEAD}
    world.deploy()
    assert world.aic.code() == {"a": "one"}


def test_an_older_version_that_is_live_is_healed_by_a_deploy_of_that_pipeline() -> None:
    """Nothing goes into Git."""
    world = stage(a="one", b="x")
    world.merge(a="two")
    world.deploy()
    world.aic.put("a", "one")
    world.publisher.published.clear()
    report = world.snapshot()

    assert rows(report) == {"a": Action.HEAL}
    assert asked(world) == [{"project": "pin/fusion", "branch": "develop", "pipelines": ["a"]}]
    assert codes(world) == {"a": "two", "b": "x"}


def test_the_first_snapshot_of_an_empty_branch_is_one_commit() -> None:
    """Everything that AIC has, with the code beside it; no request a pipeline."""
    world = bare()
    for number in range(30):
        world.aic.put(f"p{number}", f"select {number}")
    report = world.snapshot()

    assert report.outcome is Outcome.CAPTURED
    assert len(git(world)) == 60
    assert world.gitlab.calls.count("commit") == 1
    assert world.gitlab.calls.count("path_commits") == 2
    assert world.gitlab.calls.count("last_touched") == 0


def test_an_adopted_repository_is_left_as_it_is() -> None:
    """Also where every file carries another workspace's id, and the keys in another order."""
    world = bare()
    world.aic.put("a", "one")
    other = json.dumps({"$id": "of another workspace", "title": "a", **json.loads(stored("one"))}, indent=2)
    world.gitlab.push("develop", {config_path("a"): other})
    head = world.head
    report = world.snapshot()

    assert (report.outcome, world.head) == (Outcome.CLEAN, head)
    assert asked(world) == [{"project": "pin/fusion", "branch": "develop"}]


def test_adoption_commits_only_what_git_never_had() -> None:
    """Where both have different content people decide; what only Git has is left for the deploy."""
    world = bare(both="git's", only="git's")
    world.aic.put("both", "aic's")
    world.aic.put("new", "aic's")
    report = world.snapshot()

    assert rows(report) == {"both": Action.CONFLICT, "new": Action.CAPTURE, "only": Action.AHEAD}
    assert codes(world) == {"both": "git's", "only": "git's", "new": "aic's"}
    assert codes(world, "aic-sync/pin-fusion-2-0-qa") == {"both": "aic's", "only": "git's"}


def test_f06_a_deletion_in_aic_is_proposed_and_never_done() -> None:
    """Config and code go together, if people agree."""
    world = stage(a="one", b="two")
    world.aic.put("b", "captured first")
    world.snapshot()
    world.deploy()
    world.aic.remove("b")
    report = world.snapshot(message="2")

    assert rows(report) == {"b": Action.DELETE}
    assert "config/b.json" in git(world)
    assert [path for path in git(world, "aic-sync/pin-fusion-2-0-qa") if "b" in path] == []


def test_a_rename_in_aic_is_one_move() -> None:
    """The old files are gone, the new ones are there, in one commit."""
    world = stage(old="one", other="x")
    world.aic.put("old", "captured")
    world.snapshot()
    world.deploy()
    job_id = world.aic.id_of("old") or ""
    world.aic.configs[job_id]["title"] = "new"
    report = world.snapshot(message="2")

    assert report.outcome is Outcome.CAPTURED
    assert codes(world) == {"new": "captured", "other": "x"}
    assert "code/new/t1.sql" in git(world)
    assert "code/old/t1.sql" not in git(world)
    assert rows(report) == {"old": Action.MOVE}


def test_f05_code_of_a_removed_task_goes_with_it() -> None:
    """No file of a task that is gone stays behind; people's own files do."""
    world = stage(a="one")
    world.gitlab.push("develop", {"code/a/gone.sql": "old", "code/a/README.md": "ours", "code/.gitkeep": ""})
    world.deploy()
    world.aic.put("a", "edited")
    world.snapshot()

    assert sorted(path for path in git(world) if path.startswith("code/")) == [
        "code/.gitkeep", "code/a/README.md", "code/a/t1.sql",
    ]  # fmt: skip


def test_a_pipeline_that_can_not_be_read_is_left_as_it_is_in_git() -> None:
    """An omission is no deletion, and the others go on."""
    world = stage(a="one", b="two")
    world.aic.put("b", "edited")
    broken = world.aic.id_of("a")
    real = world.aic.read

    def read(job_id: str) -> object:
        if job_id == broken:
            raise Transient("aic-unavailable", "AIC answered 429")
        return real(job_id)

    world.aic.read = read  # type: ignore[method-assign,assignment]
    report = world.snapshot()

    assert report.outcome is Outcome.INCOMPLETE
    assert codes(world) == {"a": "one", "b": "edited"}
    assert asked(world) == []


def test_f36_a_misspelt_name_is_refused_and_writes_nothing() -> None:
    """Never an empty config."""
    world = stage(a="one")
    before = git(world)
    report = world.snapshot(pipelines=["Typo"], by_hand=True)

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "unknown-pipeline")
    assert git(world) == before
    assert "unknown-pipeline" in world.gitlab.body(OnCommit(world.head))


def test_a_dry_run_writes_nothing_and_answers() -> None:
    """The note says what a snapshot would do."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    head = world.head
    report = world.snapshot(dry_run=True, by_hand=True)

    assert report.outcome is Outcome.PLANNED
    assert (world.head, rows(report)) == (head, {"a": Action.CAPTURE})
    assert "Nothing was written." in world.gitlab.body(OnCommit(head))


def test_a_save_right_before_the_commit_is_what_is_captured() -> None:
    """Live is read once more; the round begins anew."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    saved: list[str] = []

    def before(_: str) -> None:
        if world.aic.calls.count("read") == 2 and not saved:
            saved.append(world.aic.put("a", "edited again"))

    world.aic.before = before
    world.snapshot()

    assert codes(world) == {"a": "edited again"}
    assert world.gitlab.calls.count("commit") == 1


def test_f20_a_merge_right_before_the_commit_is_kept() -> None:
    """No stale state is pushed over a newer one."""
    world = stage(a="one", b="two")
    world.aic.put("a", "edited")
    merged: list[str] = []

    def before(_: str) -> None:
        if world.aic.calls.count("read") == 3 and not merged:
            merged.append(world.put(a="merged meanwhile", b="merged meanwhile"))

    world.aic.before = before
    report = world.snapshot()

    assert report.outcome is Outcome.CONFLICT
    assert codes(world) == {"a": "merged meanwhile", "b": "merged meanwhile"}
    assert codes(world, "aic-sync/pin-fusion-2-0-qa")["a"] == "edited"


def test_a_merge_in_the_very_moment_of_the_commit_is_refused_by_gitlab_and_seen() -> None:
    """The guard of each file; nothing is lost, and another round decides anew."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    merged: list[str] = []

    def before(call: str) -> None:
        if call == "commit" and not merged:
            merged.append(world.put(a="merged meanwhile"))

    world.gitlab.before = before
    report = world.snapshot()

    assert report.outcome is Outcome.CONFLICT
    assert codes(world) == {"a": "merged meanwhile"}


def test_f32_a_lost_answer_makes_no_second_commit() -> None:
    """The next delivery finds what the lost one did."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    real = world.gitlab.commit

    def lost(*given: object, **more: object) -> str:
        real(*given, **more)  # type: ignore[arg-type]
        raise Transient("gitlab-unavailable", "no answer")

    world.gitlab.commit = lost  # type: ignore[method-assign]
    with pytest.raises(Transient):
        world.snapshot()
    head = world.head
    world.gitlab.commit = real  # type: ignore[method-assign]
    report = world.snapshot()

    assert (report.outcome, world.head) == (Outcome.CLEAN, head)
    assert codes(world) == {"a": "edited"}
    assert asked(world) == [{"project": "pin/fusion", "branch": "develop"}]


def test_f43_a_branch_that_may_not_be_pushed_to_is_told_at_once() -> None:
    """One refusal, no storm."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    world.gitlab.protected = world.gitlab.protected | {"develop"}
    report = world.snapshot()

    assert (report.outcome, report.reason) == (Outcome.FAILED, "gitlab-forbidden")
    assert world.gitlab.calls.count("commit") == 1
    assert "gitlab-forbidden" in world.gitlab.body(OnCommit(world.head))


def test_an_unmapped_workspace_is_ignored_with_a_reason() -> None:
    """Nothing is guessed."""
    world = stage(a="one")
    world.gitlab.push("main", {MAPPING_FILE: "mapping:\n  main: PIN FUSION 2.0\n"})
    report = world.snapshot()

    assert (report.outcome, report.reason) == (Outcome.IGNORED, "workspace-not-mapped")


def test_a_workspace_may_have_a_branch_that_is_named_like_it() -> None:
    """As `aic-utils` keeps them."""
    world = bare()
    world.aic.put("a", "one")
    world.gitlab.push("main", {MAPPING_FILE: "mapping:\n  main: PIN FUSION 2.0\n"})
    world.gitlab.branches["pin-fusion-2-0-qa"] = world.gitlab.branches["main"]
    report = world.snapshot()

    assert (report.outcome, report.branch) == (Outcome.CAPTURED, "pin-fusion-2-0-qa")
    assert codes(world, "pin-fusion-2-0-qa") == {"a": "one"}


def test_a_branch_that_was_set_back_is_only_told() -> None:
    """What is live is newer than the branch: a person has to say what is meant."""
    world = stage(a="one")
    old = world.head
    world.merge(a="two")
    world.deploy()
    world.gitlab.branches["develop"] = old
    report = world.snapshot()

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "superseded")
    assert codes(world) == {"a": "one"}
