"""A deploy of what an older commit or a backup has: restores, and rollbacks that are put live at once."""

import json

import pytest

from shared.domain.errors import Permanent
from shared.domain.gitlab import OnCommit, OnMergeRequest
from shared.domain.layout import config_path
from shared.domain.report import Outcome, Report, Taken

from ..fake_workspace import stored
from ..saved import FOLDER, Attic, pipeline
from ..stage import QA, Stage, stage
from .test_deploy_conflicts import SIDE, parked
from .test_deploy_in_trouble import Killed, at, fail
from .test_deploy_interrupted import LIMITED, nothing_left
from .test_deploy_while_held import roll_back

BACKUP = f"backup:backups:{FOLDER}"


def changed() -> tuple[Stage, str]:
    """A stage on which `a` and `b` were changed and deployed, and the commit before that."""
    world = stage(a="one", b="uno", c="eins")
    old = world.head
    world.merge(a="two", b="due")
    world.deploy()
    return world, old


def restore(
    world: Stage, source: str, *, pipelines: list[str] | None = None, final: bool = False, confirm: str = QA
) -> Report:
    """As the restore asks for it."""
    return world.deploy(by_hand=True, source=source, pipelines=pipelines, confirm=confirm, by="ann", final=final)


def test_what_an_older_commit_has_is_put_live_proven_and_told() -> None:
    """The branch stays as it is, and the note says so; neither base nor the status of head is touched."""
    world, old = changed()
    records, posted = world.records(), list(world.gitlab.posted)

    report = restore(world, f"commit:{old}")

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one", "b": "uno", "c": "eins"}
    assert (world.records(), list(world.gitlab.posted)) == (records, posted)
    assert [(each.commit, each.status) for name, each in world.gitlab.records if name == LIMITED] == [
        (world.head, "success")
    ]
    body = world.gitlab.written[OnCommit(world.head)][-1].body
    assert f"content of commit `{old[:8]}`" in body
    assert f"| `a` | updated | as commit `{old[:8]}` has it |" in body
    assert "Where the branch has another version" in body
    assert "asked for by `ann`" in body


def test_only_named_pipelines_go_back() -> None:
    """The others stay as they are."""
    world, old = changed()

    restore(world, f"commit:{old}", pipelines=["a"])

    assert world.aic.code() == {"a": "one", "b": "due", "c": "eins"}


def test_what_a_backup_has_is_put_live() -> None:
    """Read back from its drive, each file proven."""
    world, _ = changed()
    Attic(stage=world).store(pipeline("a", "saved"), pipeline("b", "salvato"))

    report = restore(world, BACKUP)

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "saved", "b": "salvato", "c": "eins"}
    rows = {row.title: (row.done, row.why) for row in report.rows}
    assert rows["a"] == ("updated", f"as the backup `{FOLDER}` on `backups` has it")
    assert rows["c"] == ("left alone", f"the backup `{FOLDER}` on `backups` has no such pipeline: left as it is")


def test_named_pipelines_of_a_backup_go_back() -> None:
    """As of a commit."""
    world, _ = changed()
    Attic(stage=world).store(pipeline("a", "saved"), pipeline("b", "salvato"))

    restore(world, BACKUP, pipelines=["b"])

    assert world.aic.code() == {"a": "two", "b": "salvato", "c": "eins"}


def test_what_was_deleted_since_is_created_again() -> None:
    """In Git, in AIC, or in both."""
    world = stage(a="one", b="uno", c="eins")
    old = world.head
    world.merge(source="feature/1", a=None, b=None)
    world.deploy()
    for title in ("a", "c"):
        world.aic.remove(title)

    report = restore(world, f"commit:{old}")

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one", "b": "uno", "c": "eins"}


def test_what_the_source_does_not_have_is_left_alone_and_named() -> None:
    """Nothing is deleted."""
    world = stage(a="one")
    old = world.head
    world.merge(new="n")
    world.deploy()

    report = restore(world, f"commit:{old}")
    named = restore(world, f"commit:{old}", pipelines=["new"])

    assert world.aic.code() == {"a": "one", "new": "n"}
    for each in (report, named):
        assert {row.title: row.why for row in each.rows}["new"].endswith("has no such pipeline: left as it is")
        assert each.outcome is Outcome.UNCHANGED


