"""What every `ports.Archives` promises to the flows: the fake of the tests, and zip files."""

import hashlib
import io
import resource
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.adapters.zips import ZipArchives
from shared.domain.errors import Permanent
from shared.domain.packed import Packed
from shared.ports.files import Archives
from tests.contract.failing import reason_of
from tests.fake_archives import FakeArchives

MOMENT = datetime(2026, 11, 28, 23, 32, 1, tzinfo=UTC)
SHOWN = (2026, 11, 28, 23, 32, 0)
"""Zip files count every other second."""
FILES = {"config/ford rdd - v2 QA/Test.json": b"{}" * 500, "code/\u9867\u5ba2.py": bytes(range(256)) * 40, "empty": b""}
KINDS: Mapping[type[Archives], object] = {FakeArchives: None, ZipArchives: None}


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def archives(request: pytest.FixtureRequest) -> Archives:
    found: Archives = request.param()
    return found


def bytes_of(archives: Archives, moment: datetime = MOMENT) -> bytes:
    with archives.pack(FILES.items(), moment=moment) as packed:
        return packed.open().read()


def test_what_was_packed_is_unpacked_byte_for_byte(archives: Archives) -> None:
    """In the order in which it came, before and after a journey of the bytes in pieces."""
    with archives.pack(FILES.items(), moment=MOMENT) as packed:
        assert packed.names == tuple(FILES)
        assert {name: packed.read(name, len(data)) for name, data in FILES.items()} == FILES
        data = packed.open().read()
        assert (packed.size, packed.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert packed.open().read() == data

    with archives.unpack(data[start : start + 7] for start in range(0, len(data), 7)) as unpacked:
        assert unpacked.names == tuple(FILES)
        assert {name: unpacked.read(name, len(data)) for name, data in FILES.items()} == FILES
        assert (unpacked.size, unpacked.sha256) == (packed.size, packed.sha256)
        assert unpacked.open().read() == data


def test_an_archive_can_be_read_at_several_places_at_once(archives: Archives) -> None:
    """Each reader starts at the beginning and can go back; none moves another, or is moved by unpacking."""
    with archives.pack(FILES.items(), moment=MOMENT) as packed:
        one, other = packed.open(), packed.open()
        first = one.read(100)
        packed.read("empty", 0)
        assert other.read(100) == first
        assert one.read(50) != first[:50]
        assert one.seek(0) == 0
        assert one.read(100) == first
        assert one.seek(0, io.SEEK_END) == packed.size
        assert one.seek(-1, io.SEEK_CUR) == packed.size - 1
        assert len(one.read()) == 1


def test_the_same_files_of_the_same_moment_are_the_same_archive(archives: Archives) -> None:
    """So that a run that is delivered twice stores the same; another moment is another archive."""
    assert bytes_of(archives) == bytes_of(archives)
    assert bytes_of(archives) != bytes_of(archives, MOMENT.replace(year=2027))


def test_files_are_taken_one_by_one(archives: Archives) -> None:
    """Each is packed before the next one is asked for; what their source raises goes through."""

    class Over(Exception):
        """The source has no more."""

    def files() -> Iterator[tuple[str, bytes]]:
        yield "a", b"a"
        raise Over

    with pytest.raises(Over), archives.pack(files(), moment=MOMENT):
        raise AssertionError


def test_an_archive_may_be_empty(archives: Archives) -> None:
    """A workspace may have no pipelines."""
    with archives.pack((), moment=MOMENT) as packed:
        assert packed.names == ()
        assert packed.size > 0


def test_no_more_is_unpacked_than_is_asked_for(archives: Archives) -> None:
    """One byte more shows that there is more; a few bytes could unpack to any number of them."""
    with archives.pack([("zeros", bytes(1000))], moment=MOMENT) as packed:
        assert packed.read("zeros", 10) == bytes(11)


def test_a_file_that_is_not_there_is_damage(archives: Archives) -> None:
    """Whoever asks has read of it somewhere."""
    with archives.pack(FILES.items(), moment=MOMENT) as packed:
        assert reason_of(lambda: packed.read("absent", 9)) == "archive-damaged"


@pytest.mark.parametrize("data", [b"", b"no archive at all"])
def test_bytes_that_are_no_archive_are_damage(archives: Archives, data: bytes) -> None:
    """Also none at all."""
    with pytest.raises(Permanent) as caught, archives.unpack([data]):
        raise AssertionError

    assert caught.value.reason == "archive-damaged"


def test_a_damaged_byte_never_goes_unseen(archives: Archives) -> None:
    """At the checksum of the whole at the latest; a file that still unpacks is what it was, or is named."""
    data = bytes_of(archives)
    with archives.unpack([data]) as whole:
        sha256 = whole.sha256
    seen = [after_damage(archives, data, place, sha256) for place in range(0, len(data), 97)]

    assert set(seen) <= {"files", "archive-damaged"}
    assert "archive-damaged" in seen


def after_damage(archives: Archives, data: bytes, place: int, sha256: str) -> str:
    """What becomes of an archive of which one byte is another: its files are told apart, or all of it is broken."""
    damaged = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
    try:
        with archives.unpack([damaged]) as packed:
            assert packed.sha256 != sha256
            found = {name: after_reading(packed, name) for name in FILES}
    except Permanent as error:
        return error.reason
    assert all(found[name] in (data, None) for name, data in FILES.items())
    return "files" if None not in found.values() else "archive-damaged"


def after_reading(packed: Packed, name: str) -> bytes | None:
    try:
        return packed.read(name, 100_000)
    except Permanent:
        return None


# Zip files alone.


def test_other_programs_read_the_zip(tmp_path: Path) -> None:
    """Names, dates and rights as people expect them."""
    (tmp_path / "a.zip").write_bytes(bytes_of(ZipArchives()))
    with zipfile.ZipFile(tmp_path / "a.zip") as found:
        assert found.testzip() is None
        assert {entry.filename: entry.date_time for entry in found.infolist()} == dict.fromkeys(
            FILES, (2026, 11, 28, 23, 32, 0)
        )
        assert {entry.external_attr >> 16 for entry in found.infolist()} == {0o644}


def test_an_encrypted_zip_is_damage() -> None:
    """Somebody has put another one in its place."""
    data = bytearray(bytes_of(ZipArchives()))
    for place in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        data[place] |= 1
    with ZipArchives().unpack([bytes(data)]) as packed:
        assert reason_of(lambda: packed.read(packed.names[0], 9)) == "archive-damaged"


@contextmanager
def a_small_disk() -> Iterator[None]:
    """No file may grow beyond 100 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told() -> None:
    """A run that finds no room reports it instead of breaking."""
    packing = ZipArchives().pack([("a", secrets.token_bytes(20_000))], moment=MOMENT)
    unpacking = ZipArchives().unpack([bytes_of(ZipArchives())])
    for context in (packing, unpacking):
        with pytest.raises(Permanent) as caught, a_small_disk(), context:
            raise AssertionError
        assert caught.value.reason == "archive-failed"
