"""A review from its message to the note and the commit status."""

import json

import pytest

from shared.domain import credentials, labels
from shared.domain.allowed_secrets import ALLOWED_FILE
from shared.domain.errors import Permanent, Refused, Transient
from shared.domain.gitlab import OnMergeRequest
from shared.domain.layout import MAPPING_FILE
from shared.domain.review import Trouble
from shared.domain.review_report import Outcome, ReviewReport
from shared.flows import catalogue
from shared.flows.catalogue import Catalogue
from tests.fake_workspace import config, stored
from tests.fakes import FakeClock
from tests.rendered import dangers
from tests.stage import QA

from .review_stage import configs, desk, failing, job, with_code

TOKEN = "glpat-" + "Zx81Kq72Lm93Np04Rs15"


def troubles(report: ReviewReport) -> list[Trouble]:
    """What speaks against merging."""
    assert report.review is not None
    return [each.trouble for each in report.review.problems]


def test_a_merge_request_gets_its_note_and_status_and_nothing_else_is_written() -> None:
    """Both say when it was, and upon which commits."""
    at = desk(configs(Tides="SELECT 2"), Tides="SELECT 1", Boats="1")
    head, records = at.on.head, len(at.gitlab.records)

    report = at.review()

    assert (report.outcome, report.project, report.by) == (Outcome.READY, "pin/fusion", "ann")
    assert "| `Tides` | update | changed in Git | 🟡 some |" in at.note()
    assert f"for `{at.gitlab.branches['feature/x'][:8]}` upon `{head[:8]}` of `develop`" in at.note()
    assert at.note().startswith("<!-- aic-plan seen=2027-01-15T08:00:00.000Z source=")
    assert "Computed on 2027-01-15 at 08:00:00 UTC" in at.note()
    assert (at.status().state, at.status().description) == (
        "success",
        f"!1: 1 updated in {QA} · onto {head[:8]}, live {head[:8]} · 2027-01-15T08:00:00.000Z",
    )
    assert (at.on.writes(), len(at.gitlab.records), at.on.head) == ([], records, head)
    assert at.on.publisher.published == []


def test_it_runs_until_it_is_told() -> None:
    """Nobody merges upon an old status meanwhile."""
    at = desk(configs(Tides="2"), Tides="1")
    seen: list[str] = []

    def look(call: str) -> None:
        if call == "write_note":
            seen.extend(f"{each.state} {each.description[:45]}" for *_, each in at.gitlab.posted[-1:])

    at.gitlab.before = look
    at.review()

    assert seen == [f"running !1: looking at what merging does in {QA}"[:53]]
    assert [each.state for *key, each in at.gitlab.posted if key[2] == "aic/plan"] == ["success"]


def test_a_second_commit_brings_both_up_to_date() -> None:
    """One note, however often it is looked at."""
    at = desk(configs(Tides="2"), Tides="1", Boats="1")
    at.review()
    at.on.clock.advance(60)
    at.push(configs(Boats="2"))

    at.review()
    at.review()

    assert "| `Boats` | update |" in at.note()
    assert at.status().description.startswith("!1: 2 updated in")


def test_a_note_is_told_without_power_and_without_secrets() -> None:
    """Whatever stands in a config."""
    nasty = "x`</summary>\n\n/close @all !1 <img src=x> | ``` ~~~"
    task = {"id": nasty, "type": "SQL", "config": {"query": f"SELECT '{TOKEN}'\n/merge"}}
    at = desk({f"config/{nasty[:20]}.json": json.dumps({"stages": [{"tasks": [task]}]})}, Tides="1")

    report = at.review()

    assert dangers(at.note()) == []
    assert TOKEN not in at.note() + at.status().description + str(report.told())
    assert Trouble.SECRET in troubles(report)