@pytest.mark.parametrize(("title", "reason"), [("typo", "unknown-pipeline"), ("scratch 1", "pipeline-ignored")])
def test_a_misspelt_or_ignored_name_is_refused(title: str, reason: str) -> None:
    """As ever."""
    world, old = changed()

    assert restore(world, f"commit:{old}", pipelines=[title]).reason == reason
    assert len(world.writes()) == 2


def test_ignored_titles_of_a_source_are_left_out() -> None:
    """Neither direction touches them."""
    world = stage(a="one", **{"scratch 1": "x"})
    old = world.head
    world.aic.put("scratch 1", "y")

    restore(world, f"commit:{old}")

    assert world.aic.code()["scratch 1"] == "y"


def test_it_needs_the_name_of_the_workspace_but_for_a_dry_run() -> None:
    """A second word."""
    world, old = changed()

    assert world.deploy(by_hand=True, source=f"commit:{old}").reason == "confirm-mismatch"
    report = world.deploy(by_hand=True, source=f"commit:{old}", dry_run=True)

    assert report.outcome is Outcome.PLANNED
    assert {row.title: row.done for row in report.rows}["a"] == "would be updated"
    assert world.aic.code()["a"] == "two"


def test_an_edit_that_git_never_had_is_kept_before_it_gives_way() -> None:
    """It can be read in its merge request; the note links to it."""
    world, old = changed()
    world.aic.put("a", "typed")

    report = restore(world, f"commit:{old}")

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one", "b": "uno", "c": "eins"}
    assert parked(world, "a") == "typed"
    assert {row.title: row for row in report.rows}["a"].proposal is not None


def test_an_edit_that_cannot_be_kept_stops_all_of_it() -> None:
    """Nobody would have it any more."""
    world, old = changed()
    world.aic.put("a", "typed")
    world.gitlab.protected.add(SIDE)

    report = restore(world, f"commit:{old}")

    assert (report.outcome, report.reason) == (Outcome.CONFLICT, "force-not-parked")
    assert world.aic.code() == {"a": "typed", "b": "due", "c": "eins"}


def test_an_older_version_that_is_live_is_named() -> None:
    """Git has it."""
    world, old = changed()
    between = world.gitlab.branches["feature/x"]
    world.merge(source="feature/2", a="three")
    world.deploy()
    world.aic.put("a", "two")

    report = restore(world, f"commit:{old}", pipelines=["a"])

    assert report.rows[0].why == f"as commit `{old[:8]}` has it; live was the version of {between[:8]}"


def test_a_held_pipeline_can_be_put_back_and_the_rollback_is_named() -> None:
    """This is what a rollback asks for; nothing brings the newer version live after it."""
    world, old = changed()
    iid = roll_back(world, a="one")

    report = restore(world, f"commit:{old}", pipelines=["a"])
    later = world.deploy(full=True)

    assert report.outcome is Outcome.DEPLOYED
    assert report.rows[0].proposal == iid
    assert later.outcome is Outcome.HELD
    assert world.aic.code() == {"a": "one", "b": "due", "c": "eins"}


def test_without_a_rollback_a_full_deploy_brings_the_branch_back() -> None:
    """As the note says."""
    world, old = changed()
    restore(world, f"commit:{old}")

    assert world.deploy(full=True).outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "due", "c": "eins"}


def test_asked_again_it_finds_nothing_to_do() -> None:
    """It is live."""
    world, old = changed()
    restore(world, f"commit:{old}")
    writes = len(world.writes())

    assert restore(world, f"commit:{old}").outcome is Outcome.UNCHANGED
    assert len(world.writes()) == writes


