"""A board shows each pipeline in each environment, and lies on the drives."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain import mark
from shared.domain.backup import ArchiveEntry, Manifest, PipelineEntry
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.run import Run
from shared.flows.board_shelf import KEPT

from ..board_stage import ANN, ASKER, BACKUPS, CLOUD, FOLDER, LAST, NIGHT, Market, market
from ..fake_drive import FakeDrive

LATER = Run("ffffffff", NIGHT.moment + timedelta(days=1))
SHA256 = "0" * 64


def saved(drive: FakeDrive, workspace: str, *titles: str, proven: bool = False) -> datetime:
    """A backup of these pipelines, made an hour before; when that was."""
    run = Run("01234567", NIGHT.moment - timedelta(hours=1))
    manifest = Manifest(
        kind="workspace",
        project="pin/fusion",
        workspace=workspace,
        branch="b",
        commit="c",
        run=run.id,
        time=run.moment.isoformat(),
        archive=ArchiveEntry(name="pipelines-00000000.zip", sha256=SHA256, size=1),
        pipelines=tuple(
            PipelineEntry(name=each, id=each, path=config_path(each), sha256=SHA256, size=1) for each in titles
        ),
    )
    name = mark.of_run(run).name
    drive.files[f"{run.folder}/manifest.json"] = manifest.encode()
    drive.files[f"{mark.index(workspace)}/{name}"] = b"{}"
    if proven:
        drive.files[f"{mark.proofs(workspace)}/{name}"] = b"{}"
    return run.moment


def note(world: Market, branch: str = "main") -> str:
    return world.stage.gitlab.body(OnCommit(world.stage.gitlab.branches[branch]))


def failing_at(call: str, error: Exception) -> Any:
    def before(made: str) -> None:
        if made.startswith(call):
            raise error

    return before


def test_the_environments_are_in_the_order_in_which_pipelines_are_promoted() -> None:
    """Whatever the order in the mapping file; each with its branch, what is deployed and since when."""
    world = market(a="one")
    world.deployed("develop", a="two")

    report = world.drawn()

    data = world.data()
    assert [(each["workspace"], each["branch"], each["role"], each["next"]) for each in data["environments"]] == [
        ("DEV", "sandbox", "development", "develop"),
        ("QA", "develop", "staging", "main"),
        ("PROD", "main", "production", None),
    ]
    head = world.stage.gitlab.branches["develop"]
    assert (data["version"], data["project"], data["time"]) == (1, "pin/fusion", "2026-11-29T02:00:00+00:00")
    assert (data["environments"][1]["head"], data["environments"][1]["deployed"]["commit"]) == (head, head)
    assert data["environments"][1]["deployed"]["time"] == "2027-01-15T08:00:00+00:00"
    assert (report.outcome, report.told().said, report.told().bad) == ("done", "board: done", False)
    assert world.stage.gitlab.written == {}


def test_what_waits_what_was_edited_and_what_contradicts_is_told_apart() -> None:
    """By what was last deployed; each as it is in its own environment."""
    world = market(same="1", waits="1", edited="1", both="1", gone="1", dropped="1", dropped_edited="1", vanished="1")
    qa = world.aic["QA"]
    world.put("develop", waits="2", both="2", new="1", dropped=None, dropped_edited=None, vanished="2")
    for title in ("edited", "both", "dropped_edited"):
        qa.put(title, "by hand")
    qa.remove("gone")
    qa.remove("vanished")
    qa.put("only in AIC", "x")
    qa.put("scratch", "x")

    found = {title: states[1] for title, states in world.states().items()}

    assert found == {
        "same": "clean",
        "waits": "waiting",
        "new": "waiting",
        "edited": "drift",
        "gone": "drift",
        "both": "conflict",
        "vanished": "conflict",
        "dropped_edited": "conflict",
        "dropped": "unmanaged",
        "only in AIC": "unmanaged",
    }
    assert {title: states[0] for title, states in world.states().items() if states[0] != "clean"} == {
        "new": "absent",
        "only in AIC": "absent",
    }


def test_what_can_not_be_read_is_said_to_be_so() -> None:
    """Twins, what AIC doesn't give, and a file that Git can't be read from; each by itself."""
    world = market(a="1", b="1", c="1", d="1")
    world.aic["QA"].add_twin("a", "2")
    broken = world.aic["QA"].id_of("b")
    world.aic["QA"].configs[str(broken)]["stages"] = "broken"
    world.stage.gitlab.push("develop", {config_path("c"): "no JSON"})

    made = world.drawn(dry_run=True).made

    assert made
    cells = {row.title: row.cells[1] for row in made.rows}
    assert [cells[title].state.value for title in "abcd"] == ["unreadable", "unreadable", "unreadable", "clean"]
    assert "several pipelines of this title" in cells["a"].why
    assert "config/c.json" in cells["c"].why
    assert all(each.promote == "" for row in made.rows for each in row.cells)


def test_without_a_record_nobody_knows_which_is_newer() -> None:
    """A workspace that was never deployed to."""
    world = Market()
    world.stage.gitlab.push("main", {MAPPING_FILE: "mapping:\n  develop: QA\n"})
    world.stage.gitlab.branches["develop"] = world.stage.gitlab.branches["main"]
    world.put("develop", a="1", b="1", c="1")
    for title, code in {"a": "1", "b": "2", "x": "1"}.items():
        world.aic["QA"].put(title, code)

    assert world.states() == {"a": ["clean"], "b": ["differs"], "c": ["waiting"], "x": ["unmanaged"]}
    made = world.drawn(dry_run=True).made
    assert made
    assert (made.environments[0].deployed, made.rows[0].cells[0].commit) == ("", "")


def test_an_empty_workspace_that_was_never_deployed_to_waits_for_all() -> None:
    """One that was deployed to and is empty now is not believed."""
    world = market(a="1")
    world.stage.gitlab.records = [each for each in world.stage.gitlab.records if each[0] != "aic/qa"]
    for name in ("QA", "PROD"):
        world.aic[name].configs.clear()

    made = world.drawn(LAST).made

    assert made
    assert [each.reason for each in made.environments] == ["", "", "aic-list-empty"]
    assert made.rows[0].cells[1].why == "new in Git, not yet deployed"


def test_the_commits_are_what_is_deployed_and_what_waits() -> None:
    """A capture has what is live although no deploy has followed it."""
    world = market(a="1", b="1", c="1")
    base = world.stage.gitlab.branches["develop"]
    world.aic["QA"].put("b", "2")
    captured = world.stage.captured(branch="develop", workspace="QA", b="2")
    waiting = world.put("develop", c="2")

    world.drawn()

    cells = {each["title"]: each["environments"][1] for each in world.data()["pipelines"]}
    assert [cells[title]["commit"] for title in "abc"] == [base, captured, base]
    assert [cells[title].get("waiting") for title in "abc"] == [None, None, waiting]
    assert cells["b"]["state"] == "clean"


def test_what_the_next_environment_has_not_got_is_to_be_promoted() -> None:
    """From development to staging to production; what only the later one has is nobody's to promote."""
    world = market(a="1", b="1")
    world.deployed("sandbox", a="2", c="1")
    world.deployed("develop", b="2", late="1")
    world.deployed("main", b="3")

    world.drawn()

    cells = {each["title"]: each["environments"] for each in world.data()["pipelines"]}
    told = {title: [each and each.get("not_promoted") for each in found] for title, found in cells.items()}
    assert told == {
        "a": ["changed", None, None],
        "b": ["changed", "changed", None],
        "c": ["new", None, None],
        "late": [None, "new", None],
    }
    assert cells["c"][1:] == [None, None]
    assert [each["not_promoted"] for each in world.data()["environments"]] == [3, 2, 0]


