"""Drills: what is wrong with a backup is named file by file, and what is whole is proven."""

import json
from collections.abc import Callable, Mapping

import pytest

from shared.domain.backup import Manifest
from shared.domain.drill_report import Damage, DrillLine, DrillReport, Proof, Verdict, markdown, summary
from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent, Transient
from shared.domain.layout import config_path
from shared.domain.packed import Damaged
from shared.domain.run import Run
from shared.flows.drill import PROOFS, drill

from ..fake_workspace import stored
from ..saved import FOLDER, INDEX, Attic, nth, pipeline
from ..stage import QA

MARK = f"{INDEX}/20261128-233201-0a1b2c3d.json"
TITLES = ("a", "b/c", "d")


def drilled(attic: Attic, run: Run | None = None) -> tuple[DrillLine, ...]:
    return drill("pin/fusion", QA, run=run or nth(7), drives=attic.drives, outside=attic.stage.outside())


def filled(*, files: bool = False) -> Attic:
    """A backup of three pipelines with code, at a commit that has the same configs."""
    attic = Attic(names=(DriveSettings(drive="backups", files=files),))
    configs = {config_path(title): stored(title) for title in TITLES}
    attic.commit = attic.stage.gitlab.push("develop", configs)
    attic.store(*(pipeline(title, title, **{"t.sql": title}) for title in TITLES))
    return attic


@pytest.mark.parametrize("files", [True, False])
def test_g_b1_a_whole_backup_is_proven(files: bool) -> None:
    """Every file was read back and fits its hash; the proof is noted on the drive."""
    attic = filled(files=files)
    (line,) = drilled(attic)

    assert (line.verdict, line.folder, line.pipelines, line.files) == (Verdict.PROVEN, FOLDER, 3, 6)
    assert (line.damages, line.compared.equal, line.commit) == ((), 3, attic.commit)
    assert line.proof == Proof(nth(7).moment.replace(microsecond=0), FOLDER)
    assert not line.bad
    assert attic.drive().names(f"{INDEX}/proven") == ("20261205-233201-0a1b2c3d@20261128@233201-0a1b2c3d.json",)


Blow = Callable[[Attic], object]


def lose(path: str) -> Blow:
    return lambda attic: attic.drive().files.pop(place(path, attic))


def write(path: str, data: bytes) -> Blow:
    return lambda attic: attic.drive().files.update({place(path, attic): data})


def place(path: str, attic: Attic) -> str:
    """ZIP is the archive, BESIDE the folder of its configs."""
    return path.replace("ZIP", attic.archive()).replace("BESIDE", attic.archive().removesuffix(".zip"))


def repacked(files: Mapping[str, bytes | None], *, at: int = 0) -> Blow:
    """The archive as of some day, with some of its files changed, lost or added, and the manifest as it was."""

    def blow(attic: Attic) -> None:
        archives, path = attic.stage.archives, attic.archive()
        with archives.unpack([attic.drive().files[path]]) as packed:
            found: dict[str, bytes | None] = {name: packed.read(name, 10_000) for name in packed.names}
        kept = {name: data for name, data in {**found, **files}.items() if data is not None}
        with archives.pack(kept.items(), moment=nth(at).moment) as packed:
            attic.drive().files[path] = packed.open().read()

    return blow


def rewritten(change: Callable[[Manifest], object]) -> Blow:
    """The manifest as something else."""

    def blow(attic: Attic) -> None:
        attic.drive().files[f"{FOLDER}/manifest.json"] = json.dumps(change(attic.manifest())).encode()

    return blow


