"""Which backups there are, and what is in one."""

from collections.abc import Iterator

import pytest

from shared.domain.backup import MANIFEST
from shared.domain.drives import DriveSettings, Unreadable
from shared.domain.errors import Permanent, Refused, ServiceError, Transient
from shared.domain.packed import Damaged
from shared.domain.point import OfBackup
from shared.domain.source import InBackup
from shared.flows import backups

from ..saved import FOLDER, INDEX, MOMENT, Attic, nth, pipeline
from ..stage import QA

SOURCE = InBackup("backups", FOLDER)


def contents(attic: Attic, source: InBackup = SOURCE) -> dict[str, bytes]:
    return dict(backups.contents(source, workspace=QA, outside=attic.stage.outside()))


def find(attic: Attic, which: object = "latest", drive: str = "") -> InBackup:
    named = OfBackup(which, drive)  # type: ignore[arg-type]
    return backups.find(named, workspace=QA, drives=attic.drives, outside=attic.stage.outside())


def failure(call: object) -> ServiceError:
    assert callable(call)
    with pytest.raises(ServiceError) as caught:
        call()
    return caught.value


def test_a_backup_gives_back_every_config_byte_for_byte() -> None:
    """Whatever the title."""
    attic = Attic()
    saved = [pipeline(title, title, **{"t.sql": "x"}) for title in ("a", "b/c", "../d", "顧客\x00")]
    attic.store(*saved)

    assert contents(attic) == {each.title: each.files[f"config/{each.title}.json"] for each in saved}


def test_one_pipeline_of_a_backup_is_read_alone() -> None:
    """And one that isn't there is nothing."""
    attic = Attic()
    attic.store(pipeline("a"), pipeline("b"))
    with backups.opened(SOURCE, workspace=QA, outside=attic.stage.outside()) as found:
        assert found.config("b") == pipeline("b").files["config/b.json"]
        assert found.config("c") is None
        assert found.manifest.run == "0a1b2c3d"

    assert attic.stage.archives.open_now == 0


def test_of_two_pipelines_of_one_title_a_restore_means_the_first() -> None:
    """The other one is in the archive for people."""
    attic = Attic()
    attic.store(pipeline("a", "one", id="1"), pipeline("a", "two", id="2"))

    assert contents(attic) == {"a": pipeline("a", "one").files["config/a.json"]}


def test_g_b1_a_damaged_file_is_named_and_never_given_back() -> None:
    """All others still are."""
    attic = Attic()
    attic.store(pipeline("a"), pipeline("b"))
    attic.drive().damage(attic.archive())
    with backups.opened(SOURCE, workspace=QA, outside=attic.stage.outside()) as found:
        given = list(whole(found))

    assert given == ["b"]


def whole(found: backups.Opened) -> Iterator[str]:
    """The titles whose configs come back."""
    for each in found.pipelines():
        try:
            assert found.read(each.config) == pipeline(each.name).files[each.path]
        except Damaged:
            continue
        yield each.name


def test_a_file_that_is_another_is_not_given_back() -> None:
    """Somebody has packed the archive anew."""
    attic = Attic()
    attic.store(pipeline("a"))
    with attic.stage.archives.pack([("config/a.json", b"{}")], moment=MOMENT) as packed:
        attic.drive().files[attic.archive()] = packed.open().read()

    assert failure(lambda: contents(attic)).reason == "backup-damaged"


@pytest.mark.parametrize(
    ("lost", "kind", "reason"),
    [(MANIFEST, Refused, "backup-missing"), ("zip", Damaged, "backup-damaged")],
)
def test_without_its_manifest_there_is_no_backup(lost: str, kind: type[ServiceError], reason: str) -> None:
    """And without its archive it is a damaged one."""
    attic = Attic()
    attic.store(pipeline("a"))
    (path,) = [path for path in attic.drive().under(FOLDER) if path.endswith(lost)]
    del attic.drive().files[path]
    error = failure(lambda: contents(attic))

    assert (type(error), error.reason) == (kind, reason)


def test_a_manifest_of_any_size_is_not_swallowed() -> None:
    """It is read piece by piece, and no further than any honest one goes."""
    attic = Attic()
    attic.store(pipeline("a"))
    attic.drive().files[f"{FOLDER}/{MANIFEST}"] = bytes(65 * 1024 * 1024)

    assert failure(lambda: contents(attic)).reason == "backup-damaged"