def test_backups_and_proven_restores_are_those_of_the_drives() -> None:
    """The newest of any; what is not in it is named where it can be read."""
    world = market(a="1", b="1")
    world.aic["PROD"].add_twin("b", "2")
    world.stage.put(branch="main", c="1")
    when = saved(world.drive("PROD"), "PROD", "a", proven=True)
    saved(world.drive("PROD", BACKUPS), "PROD", "a")

    world.drawn()

    *_, qa, prod = world.data()["environments"]
    assert (prod["backup"], prod["proven_restore"]) == (when.isoformat(), when.isoformat())
    assert prod["drives"] == [
        {"drive": BACKUPS, "backup": when.isoformat(), "proven_restore": None, "reason": None},
        {"drive": CLOUD, "backup": when.isoformat(), "proven_restore": when.isoformat(), "reason": None},
    ]
    assert (qa["backup"], qa["proven_restore"]) == (None, None)
    cells = {each["title"]: each["environments"] for each in world.data()["pipelines"]}
    assert [cells[title][2].get("in_backup") for title in "abc"] == [True, False, None]
    assert "in_backup" not in cells["a"][1]


@pytest.mark.parametrize("damage", ["missing", "damaged", "AIC only"])
def test_a_backup_that_can_not_be_read_says_nothing_of_its_pipelines(damage: str) -> None:
    """That it is there is still known."""
    world = market(a="1")
    name = BACKUPS if damage == "AIC only" else CLOUD
    saved(world.drive("PROD", name), "PROD", "a")
    path = "20261129/010000-01234567/manifest.json"
    if damage == "damaged":
        world.drive("PROD").files[path] = b"?"
    if damage == "missing":
        del world.drive("PROD").files[path]

    world.drawn()

    assert world.data()["environments"][2]["backup"] is not None
    assert "in_backup" not in world.data()["pipelines"][0]["environments"][2]