def test_an_edit_of_code_alone_stops_the_merge_with_advice() -> None:
    """It would never run. With its config it is fine."""
    at = with_code(desk({}, Tides="SELECT 1", Boats="1"), Tides="SELECT 1")
    at.push({"code/Tides/t1.sql": "SELECT 2", "code/notes.txt": "mine", "code/Nobody/x.sql": "y", "code/x.sql": "z"})

    report = at.review()

    assert troubles(report) == [Trouble.IDLE_CODE]
    assert "only `config/Tides.json` runs: put the same text there, into `config.query` of the task `t1`" in at.note()
    assert "| `Tides` | nothing: live already |" in at.note()
    assert (at.status().state, at.status().description[:35]) == ("failed", "!1: 1 code without its config in PI")
    at.push(configs(Tides="SELECT 2"))
    assert at.review().outcome is Outcome.READY


def test_code_of_a_folder_within_the_pipelines_folder_is_its_code() -> None:
    """A task may have a name with a slash; many edits are named as so many."""
    tasks = [{"id": f"a/t{number}", "type": "SQL", "config": {"query": "SELECT 1"}} for number in range(12)]
    files = job("Tides", {"stages": [{"tasks": tasks}]})
    at = desk({}, Tides="1")
    at.gitlab.push("develop", files)
    at.gitlab.branches["feature/x"] = at.on.head
    at.push({path: "SELECT 2" for path in files if path.startswith("code/")})

    report = at.review()

    assert len(troubles(report)) == 11
    assert "and 2 more files of its code" in at.note()
    assert report.review is not None
    assert [each.title for each in report.review.ours] == ["Tides"]
    assert report.review.waiting == ()


def test_code_that_is_older_than_its_config_is_told_and_stops_nothing() -> None:
    """The config runs."""
    at = with_code(desk({}, Tides="SELECT 1"), Tides="SELECT 1")
    at.push(configs(Tides="SELECT 2"))

    assert at.review().outcome is Outcome.READY
    assert "- `Tides`: `code/Tides/t1.sql` is older than its config" in at.note()


def test_code_beside_a_config_that_can_not_be_read_has_no_advice() -> None:
    """What is wrong with the config is told where it is changed."""
    at = with_code(desk({}, Tides="SELECT 1"), Tides="SELECT 1")
    at.gitlab.push("develop", {"config/Tides.json": "{"})
    at.gitlab.branches["feature/x"] = at.on.head
    at.push({"code/Tides/t1.sql": "SELECT 2"})

    assert troubles(at.review()) == [Trouble.REFUSED]
    assert "which waits on the branch" not in at.note()
    assert "waits on the branch: `config/Tides.json`: Expecting" in at.note()


def test_many_pipelines_cost_one_list_of_their_code() -> None:
    """And their code is compared all the same."""
    names = [f"P{number:02}" for number in range(30)]
    at = desk({}, **dict.fromkeys(names, "SELECT 1"))
    at = with_code(at, **dict.fromkeys(names, "SELECT 1"))
    at.push({f"code/{name}/t1.sql": "SELECT 2" for name in names})
    at.gitlab.calls.clear()

    assert len(troubles(at.review())) == 30
    assert at.gitlab.calls.count("tree") == 1


def test_a_deletion_is_red_until_its_label_is_there() -> None:
    """The verdict names what goes, also when it is confirmed."""
    at = desk(configs(Tides=None), Tides="1", Boats="1")

    stopped = at.review()
    first = at.note()
    at.gitlab.label(at.iid, labels.DELETE)
    confirmed = at.review()

    assert troubles(stopped) == [Trouble.DELETION]
    assert "🔴 It would delete `Tides` from Git." in first
    assert f"if that is meant, set the label `{labels.DELETE}`" in first
    assert "### 🔴 Merging this deletes `Tides` from Git" in at.note()
    assert (confirmed.outcome, at.status().state) == (Outcome.READY, "success")
    assert at.status().description.startswith("!1: 1 deleted in Git in ")
    assert "**removed** `t1` · SQL" in at.note()
    assert "**Settings**" not in at.note()


