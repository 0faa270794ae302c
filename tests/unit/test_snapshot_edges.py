"""Snapshots of large, broken and moving worlds."""

import json
from collections import Counter
from collections.abc import Callable

import pytest

from shared.domain import content
from shared.domain.capture import Action, Mode
from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.snapshot_report import Outcome

from ..fake_workspace import stored
from ..stage import MAPPING, Stage, bare, stage
from .test_snapshot import asked, codes, git, rows

MANY = 30
WHOLE = "aic-sync/pin-fusion-2-0-qa.whole"


def foreign(code: str) -> str:
    """A config as another workspace's snapshot by `aic-utils` left it."""
    return json.dumps({"$id": "foreign", **json.loads(stored(code))}, indent=2)


def many() -> Stage:
    """A workspace whose repository was promoted from another one's."""
    world = stage(**{f"p{number}": str(number) for number in range(MANY)})
    world.gitlab.push("develop", {config_path(f"p{number}"): foreign(str(number)) for number in range(MANY)})
    world.deploy()
    world.gitlab.calls.clear()
    return world


def large() -> Stage:
    """Four new pipelines, of which a commit holds one or two."""
    world = stage(a="one")
    world.commit_bytes = 6000
    for title in ("b", "c", "d", "e"):
        world.aic.put(title, "x" * 1000)
    return world


def test_many_foreign_files_cost_one_archive() -> None:
    """And no request for each; none of them is rewritten."""
    world = many()
    report = world.snapshot()

    assert (report.outcome, report.rows) == (Outcome.CLEAN, ())
    assert world.gitlab.calls.count("archive") == 1
    assert world.gitlab.calls.count("content") == 0


def test_without_an_archive_the_files_are_fetched_one_by_one() -> None:
    """GitLab gives few a minute."""
    world = many()

    def before(call: str) -> None:
        if call == "archive":
            raise Transient("gitlab-unavailable", "GitLab answered 429")

    world.gitlab.before = before
    report = world.snapshot()

    assert report.outcome is Outcome.CLEAN
    assert world.gitlab.calls.count("content") == MANY


def test_many_merged_changes_are_known_as_such() -> None:
    """Base is compared by trees, and what differs comes as one archive."""
    world = stage(**{f"p{number}": "old" for number in range(MANY)}, same="x")
    world.put(**{f"p{number}": "new" for number in range(MANY)})
    world.aic.put("p7", "edited")
    report = world.snapshot()

    assert report.outcome is Outcome.CONFLICT
    assert rows(report) == {f"p{number}": Action.AHEAD for number in range(MANY)} | {"p7": Action.CONFLICT}


def test_a_config_in_git_that_is_no_json_counts_as_changed() -> None:
    """The edit waits on a side branch; the broken file stays."""
    world = stage(a="one")
    world.gitlab.push("develop", {config_path("a"): "{"})
    world.aic.put("a", "edited")
    report = world.snapshot()

    assert report.outcome is Outcome.CONFLICT
    assert git(world)["config/a.json"] == "{"
    assert codes(world, "aic-sync/pin-fusion-2-0-qa") == {"a": "edited"}


def test_a_base_that_is_no_json_was_never_proven() -> None:
    """As for a deploy."""
    world = bare(a="one")
    world.gitlab.push("develop", {config_path("a"): "{"})
    world.gitlab.deployed("aic/pin-fusion-2-0-qa", world.head, branch="develop", mapping=world.gitlab.branches["main"])
    world.put(a="two")
    world.aic.put("a", "edited")

    assert rows(world.snapshot()) == {"a": Action.CONFLICT}


def test_more_than_one_request_holds_lands_in_one_step() -> None:
    """On a branch of the run's own, merged at once; the branch of the workspace never has a part of it."""
    world = large()
    before = world.head
    report = world.snapshot()

    assert report.outcome is Outcome.CAPTURED
    assert world.gitlab.calls.count("commit") > 1
    assert sorted(codes(world)) == ["a", "b", "c", "d", "e"]
    assert world.gitlab.commits[world.head].commit.parents[0] == before
    assert not report.crossed


def test_an_interrupted_large_capture_begins_anew() -> None:
    """What the first delivery left on its own branch is thrown away."""
    world = large()
    real, lost = world.gitlab.propose, [True]

    def propose(*given: object, **more: object) -> object:
        if lost.pop() if lost else False:
            raise Transient("gitlab-unavailable", "no answer")
        return real(*given, **more)  # type: ignore[arg-type]

    world.gitlab.propose = propose  # type: ignore[method-assign,assignment]
    with pytest.raises(Transient):
        world.snapshot()
    report = world.snapshot()

    assert report.outcome is Outcome.CAPTURED
    assert sorted(codes(world)) == ["a", "b", "c", "d", "e"]