@pytest.mark.parametrize(
    ("blow", "damages"),
    [
        (lose(f"{FOLDER}/manifest.json"), [("manifest.json", "missing")]),
        (write(f"{FOLDER}/manifest.json", b"{}"), [("manifest.json", "damaged")]),
        (rewritten(lambda found: {**found, "branch": "x"}), [("manifest.json", "damaged")]),  # type: ignore[dict-item]
        (lose(MARK), []),
        (write(MARK, b"{}"), [("manifest.json", "damaged")]),
        (lose("ZIP"), [("ZIP", "missing")]),
        (write("ZIP", b"no archive"), [("ZIP", "damaged")]),
        (repacked({}, at=1), [("ZIP", "damaged")]),
        (repacked({"config/b/c.json": b"{}"}), [("config/b/c.json", "damaged")]),
        (repacked({"code/d/t.sql": None}), [("code/d/t.sql", "missing")]),
        (repacked({"code/z": b"z"}), [("code/z", "extra")]),
        (write(f"{FOLDER}/notes.txt", b"x"), [("notes.txt", "extra")]),
        (write("BESIDE/a.json", b"x"), [("BESIDE/a.json", "damaged")]),
        (write("BESIDE/a.json", bytes(10_000)), [("BESIDE/a.json", "damaged")]),
        (write("BESIDE/z.json", b"x"), [("BESIDE/z.json", "extra")]),
        (lose("BESIDE/d.json"), [("BESIDE/d.json", "missing")]),
    ],
)  # fmt: skip
def test_every_damage_is_named(blow: Blow, damages: list[tuple[str, str]]) -> None:
    """The file, and whether it is damaged, missing or one too many; nothing is proven then."""
    attic = filled(files=True)
    wanted = [Damage(place(path, attic).removeprefix(f"{FOLDER}/"), what) for path, what in damages]
    blow(attic)
    (line,) = drilled(attic)

    assert list(line.damages) == wanted
    assert line.verdict is (Verdict.DAMAGED if damages else Verdict.NONE)
    assert line.bad is bool(damages)
    assert attic.drive().names(f"{INDEX}/proven") == ()


def test_one_damaged_byte_is_told_by_the_file_that_it_is_in() -> None:
    """All others are still counted as read back."""
    attic = filled()
    attic.drive().damage(attic.archive())
    (line,) = drilled(attic)

    assert [each.what for each in line.damages] == ["damaged"]
    assert (line.verdict, line.files) == (Verdict.DAMAGED, 5)


@pytest.mark.parametrize(
    ("endings", "names"),
    [
        ((".zip", "/a.json"), {"a.json", "ZIP"}),
        (("/manifest.json",), {"manifest.json"}),
        ((MARK,), {"manifest.json"}),
    ],
)
def test_bytes_that_the_drive_itself_calls_damaged_are_damage(endings: tuple[str, ...], names: set[str]) -> None:
    """Their checksum doesn't fit any more; what could not be sealed counts as well."""
    attic = filled(files=True)

    def rot(call: str) -> None:
        if call.startswith("read") and call.endswith(endings):
            raise Damaged("drive-damaged", "checksum")

    attic.drive().before = rot
    (line,) = drilled(attic)

    assert {each.path.rpartition("/")[2] for each in line.damages} == {
        place(name, attic).rpartition("/")[2] for name in names
    }


def test_archives_of_interrupted_deliveries_may_lie_there() -> None:
    """They are in nobody's way."""
    attic = filled()
    attic.drive().files[f"{FOLDER}/pipelines-00000000.zip"] = b"older"

    assert drilled(attic)[0].verdict is Verdict.PROVEN


def test_the_newest_complete_backup_is_drilled() -> None:
    """Of the whole workspace; one without a mark is none."""
    attic = filled()
    attic.store(pipeline("a"), run=nth(1))
    attic.store(pipeline("a"), run=nth(2), some=True)
    attic.store(pipeline("a"), run=nth(3))
    del attic.drive().files[f"{INDEX}/20261201-233201-0a1b2c3d.json"]

    assert drilled(attic)[0].folder == nth(1).folder


# Beside Git.


def test_what_differs_from_git_is_told_and_is_no_damage() -> None:
    """Live may have been edited since, or Git ahead."""
    attic = Attic()
    configs = {config_path(title): stored(title) for title in ("same", "other", "gone")}
    attic.commit = attic.stage.gitlab.push("develop", {**configs, "config/odd.json": "no json", "config/x.txt": "x"})
    odd = pipeline("odd")
    odd = type(odd)("odd", "1", {config_path("odd"): b"no json"})
    attic.store(pipeline("same", "same"), pipeline("other", "edited"), pipeline("new"), odd)
    (line,) = drilled(attic)

    assert line.verdict is Verdict.PROVEN
    assert line.compared.equal == 2
    assert line.compared.differing == ("other",)
    assert line.compared.only_in_git == ("gone",)
    assert line.compared.only_in_backup == ("new",)


