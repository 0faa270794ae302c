"""What is taken for a manifest, a mark or a seal of ours, and what is not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import backup, mark
from shared.domain.backup import ArchiveEntry, FileEntry, Manifest, PipelineEntry
from shared.domain.mark import Mark, Seal
from shared.domain.packed import Damaged
from shared.domain.run import Run

SHA = "a" * 64
CODE = FileEntry(path="code/a/t.sql", sha256=SHA, size=1)
PIPELINE = PipelineEntry(name="a", id="1", path="config/a.json", sha256=SHA, size=2, code=(CODE,))
MANIFEST = Manifest(
    kind="workspace",
    project="p/q",
    workspace="QA",
    branch="develop",
    commit="c" * 40,
    run="0a1b2c3d",
    time="2026-11-28T23:32:01+00:00",
    archive=ArchiveEntry(name="pipelines-0a1b2c3d.zip", sha256=SHA, size=3),
    files=True,
    pipelines=(PIPELINE,),
)
MOMENT = datetime(2026, 11, 28, 23, 32, 1, tzinfo=UTC)


def changed(**changes: object) -> bytes:
    return json.dumps({**json.loads(MANIFEST.encode()), **changes}).encode()


def of_pipeline(**changes: object) -> bytes:
    entry: dict[str, Any] = json.loads(MANIFEST.encode())["pipelines"][0]
    return changed(pipelines=[{**entry, **changes}])


def test_a_manifest_is_read_as_it_was_written() -> None:
    """Every field."""
    assert backup.read(MANIFEST.encode()) == MANIFEST
    assert backup.read(MANIFEST.encode()).pipelines[0].files == (
        FileEntry(path="config/a.json", sha256=SHA, size=2),
        CODE,
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        changed(format=2),
        changed(format="1"),
        changed(kind="half"),
        changed(time="yesterday"),
        changed(time="2026-11-28T23:32:01"),
        changed(workspace=None),
        changed(archive={"name": "../x.zip", "sha256": SHA, "size": 1}),
        changed(archive={"name": "pipelines-0a1b2c3d.zip", "sha256": "x", "size": 1}),
        changed(more=1),
        of_pipeline(size=-1),
        of_pipeline(sha256=SHA.upper()),
        of_pipeline(path="code/a/t.sql"),
        changed(pipelines=[json.loads(MANIFEST.encode())["pipelines"][0]] * 2),
    ],
)
def test_what_this_service_would_not_have_written_is_damage(data: bytes) -> None:
    """It is named without being quoted."""
    with pytest.raises(Damaged) as caught:
        backup.read(data)

    assert caught.value.reason == "backup-damaged"
    assert "yesterday" not in caught.value.detail


@pytest.mark.parametrize(
    ("size", "data", "fits"), [(1, b"a", True), (1, b"b", False), (2, b"a", False), (1, b"", False)]
)
def test_bytes_fit_by_size_and_hash(size: int, data: bytes, fits: bool) -> None:
    """Both must be what they were."""
    sha = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

    assert FileEntry(path="a", sha256=sha, size=size).fits(data) is fits


@settings(deadline=None)
@given(st.text(), st.text())
def test_files_of_two_titles_never_share_a_name(one: str, other: str) -> None:
    """Neither beside the archive nor in it."""
    entries = [
        PipelineEntry(name=backup.plain(title), id="1", path=f"config/{title}.json", sha256=SHA, size=1)
        for title in (one, other)
    ]
    loose = [backup.loose_path("pipelines-0a1b2c3d.zip", each) for each in entries]
    members = [backup.member(backup.plain(each.path)) for each in entries]

    assert (loose[0] == loose[1]) is (one == other)
    assert (members[0] == members[1]) is (one == other)
    assert all("/" not in each.removeprefix("pipelines-0a1b2c3d/") and len(each.encode()) < 250 for each in loose)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("20261128-233201-0a1b2c3d.json", Mark(MOMENT, "0a1b2c3d", "20261128/233201-0a1b2c3d")),
        ("20261128-233201-0a1b2c3d.some.json", Mark(MOMENT, "0a1b2c3d", "20261128/233201-0a1b2c3d", some=True)),
        ("20261128-233201-0a1b2c3d@a@b.c.json", Mark(MOMENT, "0a1b2c3d", "a/b.c", named=True)),
        ("20261128-233201-0a1b2c3d.some@a.json.json", Mark(MOMENT, "0a1b2c3d", "a.json", some=True, named=True)),
    ],
)
def test_a_mark_is_read_from_its_name(name: str, found: Mark) -> None:
    """For where nothing can be read back, the name says it all."""
    assert mark.read(name) == found
    assert found.name == name
    assert found.regular is (name == "20261128-233201-0a1b2c3d.json")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "notes.txt",
        "20261128-233201-0a1b2c3d",
        "20261328-233201-0a1b2c3d.json",
        "20261128-993201-0a1b2c3d.json",
        "20261128-233201-0A1B2C3D.json",
        "20261128-233201-0a1b2c3d@.json",
        "20261128-233201-0a1b2c3d@@a.json",
        "20261128-233201-0a1b2c3d@..@a.json",
        "\u0662\u0660261128-233201-0a1b2c3d.json",
    ],
)
def test_any_other_file_is_no_mark(name: str) -> None:
    """Somebody may have put something there."""
    assert mark.read(name) is None


def test_marks_are_listed_newest_first() -> None:
    """Whatever the order in which the drive lists them."""
    names = [
        "20261127-000000-0a1b2c3d.json",
        "README",
        "20261128-000000-0a1b2c3d.json",
        "20251128-000000-0a1b2c3d.json",
    ]

    assert [each.name[:8] for each in mark.listed(names)] == ["20261128", "20261127", "20251128"]


def test_what_lies_by_days_is_found_by_its_marks() -> None:
    """Only what deploys were about to overwrite; the folders of backups are no files."""
    run = Run("0a1b2c3d", MOMENT)
    folder = mark.before(run, SHA)
    names = [mark.before_mark(folder).rpartition("/")[2], "notes.json", "233201-0a1b2c3d.json"]

    assert folder == "20261128/233201-0a1b2c3d-before-aaaaaaaa"
    assert mark.befores("20261128", names) == (folder,)


def test_a_seal_is_read_as_it_was_written_or_not_at_all() -> None:
    """It fits its manifest alone."""
    seal = Seal.of(MANIFEST, folder="20261128/233201-0a1b2c3d")

    assert mark.read_seal(seal.encode()) == seal
    assert seal.fits(MANIFEST.encode())
    assert not seal.fits(MANIFEST.encode() + b" ")
    for data in (b"", b"[]", b"{}", b"[" * 100_000, b'{"folder": "", "manifest_sha256": "x"}'):
        assert mark.read_seal(data) is None