def test_a_run_that_dies_is_finished_by_its_redelivery() -> None:
    """Under its own note and record."""
    world, old = changed()
    world.aic.after = at(1, "update", fail(Killed()))
    with pytest.raises(Killed):
        restore(world, f"commit:{old}")
    world.aic.after = lambda _: None

    assert restore(world, f"commit:{old}").outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "one", "b": "uno", "c": "eins"}
    nothing_left(world)


def test_a_run_that_fails_puts_back_what_was_live() -> None:
    """Which is what the branch has, or the edit that was kept."""
    world, old = changed()
    world.aic.put("c", "typed")

    def refuse(call: str) -> None:
        if call == "update" and world.aic.code()["a"] == "one" and world.aic.code()["b"] == "uno":
            world.aic.before = lambda _: None
            raise Permanent("aic-write-refused")

    world.aic.before = refuse

    report = restore(world, f"commit:{old}")

    assert report.outcome is Outcome.FAILED
    assert world.aic.code() == {"a": "two", "b": "due", "c": "typed"}
    assert {each.taken for each in report.undone} == {Taken.PUT_BACK}
    assert [each.status for name, each in world.gitlab.records if name == LIMITED] == ["failed"]
    assert world.records()[-1] == (world.head, "success")


def test_a_broken_file_of_the_source_is_refused_with_its_place() -> None:
    """Nothing of it is written."""
    world = stage(a="one", b="uno")
    broken = world.gitlab.push("develop", {config_path("a"): "{broken", config_path("b"): stored("due")})
    world.put(a="two")

    report = restore(world, f"commit:{broken}")

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "config-refused")
    assert "line 1" in {row.title: row.why for row in report.rows}["a"]
    assert world.writes() == []


def test_a_file_that_is_broken_at_head_counts_as_none() -> None:
    """What is live is known to history all the same."""
    world, old = changed()
    world.gitlab.push("develop", {config_path("a"): "{broken"})

    assert restore(world, f"commit:{old}", pipelines=["a"]).outcome is Outcome.DEPLOYED
    assert world.aic.code()["a"] == "one"


@pytest.mark.parametrize("drive", ["backups", "elsewhere"])
def test_a_backup_that_is_not_there_is_told(drive: str) -> None:
    """Nothing is guessed."""
    world, _ = changed()

    report = restore(world, f"backup:{drive}:20260101/000000-00000000")

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "backup-missing")
    assert "backup-missing" in world.gitlab.written[OnCommit(world.head)][-1].body


def test_a_damaged_backup_is_never_put_live() -> None:
    """Not even what is whole of it."""
    world, _ = changed()
    attic = Attic(stage=world)
    attic.store(pipeline("a", "saved"), pipeline("b", "salvato"))
    attic.drive().damage(next(path for path in attic.drive().under(FOLDER) if path.endswith(".zip")))

    report = restore(world, BACKUP)

    assert report.outcome is Outcome.FAILED
    assert world.aic.code() == {"a": "two", "b": "due", "c": "eins"}


def test_a_commit_that_is_gone_is_told() -> None:
    """As after a force-push."""
    world, _ = changed()

    assert restore(world, f"commit:{'f' * 40}").reason == "gitlab-not-found"


@pytest.mark.parametrize("by", ["set back", "rewritten"])
def test_where_the_base_is_says_nothing_of_what_is_wanted(by: str) -> None:
    """A branch that was forced somewhere is no obstacle."""
    world, old = changed()
    world.gitlab.branches["develop"] = old
    if by == "rewritten":
        world.put(c="drei")

    assert world.deploy(by_hand=True, source=f"commit:{old}", dry_run=True).outcome is Outcome.PLANNED
    assert restore(world, f"commit:{old}").outcome is Outcome.DEPLOYED
    assert world.aic.code()["a"] == "one"


def test_many_pipelines_are_read_at_once() -> None:
    """As one archive for each commit."""
    titles = [f"p{number}" for number in range(30)]
    world = stage(**dict.fromkeys(titles, "one"))
    old = world.head
    world.merge(**dict.fromkeys(titles, "two"))
    world.deploy()
    world.gitlab.calls.clear()

    restore(world, f"commit:{old}")

    assert set(world.aic.code().values()) == {"one"}
    assert world.gitlab.calls.count("archive") == 2
    assert world.gitlab.calls.count("content") == 0