def test_what_is_renamed_or_gone_from_aic_already_is_no_deletion() -> None:
    """Nothing is lost by it."""
    renamed = desk(configs(Tides=None, Ebb="1"), Tides="1")
    gone = desk(configs(Tides=None), Tides="1", Boats="1")
    gone.on.aic.remove("Tides")

    assert renamed.review().outcome is Outcome.READY
    assert "| `Ebb` | rename | renamed in Git, it was `Tides` |" in renamed.note()
    assert gone.review().outcome is Outcome.READY


def test_a_config_that_can_not_be_read_is_told_with_line_and_column() -> None:
    """So are keys that stand there twice."""
    at = desk({"config/Tides.json": '{\n  "stages": [],\n  "a": 1,\n  "a": 2\n}'}, Tides="1")

    assert troubles(at.review()) == [Trouble.INVALID]
    assert "the key `a` stands twice in one object at line 4, column 3" in at.note()
    assert at.status().state == "failed"


def test_new_flaws_stop_the_merge_and_old_ones_do_not() -> None:
    """What AIC runs already is nobody's mistake now."""
    twins = json.loads(stored("SELECT 1"))
    twins["stages"][0]["tasks"] *= 2
    new = desk({"config/Tides.json": json.dumps(twins)}, Tides="SELECT 1")
    old = desk({}, Tides="SELECT 1")
    old.gitlab.push("develop", {"config/Tides.json": json.dumps(twins)})
    old.on.deploy()
    old.gitlab.branches["feature/x"] = old.on.head
    old.push({"config/Tides.json": json.dumps({**twins, "variables": [{"id": "A"}]})})

    assert troubles(new.review()) == [Trouble.INVALID]
    assert "- `Tides`: invalid config: `tasks`: the id `t1` is that of several tasks" in new.note()
    assert old.review().outcome is Outcome.READY


def test_a_new_secret_stops_the_merge_unless_the_project_allows_it() -> None:
    """One that Git had before is told; a list that can't be read lets nothing pass."""
    secret = f"SELECT '{TOKEN}'"
    at = desk(configs(Tides=secret), Tides="SELECT 1")
    mark = credentials.fingerprint("Tides", TOKEN)

    stopped = at.review()
    said = at.note()
    at.gitlab.push("main", {ALLOWED_FILE: f"- pipeline: Tides\n  fingerprint: {mark}\n  why: a sample\n"})
    allowed = at.review()
    at.gitlab.push("main", {ALLOWED_FILE: "a: b"})
    unread = at.review()

    assert troubles(stopped) == [Trouble.SECRET]
    assert f"- `Tides`: secret: seems to hold secrets: `t1` line 1: GitLab token (`{mark}`)" in said
    assert allowed.outcome is Outcome.READY
    assert troubles(unread) == [Trouble.SECRET]
    assert f"- `this merge request`: `{ALLOWED_FILE}:` it must be a list" in at.note()


def test_a_secret_that_was_there_before_is_told_and_stops_nothing() -> None:
    """Not merging would not take it away."""
    at = desk(configs(Tides=f"SELECT '{TOKEN}', 2"), Tides=f"SELECT '{TOKEN}'")

    assert at.review().outcome is Outcome.READY
    assert "- `Tides`: it seems to hold secrets: " in at.note()
    assert ", as it did before" in at.note()


def test_an_edit_in_aic_stops_the_merge_and_only_the_change_in_git_is_shown() -> None:
    """The edit is none of the author's."""
    at = desk(configs(Tides="SELECT 2"), Tides="SELECT 1")
    at.on.aic.put("Tides", "SELECT 'by hand'")

    found = at.review()

    assert troubles(found) == [Trouble.CONFLICT]
    assert "bring the edit into Git first, by a snapshot of the workspace" in at.note()
    assert "-SELECT 1\n+SELECT 2" in at.note()
    assert "by hand" not in at.note()


def test_what_waits_on_the_branch_is_told_beside() -> None:
    """It goes live with the merge."""
    at = desk(configs(Tides="2"), Tides="1", Boats="1")
    at.on.put(Boats="2")

    at.review()

    assert "Of these, 1 wait on `develop` already." in at.note()


