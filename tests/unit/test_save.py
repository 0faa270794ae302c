"""A backup that a person asks for."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent, Refused, ServiceError, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.layout import MAPPING_FILE
from shared.domain.messages.command import Backup
from shared.domain.run import Run
from shared.domain.saved_report import SavedReport
from shared.flows.answering import Asker
from shared.flows.save import save

from ..stage import QA, Stage, stage

RUN = Run("0123abcd", datetime(2026, 11, 20, 9, 5, 7, tzinfo=UTC))
FOLDER = RUN.folder
DRIVES = ("backups", "gs://team/aic")


def asked(world: Stage, *, final: bool = False, drives: tuple[str, ...] = DRIVES, **said: Any) -> SavedReport:
    """What becomes of it when Ann asks for a backup of QA."""
    request = Backup(**{"project": "pin/fusion", "workspace": QA, **said})
    asker = Asker(frozenset({QA, "PIN FUSION 2.0"}), RUN, "r-1", "ann", final)
    return save(request, asker, [DriveSettings(drive=each) for each in drives], world.outside())


def manifest(world: Stage, *, drive: str = "backups", folder: str = FOLDER) -> Any:
    return json.loads(world.drive(drive).files[f"{folder}/manifest.json"])


def note(world: Stage) -> str:
    (found,) = [each for each in world.gitlab.written[OnCommit(world.head)] if each.body.startswith("<!-- aic-backup")]
    return found.body


def failing(name: str, error: Exception) -> Callable[[str], None]:
    def hook(call: str) -> None:
        if call.startswith(name):
            raise error

    return hook


def test_a_workspace_is_saved_on_every_drive_with_its_commit_and_told() -> None:
    """Whoever asked finds the folder in a note on the branch's newest commit."""
    world = stage(a="one", b="two")

    report = asked(world)

    for drive in DRIVES:
        found = manifest(world, drive=drive)
        assert [each["name"] for each in found["pipelines"]] == ["a", "b"]
        assert (found["kind"], found["branch"], found["commit"]) == ("workspace", "develop", world.head)
    told = report.told()
    assert (told.said, told.bad) == ("backup: backed up on 2 drives", False)
    assert told.fields["backups"] == dict.fromkeys(DRIVES, FOLDER)
    assert "💾 Backup of" in note(world)
    assert "Asked for by `ann`." in note(world)
    assert FOLDER in note(world)


def test_some_pipelines_go_to_one_drive_in_a_folder_of_a_chosen_name() -> None:
    """It is no backup of the workspace, and says so itself."""
    world = stage(a="one", b="two")

    report = asked(world, pipelines=("b",), drive="backups", folder="by-hand/before-the-move")

    found = manifest(world, folder="by-hand/before-the-move")
    assert ([each["name"] for each in found["pipelines"]], found["kind"]) == (["b"], "pipelines")
    assert [each.drive for each in report.lines] == ["backups"]


def test_two_pipelines_of_one_title_are_both_saved() -> None:
    """Git could not hold them; a backup can."""
    world = stage(a="one")
    world.aic.add_twin("a", "other")

    asked(world, drives=("backups",))

    found = manifest(world)["pipelines"]
    assert [each["name"] for each in found] == ["a", "a"]
    assert len({each["sha256"] for each in found}) == 2


def test_one_of_two_that_goes_meanwhile_is_left_out() -> None:
    """It was deleted by a person while the backup was made."""
    world = stage(a="one")
    twin = world.aic.add_twin("a", "other")
    lists = []

    def gone(call: str) -> None:
        lists.append(call)
        if call == "read":
            world.aic.configs.pop(twin, None)

    world.aic.before = gone

    asked(world, drives=("backups",))

    assert [each["name"] for each in manifest(world)["pipelines"]] == ["a"]


def test_a_pipeline_that_git_can_not_hold_is_saved_all_the_same() -> None:
    """By its config alone."""
    world = stage(a="one")
    world.aic.put("../evil", "one")

    asked(world, drives=("backups",))

    assert [each["name"] for each in manifest(world)["pipelines"]] == ["../evil", "a"]


def test_what_aic_does_not_give_is_named_and_the_rest_is_saved() -> None:
    """That is no whole backup, which the log says as an error."""
    world = stage(a="one", b="two")
    world.aic.configs[world.aic.id_of("b") or ""]["stages"] = "broken"

    report = asked(world, drives=("backups",))

    assert (report.missing, manifest(world, folder=f"{FOLDER}-some")["kind"]) == (("b",), "pipelines")
    assert report.told().bad
    assert "AIC did not give `b`." in note(world)
    assert "❌ No complete backup" in note(world)