def test_the_ids_of_a_workspace_make_no_difference() -> None:
    """Files of older tools have them."""
    attic = Attic()
    attic.commit = attic.stage.gitlab.push("develop", {config_path("a"): stored("a", **{"$id": "1"})})
    attic.store(pipeline("a", "a"))

    assert drilled(attic)[0].compared.equal == 1


def test_git_is_asked_once_for_all_drives() -> None:
    """GitLab allows few archives a minute."""
    attic = filled()
    attic.names = ("backups", "other")
    attic.store(pipeline("a"), run=nth(1))
    attic.stage.gitlab.calls.clear()
    drilled(attic)

    assert attic.stage.gitlab.calls.count("archive") == 1


@pytest.mark.parametrize("commit", ["", "f" * 40])
def test_a_backup_proves_itself_without_git(commit: str) -> None:
    """A commit that is gone, or that nobody knew."""
    attic = Attic(commit=commit)
    attic.store(pipeline("a"))
    (line,) = drilled(attic)

    assert line.verdict is Verdict.PROVEN
    assert line.compared.skipped
    assert "not compared with Git" in markdown([line])


# Drives.


def test_a_drive_of_aic_is_said_to_be_unreadable_instead_of_proven() -> None:
    """What can be seen is the list of files."""
    attic = filled()
    attic.drive().readable = False
    (line,) = drilled(attic)

    assert (line.verdict, line.folder, line.proof, line.bad) == (Verdict.UNREADABLE, FOLDER, None, False)
    assert attic.drive().names(f"{INDEX}/proven") == ()


def test_what_is_missing_by_the_list_of_a_drive_of_aic_is_damage() -> None:
    """That much it does tell."""
    attic = filled()
    attic.drive().readable = False
    for path in attic.drive().under(FOLDER):
        del attic.drive().files[path]
    (line,) = drilled(attic)

    assert line.verdict is Verdict.DAMAGED
    assert [each.path for each in line.damages] == ["manifest.json", "pipelines-….zip"]


def test_a_drive_without_a_backup_is_told() -> None:
    """Perhaps the first one is still to come."""
    assert drilled(Attic())[0].verdict is Verdict.NONE


def test_a_drive_that_fails_stops_no_other() -> None:
    """It is reported."""
    attic = filled()
    attic.names = ("broken", "backups")

    def fail(_call: str) -> None:
        raise Transient("drive-unavailable", "no answer")

    attic.drive("broken").before = fail
    one, other = drilled(attic)

    assert (one.verdict, one.reason, one.detail, one.bad) == (Verdict.FAILED, "drive-unavailable", "no answer", True)
    assert other.verdict is Verdict.PROVEN


def test_a_full_disk_fails_the_drill_and_is_no_damage() -> None:
    """The backup may be whole."""
    attic = filled()
    attic.stage.archives.full = True

    assert drilled(attic)[0].reason == "archive-failed"


def test_a_proof_that_cannot_be_noted_is_no_proof() -> None:
    """Nobody would find it again."""
    attic = filled()

    def refuse(call: str) -> None:
        if call.startswith("put"):
            raise Permanent("drive-unauthorized", "read only")

    attic.drive().before = refuse
    (line,) = drilled(attic)

    assert (line.verdict, line.reason) == (Verdict.FAILED, "drive-unauthorized")


def test_the_last_proven_restore_is_found_again() -> None:
    """Also when today's backup is damaged, or cannot be read."""
    attic = filled()
    drilled(attic, nth(7))
    attic.drive().damage(attic.archive())
    (line,) = drilled(attic, nth(14))

    assert line.verdict is Verdict.DAMAGED
    assert line.proof == Proof(nth(7).moment.replace(microsecond=0), FOLDER)