def before_accepting(world: Stage, act: Callable[[], object]) -> None:
    """Somebody acts right before the large capture lands."""
    once = [act]

    def before(call: str) -> None:
        if call == "accept" and once:
            once.pop()()

    world.gitlab.before = before


def test_what_a_dead_run_left_is_cleared_away_by_another_one() -> None:
    """The next night's message has another name."""
    world = large()
    once = ["accept"]

    def before(call: str) -> None:
        if once and call == once[0]:
            once.pop()
            raise Transient("gitlab-unavailable", "no answer")

    world.gitlab.before = before
    with pytest.raises(Transient):
        world.snapshot()
    report = world.snapshot(message="the next night")

    assert report.outcome is Outcome.CAPTURED
    assert [name for name in world.gitlab.branches if name.startswith("aic-sync/")] == []
    assert [each.proposal.state for each in world.gitlab.requests] == ["closed", "merged"]


def test_a_large_capture_that_a_merge_contradicts_is_decided_anew() -> None:
    """What was merged meanwhile stays, and the edit is shown as a conflict; the rest lands."""
    world = large()
    world.aic.put("a", "edited")
    before_accepting(world, lambda: world.put(a="merged meanwhile"))
    report = world.snapshot()

    assert report.outcome is Outcome.CONFLICT
    assert codes(world)["a"] == "merged meanwhile"
    assert sorted(codes(world)) == ["a", "b", "c", "d", "e"]
    assert codes(world, "aic-sync/pin-fusion-2-0-qa")["a"] == "edited"


def test_a_large_capture_that_gitlab_does_not_merge_leaves_nothing_behind() -> None:
    """As where merging needs an approval."""
    world = large()

    def refused(*_: object, **__: object) -> str:
        raise Permanent("merge-refused", "GitLab can't merge !1: not_approved")

    world.gitlab.accept = refused  # type: ignore[method-assign]
    report = world.snapshot()

    assert (report.outcome, report.reason) == (Outcome.FAILED, "merge-refused")
    assert [name for name in world.gitlab.branches if name.startswith("aic-sync/")] == []
    assert world.gitlab.request(1).state == "closed"


def test_two_large_captures_at_once_never_mix() -> None:
    """One finds that the branch is not its own any more, looks again, and finds all captured."""
    world = large()
    once = ["commit"]

    def before(call: str) -> None:
        if once and world.gitlab.calls.count("commit") == 2:
            once.pop()
            world.gitlab.push(WHOLE, {config_path("z"): stored("of another run")})

    world.gitlab.before = before
    report = world.snapshot()

    assert report.outcome is Outcome.CAPTURED
    assert "z" not in codes(world)


def test_work_of_somebody_on_the_branch_of_a_large_capture_stays() -> None:
    """The capture comes by another branch, and what they did waits where they did it, also the next time."""
    world = large()
    before_accepting(world, lambda: world.gitlab.push(WHOLE, {config_path("a"): stored("theirs")}))
    with pytest.raises(Transient):
        world.snapshot()
    report = world.snapshot()

    assert report.outcome is Outcome.CAPTURED
    assert sorted(codes(world)) == ["a", "b", "c", "d", "e"]
    assert (codes(world)["a"], codes(world, WHOLE)["a"]) == ("one", "theirs")
    for title in "bcde":
        world.aic.put(title, "y" * 1000)
    world.snapshot(message="another")
    assert (codes(world)["b"], codes(world, WHOLE)["a"]) == ("y" * 1000, "theirs")
    assert [name for name in world.gitlab.branches if name.startswith("aic-sync/")] == [WHOLE]


def test_work_of_somebody_stays_on_the_branch_of_a_capture_that_is_begun_anew() -> None:
    """The branch has moved on before it could land."""
    world = large()
    once = ["propose"]

    def before(call: str) -> None:
        if once and call == once[0]:
            once.pop()
            world.gitlab.push("develop", {"README.md": "meanwhile"})
            world.gitlab.push(WHOLE, {config_path("a"): stored("theirs")})

    world.gitlab.before = before
    report = world.snapshot()

    assert report.outcome is Outcome.CAPTURED
    assert (sorted(codes(world)), codes(world, WHOLE)["a"]) == (["a", "b", "c", "d", "e"], "theirs")