def test_who_reads_what_a_pipeline_writes_is_found_in_git() -> None:
    """Also who reads what it no longer writes, and who is changed beside it. One archive a commit is enough."""
    write, read = "INSERT INTO gold.{} SELECT 1", "SELECT * FROM gold.{}"
    at = desk(
        configs(Tides=write.format("new"), Boats=read.format("new")),
        Tides=write.format("old"),
        Ports=read.format("OLD"),
        Boats="SELECT 1",
        Other="SELECT old FROM b",
    )
    at.gitlab.calls.clear()

    at.review()
    at.review()

    assert "- `Boats` reads `gold.new`\n- `Ports` reads `gold.OLD`" in at.note()
    assert "🟠 high, read by 2" in at.note()
    assert "`Other` reads" not in at.note()
    assert at.gitlab.calls.count("archive") == 1


class Racing(FakeClock):
    """Whoever looks at it twice sees an hour go by."""

    def monotonic(self) -> float:
        """Seconds that never go back."""
        self.advance(3600)
        return super().monotonic()


CHANGES, LIVE = configs(Tides="INSERT INTO a.b SELECT 2"), {"Tides": "INSERT INTO a.b SELECT 1", "B": "SELECT b"}
UNSEEN = "who reads its tables is not known: "


def test_readers_that_there_is_no_time_to_look_for_stop_nothing() -> None:
    """The note says that nobody knows."""
    at = desk(CHANGES, **LIVE)
    at.on.clock, at.on.seconds = Racing(), 10.0**9

    at.review()

    assert f"{UNSEEN}there was no time" in at.note()


def test_readers_that_gitlab_does_not_show_stop_nothing() -> None:
    """It gives few archives a minute, and a branch may be too big to be kept in mind."""
    closed = desk(CHANGES, **LIVE)
    closed.gitlab.before = failing("archive", Transient("gitlab-busy", "GitLab is busy"))
    closed.review()
    big = desk(CHANGES, **LIVE)
    big.catalogue = Catalogue(most_bytes=1)
    big.review()

    assert f"{UNSEEN}GitLab is busy" in closed.note()
    assert f"{UNSEEN}its configs take more than 1 bytes" in big.note()


def test_what_can_not_be_read_reads_no_tables() -> None:
    """Files beside the configs, and configs that are none."""
    at = desk(CHANGES, **LIVE)
    at.gitlab.push("develop", {"config/odd.json": "[b", "config/list.json": '["b"]', "config/x.txt": "b"})

    at.review()

    assert UNSEEN not in at.note()
    assert "read by" not in at.note()


def test_the_next_commit_of_a_branch_is_read_upon_the_last() -> None:
    """GitLab gives few archives a minute. What a commit changes, adds or takes away is seen all the same."""
    at = desk(CHANGES, **LIVE, Gone="SELECT * FROM a.b", Kept="SELECT * FROM a.b")
    at.review()
    assert "- `Gone` reads `a.b`\n- `Kept` reads `a.b`" in at.note()
    at.on.put(Gone=None, B="SELECT * FROM a.b", Ports="SELECT * FROM A.B")
    at.gitlab.calls.clear()

    at.review()

    assert (
        "**Read by other pipelines**\n\n- `B` reads `a.b`\n- `Kept` reads `a.b`\n- `Ports` reads `A.B`\n" in at.note()
    )
    assert at.gitlab.calls.count("archive") == 0


