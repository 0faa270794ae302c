"""Archives through the GitLab adapter: what is in them, and what came broken or not at all."""

import gzip
import io
import os
import tarfile
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from emulators.gitlab.objects import SUBMODULE, SYMLINK, FileChange, Signature
from emulators.gitlab.repository import GitRepository
from shared.adapters.attempts import TooBig
from shared.adapters.gitlab.connection import GitlabConnection
from shared.adapters.gitlab.project import OpenProject
from shared.deadline import Deadline
from shared.domain.errors import Permanent, Refused, ServiceError, Transient
from shared.ports.gitlab import Repository
from tests.contract.failing import reason_of
from tests.contract.gitlab_script import SHA, methods, opened, opened_upon, refused, told
from tests.contract.gitlab_stand_in import PATH, StandIn, served
from tests.fakes import FakeClock
from tests.scripted import Asked, Told, scripted

TOP = f"b-{SHA}-{SHA}"
FOLDER = tarfile.DIRTYPE
TOO_OFTEN = {"error": "This archive has been requested too many times. Try again later."}
Member = tuple[str, bytes | str]
"""A path with its bytes, or with the type of what is no file."""


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path) as running:
        running.seed(main={"config/a.json": "{}", "other": "1"})
        yield running


def tarred(*members: Member, top: str = TOP) -> bytes:
    """A tar archive as GitLab makes it."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": SHA}) as archive:
        for path, what in members:
            item = tarfile.TarInfo(f"{top}/{path}")
            if isinstance(what, bytes):
                item.size = len(what)
                archive.addfile(item, io.BytesIO(what))
            else:
                item.type = what.encode()
                item.linkname = "a" if what.encode() in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
                archive.addfile(item)
    return stream.getvalue()


def kind(type_flag: bytes) -> str:
    """A type as a member has it."""
    return type_flag.decode()


def sent(packed: bytes) -> Told:
    """An archive on its way."""
    return Told(200, packed, {"Content-Type": "application/octet-stream"})


def packed(*members: Member) -> Told:
    """A whole archive on its way."""
    return sent(gzip.compress(tarred(*members)))


def read(repository: Repository, folder: str = "config") -> dict[str, bytes]:
    """All that is in it."""
    return dict(repository.archive(SHA, folder))


def reading(answer: Told, expected: type[ServiceError] = Transient) -> str:
    """The reason why that answer can't be read."""
    with told(answer) as server:
        return reason_of(lambda: read(opened(server)), expected)


ONE: Member = ("config/a.json", b'{"a": 1}')
TWO: Member = ("config/b.json", b"x" * 512)


def test_an_archive_is_one_request_for_one_folder() -> None:
    """Of LFS files the pointers, as everywhere; the folder on top is GitLab's own."""
    with told(packed(("config", kind(FOLDER)), ONE, TWO)) as server:
        assert read(opened(server), "/config/") == dict((ONE, TWO))
        (asked,) = server.asked

    path, _, query = asked.target.partition("?")
    assert (asked.method, path) == ("GET", "/api/v4/projects/a%2Fb/repository/archive.tar.gz")
    assert set(query.split("&")) == {f"sha={SHA}", "path=config", "include_lfs_blobs=false"}


def test_an_empty_file_at_the_end_is_a_file() -> None:
    """Nothing but its header tells of it."""
    with told(packed(ONE, ("config/z.json", b""))) as server:
        assert read(opened(server)) == {ONE[0]: ONE[1], "config/z.json": b""}


@pytest.mark.parametrize("left", [2, 10, 0.5, 0.9, -1, -4, -8])
def test_an_archive_that_ends_early_is_no_archive(left: float) -> None:
    """Wherever it is cut: a part of it would look as if the other files were gone."""
    whole = gzip.compress(tarred(ONE, ("config/b.json", os.urandom(5000)), TWO))
    end = int(left) if isinstance(left, int) else int(len(whole) * left)

    assert reading(sent(whole[:end])) == "gitlab-odd-answer"