def test_the_line_to_ask_again_names_the_source() -> None:
    """After a failure."""
    world, old = changed()
    world.aic.before = at(1, "update", fail(Permanent("aic-write-refused")))

    report = restore(world, f"commit:{old}", pipelines=["a"])

    assert json.loads(report.again) == {
        "project": "pin/fusion",
        "branch": "develop",
        "pipelines": ["a"],
        "source": f"commit:{old}",
        "confirm": QA,
    }


def test_two_sources_have_notes_of_their_own() -> None:
    """Neither replaces what the other one tells."""
    world, old = changed()
    restore(world, f"commit:{old}")
    restore(world, f"commit:{world.head}")

    bodies = [each.body for each in world.gitlab.written[OnCommit(world.head)] if "content of" in each.body]
    assert len(bodies) == 2


def test_a_restore_and_another_limited_run_share_records_but_no_journal() -> None:
    """The failure of the one doesn't take back the other."""
    world, old = changed()
    restore(world, f"commit:{old}", pipelines=["a"])
    world.aic.before = at(1, "update", fail(Permanent("aic-write-refused")))

    assert restore(world, f"commit:{old}", pipelines=["b"]).outcome is Outcome.FAILED
    assert world.aic.code() == {"a": "one", "b": "due", "c": "eins"}


def test_the_rollback_that_was_put_live_is_looked_at_again() -> None:
    """Its merge request was, when the newer version ran still; other people's are none of it."""
    world, old = changed()
    iid = roll_back(world, a="one")
    world.gitlab.branches["feature/x"] = world.head
    world.gitlab.propose("feature/x", "develop", title="x", description="")

    restore(world, f"commit:{old}", pipelines=["a"])
    restore(world, f"commit:{old}", pipelines=["a"])

    asked = [said for topic, said, *_ in world.publisher.published if topic == "aic-plan"]
    assert asked == [{"project": "pin/fusion", "merge_request": iid}]


def test_the_rollback_hears_what_became_of_it() -> None:
    """Where people look who asked for it; of other pipelines it hears nothing."""
    world, old = changed()
    iid = roll_back(world, a="one")

    restore(world, f"commit:{old}", pipelines=["b"])
    assert OnMergeRequest(iid) not in world.gitlab.written
    restore(world, f"commit:{old}", pipelines=["a"])

    assert "### ✅ Deployed to" in world.gitlab.body(OnMergeRequest(iid))


@pytest.mark.parametrize("pipelines", [["a"], None], ids=["named", "all"])
def test_the_rollback_hears_of_a_failure_and_of_its_end(pipelines: list[str] | None) -> None:
    """What was live before runs on; asked once more, its one note says that it is live."""
    world, old = changed()
    iid = roll_back(world, a="one")
    world.aic.before = at(1, "update", fail(Permanent("aic-refused", "not today")))

    assert restore(world, f"commit:{old}", pipelines=pipelines).outcome is Outcome.FAILED
    assert world.aic.code()["a"] == "two"
    assert "`aic-refused`" in world.gitlab.body(OnMergeRequest(iid))
    assert restore(world, f"commit:{old}", pipelines=pipelines).outcome is Outcome.DEPLOYED

    assert world.aic.code()["a"] == "one"
    (written,) = world.gitlab.written[OnMergeRequest(iid)]
    assert "### ✅ Deployed to" in written.body


def test_a_closed_rollback_goes_forward_though_no_deploy_was_due() -> None:
    """The record says that the branch is live; what the hook asks for looks at everything."""
    world, old = changed()
    iid = roll_back(world, a="one")
    restore(world, f"commit:{old}", pipelines=["a"])
    world.gitlab.close(iid)

    assert world.deploy().outcome is Outcome.UNCHANGED
    assert world.aic.code()["a"] == "one"
    report = world.deploy(full=True)

    assert report.outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "two", "b": "due", "c": "eins"}
    assert world.records()[-1] == (world.head, "success")