def test_the_page_lies_under_a_name_that_stays_and_under_its_own() -> None:
    """Sent twice it is the same files; older boards stay for a month of nights."""
    world = market(a="1")
    for _ in range(2):
        report = world.drawn()

    own = f"{FOLDER}/20261129-020000-0a1b2c3d"
    for name in (BACKUPS, CLOUD):
        files = world.drive("PROD", name).files
        assert set(files) == {f"{FOLDER}/board.html", f"{FOLDER}/board.json", f"{own}.html", f"{own}.json"}
        assert files[f"{FOLDER}/board.html"] == b"<p>" + files[f"{FOLDER}/board.json"] + b"</p>"
        assert files[f"{own}.json"] == files[f"{FOLDER}/board.json"]
    url = "https://storage.cloud.google.com/bucket/pre%20fix/pin/fusion/prod/aic-gitops/prod/board/board.html"
    assert report.told().fields["pages"] == {BACKUPS: f"{FOLDER}/board.html", CLOUD: url}
    assert {drive for drive in world.drives if world.drives[drive].files} == {("PROD", BACKUPS), ("PROD", CLOUD)}


def test_a_run_that_died_between_its_files_is_finished_by_the_next_delivery() -> None:
    """Its own file is no newer one."""
    world = market(a="1")
    world.drawn()
    del world.drive("PROD").files[f"{FOLDER}/board.html"]

    report = world.drawn()

    assert f"{FOLDER}/board.html" in world.drive("PROD").files
    assert [each.newer for each in report.laid] == [False, False]


def test_an_earlier_run_that_ends_late_does_not_take_the_place_of_a_later_one() -> None:
    """It stays under its own name; the log says so."""
    world = market(a="1")
    world.drawn(replace(ASKER, run=LATER))

    report = world.drawn(ANN)

    assert world.data()["run"] == LATER.id
    assert f"{FOLDER}/20261129-020000-0a1b2c3d.html" in world.drive("PROD").files
    assert [each.newer for each in report.laid] == [True, True]
    assert "a newer one lies there already" in note(world)


def test_of_runs_of_one_second_the_last_to_be_drawn_lies_there() -> None:
    """Their names can't tell which one is newer."""
    world = market(a="1")
    world.drawn(replace(ASKER, run=replace(NIGHT, id="ffffffff")))

    report = world.drawn()

    assert world.data()["run"] == NIGHT.id
    assert [each.newer for each in report.laid] == [False, False]


def test_the_oldest_boards_go() -> None:
    """With their pages; nothing else in the folder is touched."""
    world = market(a="1")
    drive = world.drive("PROD")
    drive.files[f"{FOLDER}/notes.txt"] = b"mine"
    for number in range(KEPT):
        run = Run("0a1b2c3d", NIGHT.moment - timedelta(days=KEPT - number))
        for ending in ("html", "json"):
            drive.files[f"{FOLDER}/{mark.of_run(run).name.removesuffix('json')}{ending}"] = b""

    for _ in range(2):
        world.drawn()

    names = drive.names(FOLDER)
    assert len(mark.listed(names)) == KEPT == sum(name.endswith(".html") for name in names) - 1
    assert "notes.txt" in names
    assert "20261030-020000-0a1b2c3d.json" not in names
    assert "20261031-020000-0a1b2c3d.json" in names


def test_a_dry_run_writes_nothing_and_answers() -> None:
    """Also where there are no drives."""
    world = market(a="1")
    world.names = ()

    report = world.drawn(ANN, dry_run=True)

    assert (report.outcome, world.drives, report.laid) == ("planned", {}, ())
    assert report.told().fields["environments"] == {
        name: {"clean": 1, "not_promoted": 0} for name in ("DEV", "QA", "PROD")
    }
    assert "a trial: nothing was written" in note(world)