@pytest.mark.parametrize("folder", [None, "mine"])
def test_a_delivery_that_finds_some_leaves_what_another_one_has_stored_of_all(folder: str | None) -> None:
    """Both are there, each under its own mark."""
    world = stage(a="one", b="two")
    whole = asked(world, drives=("backups",), folder=folder)
    config = world.aic.configs[world.aic.id_of("b") or ""]
    config["stages"] = "broken"
    some = asked(world, drives=("backups",), folder=folder)

    folders = [report.lines[0].folder for report in (whole, some)]
    assert folders[1] == f"{folders[0]}-some"
    assert [len(manifest(world, folder=each)["pipelines"]) for each in folders] == [2, 1]
    assert len(world.drive("backups").under("aic-gitops")) == 2


def test_some_that_were_asked_for_lie_where_a_backup_of_all_would() -> None:
    """Each delivery of that message finds the same ones."""
    world = stage(a="one", b="two")
    world.aic.configs[world.aic.id_of("b") or ""]["stages"] = "broken"

    assert asked(world, drives=("backups",), pipelines=("a", "b")).lines[0].folder == FOLDER


def test_many_that_aic_does_not_give_are_counted() -> None:
    """A note isn't for reading hundreds of names."""
    titles = {f"p{number:02}": "one" for number in range(22)}
    world = stage(a="one", **titles)
    for title in titles:
        world.aic.configs[world.aic.id_of(title) or ""]["stages"] = "broken"

    asked(world, drives=("backups",))

    assert "`p19` and 2 more." in note(world)


def test_a_drive_that_fails_is_told_and_stops_no_other() -> None:
    """Half a backup is better than none."""
    world = stage(a="one")
    world.drive("backups").before = failing("put", Permanent("aic-refused", "no"))

    report = asked(world)

    assert [(each.drive, each.ok) for each in report.lines] == [("backups", False), ("gs://team/aic", True)]
    assert report.told().fields["backups_failed"] == {"backups": "aic-refused"}
    assert report.told().bad


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"drive": "other"}, "drive-unknown"),
        ({"pipelines": ("typo",)}, "unknown-pipeline"),
    ],
)
def test_a_question_that_cannot_be_granted_is_answered(said: dict[str, Any], reason: str) -> None:
    """On the branch's newest commit, and in the log."""
    world = stage(a="one")

    report = asked(world, **said)

    assert (report.reason, report.told().said, report.told().bad) == (reason, f"backup: {reason}", True)
    assert reason in note(world)
    assert not any(world.drive(each).files for each in DRIVES)


def test_without_any_drive_in_the_settings_nothing_can_be_saved() -> None:
    """Which is said, rather than a success with nothing in it."""
    assert asked(stage(a="one"), drives=()).reason == "drive-unknown"


def test_a_workspace_that_the_project_may_not_touch_is_refused() -> None:
    """There is no place for a note."""
    with pytest.raises(Refused) as caught:
        asked(stage(a="one"), workspace="Secret")

    assert caught.value.reason == "workspace-not-allowed"


@pytest.mark.parametrize("mapping", ["mapping:\n  main: PIN FUSION 2.0\n", None])
def test_a_workspace_without_a_branch_is_saved_and_told_in_the_log_alone(mapping: str | None) -> None:
    """Nothing is needed of Git for a backup."""
    world = stage(a="one")
    world.gitlab.push("main", {MAPPING_FILE: mapping})

    report = asked(world, drives=("backups",))

    assert (report.branch, report.complete) == ("", True)
    assert manifest(world)["commit"] == ""
    assert not any("aic-backup" in each.body for notes in world.gitlab.written.values() for each in notes)


@pytest.mark.parametrize("error", [Transient("aic-unavailable"), Permanent("aic-unauthorized")])
def test_an_aic_that_fails_is_tried_again_and_told_at_the_end(error: ServiceError) -> None:
    """What is final is told at once."""
    world = stage(a="one")
    world.aic.before = failing("jobs", error)

    if isinstance(error, Transient):
        with pytest.raises(Transient):
            asked(world)
    report = asked(world, final=True)

    assert (report.reason, error.reason in note(world)) == (error.reason, True)


def test_a_delivery_that_comes_twice_saves_into_the_same_folder_and_writes_one_note() -> None:
    """It is named after its message."""
    world = stage(a="one")

    asked(world, drives=("backups",))
    before = dict(world.drive("backups").files)
    asked(world, drives=("backups",))

    assert world.drive("backups").files == before
    assert note(world)


def test_a_note_that_gitlab_refuses_is_told_in_the_log() -> None:
    """The backup stands all the same."""
    world = stage(a="one")
    world.gitlab.before = failing("write_note", Permanent("gitlab-forbidden"))

    report = asked(world)

    assert (report.complete, report.untold, report.told().bad) == (True, ("gitlab-forbidden",), True)