@pytest.mark.parametrize("blocks", range(1, 12))
def test_a_tar_that_ends_early_in_good_packing_is_no_archive(blocks: int) -> None:
    """As when Git dies and its packer goes on: at each of its blocks but the last, where an archive ends with zeros."""
    whole = tarred(ONE, TWO).rstrip(b"\0")
    length = -(-len(whole) // 512) * 512
    end = max(0, length - 512 * (blocks - 1))

    assert reading(sent(gzip.compress(whole.ljust(length, b"\0")[:end]))) == "gitlab-odd-answer"


def test_an_archive_needs_both_blocks_of_its_end() -> None:
    """One alone may be a part of a file."""
    whole = tarred(ONE)
    end = len(whole.rstrip(b"\0"))
    end = -(-end // 512) * 512

    assert reading(sent(gzip.compress(whole[:end] + bytes(512)))) == "gitlab-odd-answer"
    with told(sent(gzip.compress(whole[:end] + bytes(1024)))) as server:
        assert read(opened(server)) == dict((ONE,))


def test_a_damaged_archive_is_no_archive() -> None:
    """A header in the middle, the data, or what stands behind the end."""
    plain = tarred(ONE, TWO)
    at = plain.index(b"config/b.json")
    header = plain[:at] + b"CONFIG" + plain[at + 6 :]
    assert reading(sent(gzip.compress(header))) == "gitlab-odd-answer"
    whole = bytearray(gzip.compress(plain, compresslevel=0))
    whole[whole.index(b'{"a": 1}')] ^= 1
    assert reading(sent(bytes(whole))) == "gitlab-odd-answer"
    assert reading(sent(gzip.compress(plain + b"more"))) == "gitlab-odd-answer"
    assert reading(sent(gzip.compress(plain) + b"more")) == "gitlab-odd-answer"
    assert reading(sent(gzip.compress(b"no tar at all" * 100))) == "gitlab-odd-answer"
    assert reading(sent(gzip.compress(tarred()))) == "gitlab-odd-answer"
    assert reading(sent(gzip.compress(bytes(10240)))) == "gitlab-odd-answer"


@pytest.mark.parametrize(
    "odd",
    [
        Told(body=b"<html>Please sign in</html>", headers={"Content-Type": "text/html"}),
        Told(body=b""),
        Told(body=b"\x1f"),
        Told(202, b"{}"),
        Told(200, gzip.compress(b"x" * 5000), promised=10_000),
        Told(503),
    ],
)
def test_what_is_no_archive_at_all_is_asked_for_again(odd: Told) -> None:
    """A page of somebody else, an early end of the connection, an error."""
    with told(odd, packed(ONE)) as server:
        assert read(opened(server)) == dict((ONE,))
        assert methods(server) == ["GET", "GET"]
    with told(odd) as server:
        assert reason_of(lambda: read(opened(server)), Transient) in ("gitlab-odd-answer", "gitlab-unavailable")
        assert len(server.asked) == 3


def test_what_comes_too_often_waits_for_the_next_minute() -> None:
    """GitLab says so in an object, and not until when."""
    clock = FakeClock()
    with told(refused(429, TOO_OFTEN), refused(429, TOO_OFTEN), packed(ONE)) as server:
        assert read(opened(server, clock=clock)) == dict((ONE,))
        assert clock.monotonic() > 60
    with told(refused(429, TOO_OFTEN)) as server:
        assert reason_of(lambda: read(opened(server)), Transient) == "gitlab-unavailable"
        assert len(server.asked) == 3


def test_who_can_do_without_an_archive_does_not_wait_for_it() -> None:
    """The next minute is too late; one that comes in time is taken."""
    with told(refused(429, TOO_OFTEN)) as server, pytest.raises(Transient, match="gitlab"):
        list(opened(server).archive(SHA, "config", seconds=20.0))
    with told(packed(ONE)) as server:
        assert list(opened(server).archive(SHA, "config", seconds=20.0))


def test_the_stand_ins_limit_is_met_in_the_same_way(stand_in: StandIn) -> None:
    """The sixth within a minute, as its clock doesn't go on with ours."""
    stand_in.settings(archives_per_minute=1)
    head = opened_upon(stand_in).head("main") or ""

    assert dict(opened_upon(stand_in).archive(head, "config")) == {"config/a.json": b"{}"}
    assert reason_of(lambda: list(opened_upon(stand_in).archive(head, "config")), Transient) == "gitlab-unavailable"


def test_a_404_is_explained() -> None:
    """GitLab says it of a folder that isn't there, of a commit that is gone, and of whatever went wrong inside."""
    gone = refused(404, "404 File Not Found")
    no_tree, no_commit = refused(404, "404 Tree Not Found"), refused(404, "404 Commit Not Found")
    entry = {"path": "config/a.json", "type": "blob", "mode": "100644", "id": SHA}

    with told(gone, no_tree, {"id": SHA}) as server:
        assert read(opened(server)) == {}
    with told(gone, no_tree, no_commit) as server:
        assert reason_of(lambda: read(opened(server)), Permanent) == "gitlab-not-found"
    with told(gone, [entry]) as server:
        assert reason_of(lambda: read(opened(server)), Transient) == "gitlab-unavailable"
        assert len(server.asked) == 2
    with told(refused(404, "404 Project Not Found")) as server:
        assert reason_of(lambda: read(opened(server)), Permanent) == "gitlab-not-found"
        assert len(server.asked) == 1


@pytest.mark.parametrize("name", ["x", "a.py", "a.json.bak", "json"])
@pytest.mark.parametrize("what", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_what_is_no_plain_file_is_left_out(what: bytes, name: str) -> None:
    """Links, and submodules, which are empty folders."""
    with told(packed(ONE, (f"config/{name}", kind(what)), TWO)) as server:
        assert read(opened(server)) == dict((ONE, TWO))


@pytest.mark.parametrize("after", [(), (TWO,)])
@pytest.mark.parametrize("what", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_what_is_named_like_a_config_must_be_a_file(what: bytes, after: tuple[Member, ...]) -> None:
    """Else it would look as if the pipeline were gone."""
    with told(packed(ONE, ("config/a/x.json", kind(what)), *after)) as server:
        with pytest.raises(Refused) as caught:
            read(opened(server))
        assert (caught.value.reason, "`config/a/x.json`" in caught.value.detail) == ("tree-unusual", True)


def test_a_folder_may_be_named_like_a_config() -> None:
    """As that of a pipeline `x.json/y`."""
    inner: tuple[Member, ...] = (("config/x.json", kind(FOLDER)), ("config/x.json/sub.json", kind(FOLDER)))
    with told(packed(*inner, ("config/x.json/sub.json/y.json", b"1"), TWO)) as server:
        assert read(opened(server)) == {"config/x.json/sub.json/y.json": b"1", TWO[0]: TWO[1]}


def test_links_and_submodules_of_the_stand_in_are_met_in_the_same_way(stand_in: StandIn) -> None:
    """In the archive and in the tree alike."""
    git = GitRepository(Path(stand_in.admin("GET", "dump")["projects"][PATH]["git_dir"]))
    tip = git.branch("main") or ""
    who = Signature("Somebody", "somebody@example.com", git.commit_of(tip).committed_date)

    def made(name: str, mode: int) -> str:
        changes = {f"config/{name}": FileChange(b"a.json", mode)}
        return git.commit((tip,), changes, message="x", author=who, committer=who)

    repository = opened_upon(stand_in)
    for mode in (SYMLINK, SUBMODULE):
        plain, unusual = made("link", mode), made("link.json", mode)
        assert dict(repository.archive(plain, "config")).keys() == repository.tree(plain, "config").keys()
        assert reason_of(partial(repository.tree, unusual, "config"), Refused) == "tree-unusual"
        stand_in.settings(archives_per_minute=0)
        assert reason_of(lambda: dict(repository.archive(unusual, "config")), Refused) == "tree-unusual"  # noqa: B023


def test_names_that_are_no_utf_8_are_left_out_unless_they_look_like_configs() -> None:
    """No title can be made of them."""

    def answer(name: bytes) -> Told:
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for path, data in ((f"{TOP}/{ONE[0]}", b"1"), (f"{TOP}/config/{os.fsdecode(name)}", b"2")):
                item = tarfile.TarInfo(path)
                item.size = len(data)
                archive.addfile(item, io.BytesIO(data))
        return sent(gzip.compress(stream.getvalue()))

    with told(answer(b"\xff.py")) as server:
        assert read(opened(server)) == {ONE[0]: b"1"}
    assert reading(answer(b"\xff.json"), Refused) == "tree-unusual"
    with told(answer("ä.json".encode())) as server:
        assert read(opened(server)) == {ONE[0]: b"1", "config/ä.json": b"2"}


@pytest.mark.parametrize("path", ["configs/a.json", "a.json", "../config/a.json"])
def test_a_file_from_elsewhere_makes_an_archive_odd(path: str) -> None:
    """It isn't what was asked for."""
    assert reading(packed(ONE, (path, b"1"))) == "gitlab-odd-answer"


def test_a_file_that_is_too_big_is_refused_by_name() -> None:
    """As much as a single file may have when it is read by itself."""
    most = 20 * 1024 * 1024
    with told(packed(("config/a.json", bytes(most)))) as server:
        assert len(read(opened(server))["config/a.json"]) == most
    with told(packed(("config/a.json", bytes(most + 1)))) as server:
        with pytest.raises(Refused) as caught:
            read(opened(server))
        assert (caught.value.reason, "`config/a.json`" in caught.value.detail) == ("config-too-big", True)


def test_a_download_has_an_end() -> None:
    """At the bytes that are let in; what was there before is overwritten."""
    into = io.BytesIO(b"old, and longer")
    with told(Told(body=b"x" * 10)) as server:
        connection = GitlabConnection(server.url, "t")
        project = OpenProject(connection, "a/b", deadline=Deadline.within(FakeClock(), seconds=300))
        project.download("/x", {}, into, most=10)
        assert into.getvalue() == b"x" * 10
        assert reason_of(lambda: project.download("/x", {}, into, most=9), TooBig) == "answer-too-big"


@pytest.mark.parametrize("first", [b"", b"\x1f"])
def test_an_archive_that_trickles_is_cut_at_the_deadline(first: bytes) -> None:
    """Time is looked at whenever a piece arrives, and at each file."""
    clock, done = FakeClock(), Event()

    def late(_asked: Asked) -> Told:
        clock.advance(301)
        return Told(body=first, promised=100, hold=done)

    with scripted(late) as server:
        assert reason_of(lambda: read(opened(server, clock=clock)), Transient) == "deadline"
        assert len(server.asked) == 1
        done.set()
    clock = FakeClock()
    with told(packed(ONE, TWO)) as server:
        files = opened(server, clock=clock).archive(SHA, "config")
        assert next(files) == ONE
        clock.advance(301)
        assert reason_of(lambda: next(files), Transient) == "deadline"


def test_a_large_archive_is_not_held_in_memory() -> None:
    """One file at a time, and the packed bytes in a file."""
    members = [(f"config/{number}.json", os.urandom(1024 * 1024)) for number in range(48)]
    answer = sent(gzip.compress(tarred(*members), compresslevel=0))
    with told(answer) as server:
        tracemalloc.start()
        try:
            found = [(path, len(data)) for path, data in opened(server).archive(SHA, "config")]
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert found == [(path, len(data)) for path, data in members]
    assert peak < 24 * 1024 * 1024