def test_a_commit_that_changes_much_or_comes_from_elsewhere_needs_an_archive() -> None:
    """As a branch that was set back, and a list that GitLab cuts."""
    at = desk(CHANGES, **LIVE)
    at.review()
    base = at.on.head

    def archives() -> int:
        at.gitlab.calls.clear()
        at.catalogue.book("pin/fusion", at.on.head, at.gitlab)
        return at.gitlab.calls.count("archive")

    at.on.put(**{f"P{number}": "1" for number in range(catalogue.MOST_CHANGED + 1)})
    assert archives() == 1
    at.on.put(P1="2")
    assert archives() == 0
    at.gitlab.complete = False
    at.on.put(P1="3")
    assert archives() == 1
    at.gitlab.complete = True
    at.gitlab.branches["develop"] = at.gitlab.commits[base].commit.parents[0]
    assert archives() == 1


def test_the_newest_few_commits_are_kept_in_mind_each_of_its_project() -> None:
    """One more takes the place of the oldest."""
    at = desk(CHANGES, **LIVE)
    at.gitlab.complete = False
    heads = []
    for number in range(catalogue.MOST_COMMITS + 1):
        at.on.put(Boats=str(number))
        heads.append(at.on.head)
        at.catalogue.book("pin/fusion", at.on.head, at.gitlab)
    at.gitlab.calls.clear()

    for head in (*heads[1:], heads[0]):
        at.catalogue.book("pin/fusion", head, at.gitlab)
    assert at.gitlab.calls.count("archive") == 1
    at.catalogue.book("pin/other", heads[0], at.gitlab)
    assert at.gitlab.calls.count("archive") == 2


def test_the_mapping_is_told_of() -> None:
    """It works another way than configs."""
    at = desk({MAPPING_FILE: "mapping: {}\n"}, Tides="1")

    at.review()

    assert f"- `this merge request`: it changes `{MAPPING_FILE}`" in at.note()
    assert "### ✅ Merging this writes nothing to" in at.note()


def test_nothing_is_told_where_merging_deploys_nothing() -> None:
    """A branch that nobody deploys; a merge request that is closed."""
    at = desk(configs(Tides="2"), Tides="1")
    at.gitlab.branches["other"] = at.on.head
    at.gitlab.aim(at.iid, "other")

    unmapped = at.review()
    at.gitlab.close(at.iid)
    closed = at.review()

    assert (unmapped.outcome, unmapped.reason) == (Outcome.IGNORED, "branch-not-mapped")
    assert (closed.outcome, closed.reason) == (Outcome.IGNORED, "merge-request-not-open")
    assert at.gitlab.written.get(OnMergeRequest(at.iid), []) == []
    assert [key[2] for key in at.gitlab.posted] == ["aic/deploy"]


def test_a_merge_request_that_goes_elsewhere_is_set_right() -> None:
    """Its note and status spoke of another branch."""
    at = desk(configs(Tides=None), Tides="1", Boats="1")
    at.review()
    at.gitlab.branches["other"] = at.on.head
    at.gitlab.aim(at.iid, "other")

    at.review()

    assert "### ⚪ Merging this deploys nothing\n\n**Reason** `branch-not-mapped`" in at.note()
    assert at.status().state == "success"


def test_a_merge_request_that_is_not_there_can_not_be_told() -> None:
    """The log says so."""
    with pytest.raises(Refused, match="merge-request-missing"):
        desk({}, Tides="1").review(iid=9)


def test_what_a_deploy_would_be_refused_for_is_told() -> None:
    """Before anything else is looked at, or after."""
    torn = desk(configs(Tides="2"), Tides="1")
    torn.on.put(Tides="3")
    unmapped = desk(configs(Tides="2"), Tides="1")
    unmapped.gitlab.push("main", {MAPPING_FILE: None})

    assert (torn.review().outcome, torn.status().state) == (Outcome.STOPPED, "failed")
    assert "### ❌ No plan for `PIN FUSION 2.0 QA`\n\n**Reason** `merge-conflict`: Git can't merge" in torn.note()
    assert f"onto {torn.on.head[:8]}, live unknown" in torn.status().description
    assert unmapped.review().reason == "mapping-missing"
    assert "### ❌ No plan for `develop`\n\n**Reason** `mapping-missing`" in unmapped.note()