def test_whoever_asks_by_hand_is_answered_on_the_newest_commit_of_production() -> None:
    """With the counts and the place; nobody else is."""
    world = market(a="1", b="1")
    world.aic["PROD"].put("a", "2")
    saved(world.drive("PROD"), "PROD", "a")
    world.aic["DEV"].put("x", "1")

    world.drawn(ANN)

    told = note(world)
    assert told.startswith("<!-- aic-board main -->")
    assert "Asked for by `ann`." in told
    assert "| `PROD` | `main` | 0 | 0 | 1 | 0 | 0 | 0 | 1 | 0 | 2026-11-29 01:00 UTC |" in told
    assert "| `DEV` | `sandbox` | 0 | 0 | 0 | 0 | 0 | 1 | 2 | 0 | never |" in told
    assert f"`{FOLDER}/board.html`" in told


def test_an_environment_that_is_out_of_reach_keeps_no_other_from_being_shown() -> None:
    """It is named on the board, and the run is an error."""
    world = market(a="1")

    def opened(name: str) -> None:
        if name == "QA":
            raise Permanent("aic-unauthorized", "the key")

    world.opened = opened
    report = world.drawn(ANN)

    dev, qa, prod = world.data()["environments"]
    assert (qa["reason"], qa["detail"], dev["reason"], prod["states"]) == (
        "aic-unauthorized",
        "the key",
        None,
        {"clean": 1},
    )
    assert (report.reason, report.told().bad) == ("board-incomplete", True)
    assert report.detail == "out of reach: `QA`"
    assert "| `QA` | `develop` | `aic-unauthorized` |" in note(world)
    assert report.told().fields["environments"]["QA"]["reason"] == "aic-unauthorized"  # type: ignore[index]


def test_a_branch_that_was_set_back_or_is_gone_is_out_of_reach() -> None:
    """As for a snapshot."""
    world = market(a="1")
    before = world.stage.gitlab.branches["develop"]
    world.deployed("develop", a="2")
    world.stage.gitlab.branches["develop"] = before
    del world.stage.gitlab.branches["sandbox"]

    world.drawn()

    assert [each["reason"] for each in world.data()["environments"]] == ["branch-missing", "superseded", None]


def test_what_may_pass_is_left_to_another_delivery_as_long_as_there_is_one() -> None:
    """The last one shows what can be seen."""
    world = market(a="1")

    def opened(name: str) -> None:
        if name == "QA":
            raise Transient("aic-unavailable", "")

    world.opened = opened
    with pytest.raises(Transient):
        world.drawn()
    assert world.drive("PROD").files == {}

    assert world.drawn(LAST).reason == "board-incomplete"
    assert world.data()["environments"][1]["reason"] == "aic-unavailable"


def test_a_run_whose_time_is_up_draws_nothing() -> None:
    """Rather than a board on which hardly anything could be looked at."""
    world = market(a="1")

    def opened(_: str) -> None:
        world.stage.clock.sleep(world.stage.seconds)
        raise Transient("aic-unavailable", "")

    world.opened = opened

    assert world.drawn(LAST).reason == "deadline"
    assert world.drive("PROD").files == {}


@pytest.mark.parametrize("call", ["names aic-gitops/qa", "read "])
@pytest.mark.parametrize("error", [Permanent("drive-refused", "no"), Transient("drive-unavailable", "")])
def test_a_drive_that_can_not_be_looked_into_is_named(call: str, error: ServiceError) -> None:
    """What may pass is tried again first."""
    world = market(a="1")
    saved(world.drive("QA"), "QA", "a")
    world.drive("QA").before = failing_at(call, error)
    if isinstance(error, Transient):
        with pytest.raises(Transient):
            world.drawn()

    world.drawn(LAST)

    _, on = world.data()["environments"][1]["drives"]
    assert on["reason"] == (None if call == "read " else error.reason)
    assert "in_backup" not in world.data()["pipelines"][0]["environments"][1]