def test_a_large_capture_that_another_run_has_landed_is_not_merged_once_more() -> None:
    """Not even as a second commit of the same; neither its branch nor its merge request stays open."""
    world = large()
    once = ["commit"]

    def before(call: str) -> None:
        if once and call == once[0]:
            once.pop()
            world.snapshot(message="another")

    world.gitlab.before = before
    report = world.snapshot()

    assert report.outcome is Outcome.CLEAN
    assert sorted(codes(world)) == ["a", "b", "c", "d", "e"]
    assert [each.proposal.state for each in world.gitlab.requests].count("merged") == 1
    assert [name for name in world.gitlab.branches if name.startswith("aic-sync/")] == []


def test_a_commit_of_somebody_else_before_a_large_capture_is_noticed() -> None:
    """As with a small one."""
    world = large()
    before_accepting(world, lambda: world.gitlab.push("develop", {"README.md": "meanwhile"}))
    report = world.snapshot()

    assert report.crossed
    assert sorted(codes(world)) == ["a", "b", "c", "d", "e"]


def test_a_commit_of_somebody_else_right_before_ours_is_noticed() -> None:
    """What a new file replaced can't be guarded, but it is said."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    merged: list[str] = []

    def before(call: str) -> None:
        if call == "commit" and not merged:
            merged.append(world.gitlab.push("develop", {"README.md": "meanwhile"}))

    world.gitlab.before = before
    report = world.snapshot()

    assert report.crossed
    assert codes(world) == {"a": "edited"}


def test_the_last_delivery_ends_in_a_note() -> None:
    """Whatever kept it from its end."""
    world = stage(a="one")

    def before(call: str) -> None:
        raise Transient("aic-unavailable", "AIC answered 502")

    world.aic.before = before
    with pytest.raises(Transient):
        world.snapshot()
    report = world.snapshot(final=True)

    assert (report.outcome, report.reason) == (Outcome.FAILED, "aic-unavailable")
    assert "aic-unavailable" in world.gitlab.body(OnCommit(world.head))


@pytest.mark.parametrize("mapping", [None, "mapping: ["])
def test_without_a_mapping_there_is_nowhere_to_tell_it(mapping: str | None) -> None:
    """The log has it."""
    world = stage(a="one")
    world.gitlab.push("main", {MAPPING_FILE: mapping})
    report = world.snapshot()

    assert report.outcome is Outcome.REFUSED
    assert world.gitlab.written == {}


def test_a_missing_branch_is_told_to_the_log_alone() -> None:
    """There is no commit to write a note on."""
    world = stage(a="one")
    del world.gitlab.branches["develop"]
    report = world.snapshot()

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "branch-missing")


def test_a_workspace_that_lost_its_mapping_in_the_middle_is_told_to_the_log_alone() -> None:
    """There is no branch for it any more."""
    world = stage(a="one")

    def before(call: str) -> None:
        world.gitlab.push("main", {MAPPING_FILE: "mapping:\n  main: PIN FUSION 2.0\n"})
        raise Permanent("aic-unauthorized", "AIC answered 401")

    world.aic.before = before
    report = world.snapshot()

    assert (report.outcome, report.reason) == (Outcome.FAILED, "aic-unauthorized")
    assert world.gitlab.written == {}


def test_a_note_that_gitlab_refuses_changes_nothing() -> None:
    """The capture stands; the log says that nobody was told."""
    world = stage(a="one")
    world.aic.put("a", "edited")

    def before(call: str) -> None:
        if call == "write_note":
            raise Permanent("gitlab-forbidden", "GitLab answered 403")

    world.gitlab.before = before
    report = world.snapshot()

    assert (report.outcome, report.untold) == (Outcome.CAPTURED, ("gitlab-forbidden",))


def test_a_note_that_says_so_already_is_not_written_again() -> None:
    """A redelivery tells nothing twice."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    world.snapshot(mode=Mode.MERGE_REQUEST)
    world.gitlab.calls.clear()
    world.snapshot(mode=Mode.MERGE_REQUEST)

    assert world.gitlab.calls.count("write_note") == 0


def test_ignored_pipelines_are_touched_by_no_side() -> None:
    """Scratch ones of the mapping file; naming one is refused."""
    world = stage(a="one")
    world.aic.put("scratch 1", "try")

    assert world.snapshot().outcome is Outcome.CLEAN
    report = world.snapshot(pipelines=["scratch 1"])
    assert (report.outcome, report.reason) == (Outcome.REFUSED, "pipeline-ignored")


def test_a_limited_snapshot_captures_what_was_named_alone() -> None:
    """And asks for no deploy of the whole."""
    world = stage(a="one", b="two")
    world.aic.put("a", "edited")
    world.aic.put("b", "edited")
    report = world.snapshot(pipelines=["a"])

    assert report.outcome is Outcome.CAPTURED
    assert codes(world) == {"a": "edited", "b": "two"}
    assert asked(world) == []