def test_an_error_that_stays_is_told() -> None:
    """Somebody has to look at it; the head of the branch is told where it can be asked."""
    at = desk(configs(Tides="2"), Tides="1")
    at.gitlab.before = failing("merge_result", Permanent("gitlab-odd-answer", "an odd answer"))
    report = at.review()
    blind = desk(configs(Tides="2"), Tides="1")
    blind.gitlab.before = failing("head", Permanent("gitlab-odd-answer", "an odd answer"))
    blind.review()

    assert (report.outcome, report.told().bad) == (Outcome.FAILED, True)
    assert "**Reason** `gitlab-odd-answer`: an odd answer" in at.note()
    assert "onto nothing, live unknown" in blind.status().description


def test_trouble_that_may_pass_is_told_by_the_last_delivery_alone() -> None:
    """Those before leave the status running."""
    at = desk(configs(Tides="2"), Tides="1")
    at.on.aic.before = failing("jobs", Transient("aic-unavailable", "AIC does not answer"))

    with pytest.raises(Transient, match="aic-unavailable"):
        at.review()
    assert at.status().state == "running"
    report = at.review(final=True)

    assert (report.outcome, report.reason) == (Outcome.FAILED, "aic-unavailable")
    assert "**Reason** `aic-unavailable`: AIC does not answer" in at.note()
    assert at.status().state == "failed"


def test_the_last_delivery_has_nobody_to_tell_where_it_is_closed_meanwhile() -> None:
    """As any other."""
    at = desk(configs(Tides="2"), Tides="1")

    def close(_: str) -> None:
        at.gitlab.close(at.iid)
        raise Transient("aic-unavailable")

    at.on.aic.before = close

    assert at.review(final=True).reason == "merge-request-not-open"


@pytest.mark.parametrize("closed", ["write_note", "post_status"])
def test_one_channel_that_is_closed_does_not_close_the_other(closed: str) -> None:
    """The log says which."""
    at = desk(configs(Tides="2"), Tides="1")
    at.gitlab.before = failing(closed, Permanent("gitlab-forbidden"))

    report = at.review()

    assert (report.outcome, report.untold, report.told().bad) == (Outcome.READY, ("gitlab-forbidden",), True)
    assert (closed == "write_note") is (OnMergeRequest(at.iid) not in at.gitlab.written)
    assert (closed == "post_status") is (len(at.gitlab.posted) == 1)


def test_a_merge_request_without_a_source_has_no_status() -> None:
    """GitLab knows no newest commit of it; what can be told is told."""
    at = desk(configs(Tides="2"), Tides="1")
    del at.gitlab.branches["feature/x"]

    report = at.review()

    assert report.reason == "gitlab-not-found"
    assert "No plan for" in at.note()
    assert [key[2] for key in at.gitlab.posted] == ["aic/deploy"]


def test_its_line_in_the_log_says_what_became_of_it() -> None:
    """For people who search."""
    at = desk(configs(Tides=None), Tides="1", Boats="1")

    told = at.review().told()

    assert (told.said, told.bad) == ("plan: stopped", False)
    assert told.fields["problems"] == ["deletion not confirmed"]
    assert (told.fields["merge_request"], told.fields["workspace"], told.fields["looked_at"]) == (1, QA, 1)
    at.gitlab.close(at.iid)
    assert at.review().told().said == "ignored: merge-request-not-open"


def test_lists_that_gitlab_cuts_are_made_up_for() -> None:
    """Code files are compared all the same."""
    at = with_code(desk({}, Tides="SELECT 1", Boats="1"), Tides="SELECT 1")
    at.push({"code/Tides/t1.sql": "SELECT 2"})
    at.gitlab.complete = False

    assert troubles(at.review()) == [Trouble.IDLE_CODE]


def test_a_new_pipeline_with_its_code_is_created() -> None:
    """Its code says what its config says."""
    at = desk(job("New", config("SELECT 1")), Tides="1")

    assert at.review().outcome is Outcome.READY
    assert "| `New` | create | new in Git | 🟠 high |" in at.note()
