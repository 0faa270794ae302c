"""Pipelines → archive, manifest and mark on every drive."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.domain.backup import Stored
from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent, Transient
from shared.domain.layout import config_path
from shared.domain.run import Run
from shared.flows import backup
from shared.ports.aic import Drive

from ..saved import FOLDER, INDEX, Attic, nth, pipeline
from ..stage import QA

MARK = f"{INDEX}/20261128-233201-0a1b2c3d.json"
TITLE = "ford rdd - v2 QA/Test"


def test_a_backup_is_an_archive_its_manifest_and_its_mark_in_this_order() -> None:
    """In a folder named after the run, so that a second one on the same day is another one."""
    attic = Attic()
    (line,) = attic.store(pipeline("a"), pipeline("b"))

    assert (line.ok, line.drive, line.folder, line.pipelines) == (True, "backups", FOLDER, 2)
    assert attic.drive().calls == [f"put {attic.archive()}", f"put {FOLDER}/manifest.json", f"put {MARK}"]
    assert line.size == len(attic.drive().files[attic.archive()])


def test_the_manifest_says_what_is_in_it_and_where_it_came_from() -> None:
    """Name, id, hash and size of each pipeline and of each of its files."""
    attic = Attic(commit="c" * 40)
    saved = pipeline(TITLE, "select 1", id="65f1c0de", **{"t1.sql": "select 1"})
    attic.store(saved)
    found = attic.manifest()
    config, code = saved.files[config_path(TITLE)], b"select 1"

    assert found["pipelines"] == [
        {
            "name": TITLE,
            "id": "65f1c0de",
            "path": config_path(TITLE),
            "sha256": hashlib.sha256(config).hexdigest(),
            "size": len(config),
            "code": [{"path": f"code/{TITLE}/t1.sql", "sha256": hashlib.sha256(code).hexdigest(), "size": 8}],
        }
    ]
    assert {key: found[key] for key in ("format", "kind", "project", "workspace", "branch", "commit", "run")} == {
        "format": 1,
        "kind": "workspace",
        "project": "pin/fusion",
        "workspace": QA,
        "branch": "develop",
        "commit": "c" * 40,
        "run": "0a1b2c3d",
    }
    assert found["time"] == "2026-11-28T23:32:01.250000+00:00"
    archive = attic.drive().files[attic.archive()]
    assert found["archive"] == {
        "name": attic.archive().removeprefix(f"{FOLDER}/"),
        "sha256": hashlib.sha256(archive).hexdigest(),
        "size": len(archive),
    }


def test_pipelines_are_taken_one_by_one() -> None:
    """So that a thousand large ones are never held at once; the archive is gone afterwards."""
    attic = Attic()
    held: list[str] = []

    def taken() -> Iterator[Stored]:
        for title in "abc":
            held.append(title)
            yield pipeline(title)
            held.remove(title)

    attic.store_all(taken())

    assert held == []
    assert attic.stage.archives.open_now == 0
    assert [each["name"] for each in attic.manifest()["pipelines"]] == ["a", "b", "c"]


def test_what_taking_a_pipeline_raises_goes_through_and_stores_nothing() -> None:
    """It is no failure of a drive."""
    attic = Attic()

    def taken() -> Iterator[Stored]:
        yield pipeline("a")
        raise Transient("aic-unavailable")

    with pytest.raises(Transient):
        attic.store_all(taken())

    assert attic.drive().files == {}


def test_without_drives_nothing_is_taken() -> None:
    """Nobody asked for backups."""

    def taken() -> Iterator[Stored]:
        raise AssertionError
        yield

    assert Attic(names=()).store_all(taken()) == ()


def test_a_workspace_without_pipelines_is_saved_too() -> None:
    """That there were none is worth knowing."""
    attic = Attic()

    assert attic.store()[0].ok
    assert attic.manifest()["pipelines"] == []


def test_f34_a_drive_that_fails_is_reported_and_stops_no_other() -> None:
    """The incumbent returns as if complete."""
    attic = Attic(names=("first", "second", "third"))

    def refuse(call: str) -> None:
        if call.startswith("put"):
            raise Permanent("drive-refused", "AIC answered 422")

    attic.drive("second").before = refuse
    lines = attic.store(pipeline("a"))

    assert [(each.drive, each.ok, each.reason, each.detail) for each in lines] == [
        ("first", True, "", ""),
        ("second", False, "drive-refused", "AIC answered 422"),
        ("third", True, "", ""),
    ]
    assert attic.drive("first").files == attic.drive("third").files != {}
    assert attic.drive("second").files == {}


@pytest.mark.parametrize("stored", [0, 1, 2])
def test_f34_a_backup_that_was_cut_short_is_none(stored: int) -> None:
    """The mark comes last: whatever is missing, nobody finds the rest."""
    attic = Attic()

    def cut(call: str) -> None:
        if len(attic.drive().calls) > stored:
            raise Transient("aic-unavailable")

    attic.drive().before = cut
    (line,) = attic.store(pipeline("a"))

    assert (line.ok, line.reason) == (False, "aic-unavailable")
    assert MARK not in attic.drive().files
    assert len(attic.drive().files) == stored


def test_a_bug_in_a_drive_stays_loud() -> None:
    """It is no failure of the outside world."""
    attic = Attic()

    def broken(call: str) -> None:
        raise KeyError(call)

    attic.drive().before = broken

    with pytest.raises(KeyError):
        attic.store(pipeline("a"))


def test_a_full_disk_fails_the_backup_and_nothing_else() -> None:
    """The capture that comes with it goes on."""
    attic = Attic(names=("first", "second"))
    attic.stage.archives.full = True

    assert [(each.drive, each.ok, each.reason) for each in attic.store(pipeline("a"))] == [
        ("first", False, "archive-failed"),
        ("second", False, "archive-failed"),
    ]


def test_a_drive_that_cannot_be_opened_is_reported() -> None:
    """Its secret is missing, say."""
    attic = Attic()

    def closed(_workspace: str, _name: str) -> Drive:
        raise Permanent("secret-missing", "add one")

    outside = replace(attic.stage.outside(), open_drive=closed)
    lines = backup.store([pipeline("a")], place=attic.place, run=nth(0), drives=attic.drives, outside=outside)

    assert [each.reason for each in lines] == ["secret-missing"]


def test_a_redelivery_stores_the_same_again() -> None:
    """In the same folder: two deliveries are one backup."""
    attic = Attic()
    attic.store(pipeline("a"))
    before = dict(attic.drive().files)
    attic.store(pipeline("a"))

    assert attic.drive().files == before


def test_a_redelivery_that_is_cut_short_leaves_the_older_backup_whole() -> None:
    """Its archive has another name as soon as it has another content; the manifest changes in one step."""
    attic = Attic()
    attic.store(pipeline("a", "old"))
    before = dict(attic.drive().files)

    def cut(call: str) -> None:
        if call.endswith("manifest.json"):
            raise Transient("aic-unavailable")

    attic.drive().before = cut
    attic.store(pipeline("a", "new"))

    assert {path: data for path, data in attic.drive().files.items() if path in before} == before
    assert len(attic.drive().files) == len(before) + 1
    attic.drive().before = lambda _: None
    assert attic.store(pipeline("a", "new"))[0].ok


def test_two_pipelines_of_one_title_are_both_saved() -> None:
    """AIC may have them; the files of the later one lie aside."""
    attic = Attic(names=(DriveSettings(drive="backups", files=True),))
    attic.store(pipeline("a", "one", id="1", **{"t.sql": "1"}), pipeline("a", "two", id="2", **{"t.sql": "2"}))
    first, second = attic.manifest()["pipelines"]

    assert (first["id"], first["path"]) == ("1", "config/a.json")
    assert (second["id"], second["path"]) == ("2", "twins/2/config/a.json")
    assert [each["path"] for each in second["code"]] == ["twins/2/code/a/t.sql"]
    assert len(attic.drive().files) == 5


@pytest.mark.parametrize("title", ["../x", "a\x00b", "a\\b", "a//b", "\ud800", "a\nb"])
def test_a_title_that_can_be_no_path_is_saved_under_another(title: str) -> None:
    """No program may unpack it to somewhere else, and half a character can be written nowhere."""
    attic = Attic()
    attic.store(pipeline(title))
    (entry,) = attic.manifest()["pipelines"]

    assert entry["name"] == title.encode("utf-8", "backslashreplace").decode()
    with attic.stage.archives.unpack([attic.drive().files[attic.archive()]]) as packed:
        assert packed.names[0].startswith("odd/")


def test_with_files_each_config_is_a_file_of_its_own_as_well() -> None:
    """Beside the archive, under its title; names that a file system refuses are spelled out."""
    attic = Attic(names=(DriveSettings(drive="backups", files=True), "other"))
    long = "x" * 200
    attic.store(pipeline("a"), pipeline(TITLE, **{"t.sql": "x"}), pipeline("100%: 顧客"), pipeline(long))
    beside = attic.archive().removesuffix(".zip")
    names = [path.removeprefix(f"{beside}/") for path in attic.drive().under(beside)]

    assert names[:3] == ["a.json", "ford rdd - v2 QA%2FTest.json", "100%25%3A 顧客.json"]
    assert len(names[3]) < 180
    assert attic.drive().files[f"{beside}/a.json"] == pipeline("a").files["config/a.json"]
    assert attic.manifest()["files"] is True
    assert attic.manifest(drive="other")["files"] is False
    assert len(attic.drive("other").files) == 3


def test_a_file_of_its_own_that_fails_fails_the_backup() -> None:
    """It has no mark then."""
    attic = Attic(names=(DriveSettings(drive="backups", files=True),))

    def refuse(call: str) -> None:
        if call.endswith("/b.json"):
            raise Transient("drive-unavailable")

    attic.drive().before = refuse

    assert attic.store(pipeline("a"), pipeline("b"))[0].reason == "drive-unavailable"
    assert attic.drive().names(INDEX) == ()


# By hand.


def test_somebody_may_choose_a_folder_and_pipelines() -> None:
    """The mark says both, for where nothing can be read back."""
    attic = Attic()
    (line,) = attic.store(pipeline("a"), folder="by-hand/1", some=True)

    assert line.folder == "by-hand/1"
    assert attic.manifest("by-hand/1")["kind"] == "pipelines"
    assert attic.drive().names(INDEX) == ("20261128-233201-0a1b2c3d.some@by-hand@1.json",)


def test_a_folder_that_has_a_backup_of_another_run_is_not_taken() -> None:
    """The same run may come twice."""
    attic = Attic()
    for _ in range(2):
        assert attic.store(pipeline("a"), folder="mine")[0].ok
    (line,) = attic.store(pipeline("a", "other"), run=nth(1, name="ffffffff"), folder="mine")

    assert (line.ok, line.reason) == (False, "backup-exists")
    assert attic.manifest("mine")["run"] == "0a1b2c3d"


# What a deploy is about to overwrite.


def test_pre_images_lie_in_a_folder_of_their_run_with_their_mark_beside_it() -> None:
    """Keyed to the commit that is being deployed and to the run; three files."""
    attic = Attic(names=(DriveSettings(drive="backups", files=True),), commit="d" * 40)
    (line,) = attic.pre_images(pipeline("a"))

    assert line.folder.startswith(f"{FOLDER}-before-")
    assert attic.drive().calls[1:] == [f"put {line.folder}/manifest.json", f"put {line.folder}.json"]
    found = attic.manifest(line.folder)
    assert (found["kind"], found["commit"], found["run"]) == ("before", "d" * 40, "0a1b2c3d")


def test_pre_images_of_a_later_delivery_replace_none_of_an_earlier_one() -> None:
    """The first delivery has overwritten `a`; only the older folder still has what it was."""
    attic = Attic()
    (first,) = attic.pre_images(pipeline("a"), pipeline("b"))
    (second,) = attic.pre_images(pipeline("b"))
    (again,) = attic.pre_images(pipeline("b"))

    assert first.folder != second.folder == again.folder
    assert [each["name"] for each in attic.manifest(first.folder)["pipelines"]] == ["a", "b"]


def test_pre_images_are_no_backups_of_the_workspace() -> None:
    """The newest of those is looked for in the index."""
    attic = Attic()
    attic.pre_images(pipeline("a"))

    assert attic.drive().names(INDEX) == ()


def test_marks_are_small_and_seal_the_manifest() -> None:
    """A damage there is seen as well."""
    attic = Attic()
    attic.store(pipeline("a"))
    manifest = attic.drive().files[f"{FOLDER}/manifest.json"]

    assert json.loads(attic.drive().files[MARK]) == {
        "folder": FOLDER,
        "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
    }


def test_runs_of_one_second_are_told_apart() -> None:
    """Two messages may be published at once."""
    attic = Attic()
    attic.store(pipeline("a"))
    attic.store(pipeline("a"), run=Run("ffffffff", nth(0).moment))

    assert len(attic.drive().names(INDEX)) == 2