def test_a_new_pipeline_under_a_title_that_git_once_had_goes_by_merge_request() -> None:
    """Also in commit mode: somebody had deleted it in Git."""
    world = stage(a="one", b="two")
    world.put(b=None)
    world.aic.remove("b")
    world.deploy()
    world.aic.put("b", "made anew")
    report = world.snapshot()

    assert rows(report) == {"b": Action.CAPTURE}
    assert report.outcome is Outcome.PROPOSED


def test_what_was_deleted_in_git_is_never_brought_back() -> None:
    """It is still live, and a person has to delete it there."""
    world = stage(a="one", b="two")
    world.put(b=None)
    world.deploy()
    report = world.snapshot()

    assert rows(report) == {"b": Action.LEAVE}
    assert codes(world) == {"a": "one"}


def test_after_a_change_of_the_mapping_a_snapshot_asks_for_the_deploy_that_adopts() -> None:
    """Base can't be trusted until then."""
    world = stage(a="one")
    world.gitlab.push("main", {MAPPING_FILE: f"{MAPPING}# changed\n"})
    report = world.snapshot()

    assert report.outcome is Outcome.CLEAN
    assert asked(world) == [{"project": "pin/fusion", "branch": "develop"}]


def test_a_workspace_that_the_settings_forbid_is_refused() -> None:
    """Whatever the mapping says."""
    world = stage(a="one")
    report = world.snapshot(workspace="SOMEBODY ELSE'S")

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "workspace-not-allowed")


def test_an_empty_list_of_a_workspace_that_had_pipelines_is_never_believed() -> None:
    """Nothing is deleted, and the message comes again."""
    world = stage(a="one")
    world.aic.remove("a")
    with pytest.raises(Transient, match="aic-list-empty"):
        world.snapshot()

    assert codes(world) == {"a": "one"}


def test_ann_is_named_where_she_asks_by_hand() -> None:
    """Pub/Sub itself does not say who."""
    assert stage(a="one").snapshot(by_hand=True, by="ann").by == "ann"


def test_sec_15_a_title_that_is_no_path_is_withheld_and_the_others_go_on() -> None:
    """Nothing outside of config/ and code/ can be reached."""
    world = stage(a="one")
    for title in ("../../.gitlab-ci", "A", ".git/config"):
        world.aic.put(title, "x")
    world.aic.put("a", "edited")
    report = world.snapshot()

    assert report.outcome is Outcome.WITHHELD
    assert set(git(world)) == {"config/a.json", "code/a/t1.sql"}
    assert rows(report) == {
        "../../.gitlab-ci": Action.WITHHOLD, ".git/config": Action.WITHHOLD, "A": Action.WITHHOLD, "a": Action.CAPTURE,
    }  # fmt: skip


def test_a_pipeline_that_no_config_file_can_hold_is_withheld_and_the_others_go_on() -> None:
    """It is read like any other; what is wrong with it is said."""
    world = stage(a="one", b="two")
    world.aic.put("a", "x" * content.MAX_BYTES)
    world.aic.put("b", "edited")
    report = world.snapshot()

    assert rows(report) == {"a": Action.WITHHOLD, "b": Action.CAPTURE}
    assert "bytes, at most" in report.rows[0].why
    assert codes(world) == {"a": "one", "b": "edited"}


def test_a_changed_pipeline_costs_few_requests() -> None:
    """Its file with the last commit at once, the two listings of its history, its code; a guard for each code file."""
    world = stage(a="one", b="two")
    world.aic.put("a", "edited")
    world.snapshot()
    world.deploy()
    world.aic.put("a", "edited again")
    world.gitlab.calls.clear()
    world.snapshot(message="2")
    asked = Counter(world.gitlab.calls)

    assert (asked["path_commits"], asked["last_touched"], asked["commit"]) == (2, 1, 1)
    assert asked["content"] == 1, "the version before the newest one, which was read with the file"
    assert asked["tree"] == 2, "all configs, and the code of what changed"


def test_a_workspace_that_never_comes_to_rest_is_left_for_the_next_delivery() -> None:
    """After some rounds."""
    world = stage(a="one")

    def before(call: str) -> None:
        if call == "read":
            world.aic.put("a", f"edit {len(world.aic.calls)}")

    world.aic.before = before
    world.aic.put("a", "edited")
    with pytest.raises(Transient, match="moved"):
        world.snapshot()

    assert codes(world) == {"a": "one"}