def test_old_proofs_are_let_go() -> None:
    """The newest ones stay."""
    attic = filled()
    for week in range(PROOFS + 3):
        drilled(attic, nth(7 * week))
    names = sorted(attic.drive().names(f"{INDEX}/proven"))

    assert len(names) == PROOFS
    assert names[-1].startswith(f"{nth(7 * (PROOFS + 2)).moment:%Y%m%d}")


# What is told.

MANY = tuple(Damage(f"c{number}", "missing") for number in range(22))
PROVEN = DrillLine("p", "QA", "gs://abc", Verdict.PROVEN, "f", 2, 5, proof=Proof(nth(0).moment, "f"))


def test_the_log_tells_what_has_to_be_looked_at() -> None:
    """That AIC's drives can't be read is no news."""
    damaged = DrillLine("p", "QA", "x", Verdict.DAMAGED, damages=(Damage("config/a.json", "missing"),))
    unreadable = DrillLine("p", "QA", "aic", Verdict.UNREADABLE)
    failed = DrillLine("p", "QA", "y", Verdict.FAILED, reason="drive-unavailable")
    none = DrillLine("p", "QA", "z", Verdict.NONE)

    calm = DrillReport((PROVEN, unreadable, none), by="mira").told()
    assert (calm.bad, calm.said) == (False, "drill: 1 proven, 1 unreadable, 1 none")
    assert calm.fields["last_proven"] == ["p:QA:gs://abc: 2026-11-28 23:32 UTC (f)"]
    assert (calm.fields["outcome"], calm.fields["by"]) == ("drilled", "mira")
    told = DrillReport((damaged, failed), failed=(("p:DEV", "deadline"),)).told()
    assert told.bad
    assert told.fields["outcome"] == "damaged"
    assert told.fields["damaged"] == ["p:QA:x: config/a.json missing"]
    assert told.fields["failed"] == ["p:QA:y: drive-unavailable", "p:DEV: deadline"]
    for report in (DrillReport(failed=(("p:DEV", "deadline"),)), DrillReport((failed,))):
        assert (report.told().bad, report.told().fields["outcome"]) == (True, "failed")
    assert DrillReport().told().said == "drill: no drives"


def test_people_read_what_a_drill_has_shown() -> None:
    """One row a drive; texts from outside stand in code spans."""
    attic = Attic()
    attic.commit = attic.stage.gitlab.push("develop", {config_path("*x*"): stored("a"), config_path("y"): stored("y")})
    attic.store(pipeline("*x*", "b"), pipeline("z"))
    text = markdown(drilled(attic))

    assert "| Workspace | Drive | Backup | Last proven restore |" in text
    assert "2 files of 2 pipelines read back; 0 equal Git, 1 differ from Git: `*x*`, 1 only in Git: `y`" in text
    assert "1 not in Git: `z`" in text
    assert markdown(()) == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (DrillLine("p", "QA", "d", Verdict.NONE), "no complete backup"),
        (DrillLine("p", "QA", "d", Verdict.UNREADABLE, "f", detail="no call"), "can't be read back: no call"),
        (DrillLine("p", "QA", "d", Verdict.FAILED, reason="deadline"), "`deadline`: it failed"),
        (
            DrillLine(
                "p", "QA", "d", Verdict.DAMAGED, "f", damages=tuple(Damage(f"c{n}", "missing") for n in range(22))
            ),
            "`c19` is missing and 2 more",
        ),
    ],
)
def test_each_verdict_has_its_words(line: DrillLine, words: str) -> None:
    """And a drive that was never proven says `never`."""
    assert words in markdown([line])
    assert "never" in markdown([line])
    assert summary([line]) == f"1 {line.verdict}"


def test_long_lists_of_titles_are_cut() -> None:
    """A note has its limits."""
    attic = Attic()
    attic.commit = attic.stage.gitlab.push("develop", {"README.md": "x"})
    attic.store(*(pipeline(f"p{number:02}") for number in range(25)))

    assert "`p19` and 5 more" in markdown(drilled(attic))