def test_reading_ends_with_the_run() -> None:
    """A thousand pipelines take their time."""
    attic = Attic()
    attic.store(pipeline("a"))
    found = backups.contents(SOURCE, workspace=QA, outside=attic.stage.outside())
    attic.stage.clock.advance(481)

    assert failure(lambda: next(found)).reason == "deadline"


# Which one is meant.


def filled(*names: str | DriveSettings) -> Attic:
    """Three daily backups of the whole, and then one by hand of a part."""
    attic = Attic(names=names or ("backups",))
    for day in range(3):
        attic.store(pipeline("a", str(day)), run=nth(day))
    attic.store(pipeline("a", "by hand"), run=nth(3, name="ffffffff"), folder="mine", some=True)
    return attic


def test_the_latest_is_the_newest_of_the_whole_workspace() -> None:
    """One of a part is found by its folder alone."""
    attic = filled()

    assert find(attic) == InBackup("backups", nth(2).folder)
    assert find(attic, "mine") == InBackup("backups", "mine")
    assert find(attic, nth(1).folder, "backups") == InBackup("backups", nth(1).folder)


def test_a_time_means_the_newest_until_then() -> None:
    """To the second."""
    attic = filled()

    assert find(attic, nth(1.5).moment).folder == nth(1).folder
    assert find(attic, nth(1).moment).folder == nth(1).folder
    assert failure(lambda: find(attic, nth(-1).moment)).reason == "backup-missing"


def test_what_a_deploy_was_about_to_overwrite_is_found_by_its_folder() -> None:
    """The deploy's own report names it."""
    attic = Attic()
    (line,) = attic.pre_images(pipeline("a", "before"))

    assert find(attic, line.folder).folder == line.folder
    assert contents(attic, find(attic, line.folder)) == {"a": pipeline("a", "before").files["config/a.json"]}
    assert failure(lambda: find(attic)).reason == "backup-missing"


def test_of_several_drives_the_one_with_the_newest_backup_is_taken() -> None:
    """Unless one is named."""
    attic = filled("first", "second")
    attic.names = ("second",)
    attic.store(pipeline("a", "newest"), run=nth(9))
    attic.names = ("first", "second")

    assert find(attic) == InBackup("second", nth(9).folder)
    assert find(attic, drive="first") == InBackup("first", nth(2).folder)
    assert failure(lambda: find(attic, drive="third")).detail == "the settings have no drive `third`"


def test_a_drive_that_gives_nothing_back_is_passed_over_or_said() -> None:
    """AIC's drives take backups all the same."""
    attic = filled("aic", "gs://abc/d")
    attic.drive("aic").readable = False

    assert find(attic).drive == "gs://abc/d"
    assert isinstance(failure(lambda: find(attic, drive="aic")), Unreadable)
    attic.drive("gs://abc/d").files.clear()
    assert isinstance(failure(lambda: find(attic)), Unreadable)


@pytest.mark.parametrize("troubles", [(1, 0), (0, 1)])
def test_what_may_pass_is_worth_another_try(troubles: tuple[int, int]) -> None:
    """Of several troubles that one is told; one drive that answers is enough."""
    attic = filled("first", "second")
    errors = (Transient("drive-unavailable"), Permanent("drive-refused"))

    def failing(error: ServiceError) -> object:
        def fail(_call: str) -> None:
            raise error

        return fail

    for name, number in zip(("first", "second"), troubles, strict=True):
        attic.drive(name).before = failing(errors[number])  # type: ignore[assignment]

    assert isinstance(failure(lambda: find(attic)), Transient)
    attic.drive("second").before = lambda _: None
    assert find(attic).drive == "second"


def test_marks_are_of_one_workspace() -> None:
    """A drive may be of several."""
    attic = filled()
    attic.drive().files["aic-gitops/other/20991128-233201-0a1b2c3d.json"] = b"{}"

    assert len(backups.marks(attic.drive(), QA)) == 4
    assert backups.marks(attic.drive(), "Other")[0].moment.year == 2099
    assert len(attic.drive().names(INDEX)) == 4