@pytest.mark.parametrize("error", [Permanent("drive-refused", "no"), Transient("drive-unavailable", "")])
def test_a_drive_that_does_not_take_the_page_keeps_no_other_from_it(error: ServiceError) -> None:
    """What may pass is tried again first."""
    world = market(a="1")
    world.drive("PROD").before = failing_at("put", error)
    if isinstance(error, Transient):
        with pytest.raises(Transient):
            world.drawn()

    report = world.drawn(replace(LAST, by_hand=True))

    assert f"{FOLDER}/board.html" in world.drive("PROD", BACKUPS).files
    assert (report.reason, report.told().fields["drives_failed"]) == ("board-incomplete", {CLOUD: error.reason})
    assert f"not written: `{error.reason}`" in note(world)


def test_without_a_drive_a_board_is_refused() -> None:
    """Before anything is read."""
    world = market(a="1")
    world.names = ()

    report = world.drawn(ANN)

    assert (report.reason, report.outcome) == ("drive-unknown", "refused")
    assert [each.calls for each in world.aic.values()] == [[], [], []]
    assert "### ❌ No board of" in note(world)
    assert world.drawn().reason == "drive-unknown"


def test_without_a_mapping_or_a_workspace_of_the_settings_there_is_no_board() -> None:
    """The log says why: there is no branch to say it on."""
    bare, foreign = Market(), market(a="1")
    bare.stage.gitlab.push("main", {"README.md": "hello"})

    assert bare.drawn(ANN).reason == "mapping-missing"
    assert foreign.drawn(replace(ANN, allowed=frozenset())).reason == "workspace-not-mapped"


def test_workspaces_of_others_are_left_out_and_named() -> None:
    """Those that the settings don't let the project touch."""
    world = market(a="1")

    world.drawn(replace(ASKER, allowed=frozenset({"QA"})))

    data = next(iter(each for each in world.drives.values() if each.files)).files["aic-gitops/qa/board/board.json"]
    assert b'"left_out":["DEV","PROD"]' in data
    assert world.aic["PROD"].calls == []


def test_a_board_costs_what_there_is_to_read_and_little_else() -> None:
    """AIC one request for each pipeline and two lists; GitLab few, however many differ; a drive four or five."""
    titles = {f"p{number}": "1" for number in range(50)}
    world = market(**titles)
    for title in list(titles)[:30]:
        world.aic["QA"].put(title, "edited")
    world.put("main", **dict.fromkeys(list(titles)[:30], "2"))
    world.stage.gitlab.calls.clear()
    for name in ("DEV", "QA", "PROD"):
        world.aic[name].calls.clear()
        saved(world.drive(name), name, *titles)

    world.drawn()

    assert [len(each.calls) for each in world.aic.values()] == [52, 52, 52]
    calls = world.stage.gitlab.calls
    assert len(calls) <= 1 + 3 * 6, calls
    assert calls.count("archive") <= 3 * 2
    assert [len(world.drive(name).calls) for name in ("DEV", "QA")] == [3, 3]
    assert len(world.drive("PROD").calls) == 3 + 5


@dataclass
class Ending:
    """Ends a delivery at one of its calls, as when its instance dies there."""

    at: int
    calls: int = 0

    def before(self, _: str) -> None:
        self.calls += 1
        if self.calls == self.at:
            raise Transient("aic-unavailable", "")

    def over(self, world: Market) -> None:
        """One delivery."""
        self._hook(world, self.before)
        with suppress(Transient):
            world.drawn()
        self._hook(world, lambda _: None)

    def _hook(self, world: Market, before: Callable[[str], None]) -> None:
        world.stage.gitlab.before = before
        for workspace in world.aic.values():
            workspace.before = before
        for drive in world.drives.values():
            drive.before = before


def busy() -> Market:
    """Something of everything."""
    world = market(a="1", b="1", c="1")
    world.aic["QA"].put("a", "edited")
    world.put("main", b="2")
    saved(world.drive("PROD"), "PROD", "a", "b", "c")
    world.drive("PROD", BACKUPS)
    return world


def files(world: Market) -> dict[tuple[str, str], dict[str, bytes]]:
    return {place: drive.files for place, drive in world.drives.items()}


def test_wherever_a_delivery_ends_the_next_one_draws_the_same_board() -> None:
    """At every call of GitLab, AIC and the drives; what an ended one has left changes nothing."""
    smooth, whole = busy(), Ending(0)
    whole.over(smooth)

    assert whole.calls > 50
    for at in range(1, whole.calls + 1):
        world = busy()
        Ending(at).over(world)
        world.drawn()
        assert files(world) == files(smooth), f"ended at call {at}"
