"""Archives, LFS and large files of the GitLab stand-in."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulators.gitlab.objects import SUBMODULE, SYMLINK, FileChange, Signature
from emulators.gitlab.repository import GitRepository
from tests.contract.gitlab_stand_in import API, PATH, StandIn, said, served

ARCHIVE = f"{API}/repository/archive"
AGAIN = "has been requested too many times. Try again later."
ATTRIBUTES = "*.bin filter=lfs diff=lfs merge=lfs -text\n"
LARGE = "x" * (10 * 1024 * 1024 + 1)


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as running:
        files = {"a": "1", "dir/b": "2", "dir/sub/c": "3", ".gitattributes": ATTRIBUTES}
        running.seed(main=files, **{"feat/x": {"d": "4"}})
        yield running


def tip(stand_in: StandIn, branch: str = "main") -> str:
    return str(stand_in.project().branches.get(branch).commit["id"])


def unpacked(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {item.name: archive.extractfile(item).read() for item in archive if item.isfile()}  # type: ignore[union-attr]


def create(path: str, content: str) -> dict[str, object]:
    return {"action": "create", "file_path": path, "content": content}


def test_an_archive_holds_the_commit_below_one_folder(stand_in: StandIn) -> None:
    """Named after the project, the ref with its slashes as dashes, and the commit."""
    top = f"pin-fusion-2.0-feat-x-{tip(stand_in, 'feat/x')}"

    content = stand_in.project().repository_archive(sha="feat/x")

    assert isinstance(content, bytes)
    assert unpacked(content) == {f"{top}/README.md": b"# pin-fusion-2.0\n", f"{top}/d": b"4"}


@pytest.mark.parametrize("kind", ["", ".tar.gz", ".tar.bz2", ".tar", ".tgz", ".tbz", ".bz2"])
def test_every_format_has_the_same_files(stand_in: StandIn, kind: str) -> None:
    answer = stand_in.http.get(ARCHIVE + kind)

    names = {name.partition("/")[2] for name in unpacked(answer.content)}
    assert names == {"README.md", "a", "dir/b", "dir/sub/c", ".gitattributes"}
    top = f"pin-fusion-2.0-main-{tip(stand_in)}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{top}{kind or ".tar.gz"}"'


def test_a_zip_of_one_folder_says_so_in_its_name(stand_in: StandIn) -> None:
    sha = tip(stand_in)

    content = stand_in.project().repository_archive(sha=sha, path="dir/sub", format="zip")

    assert isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        top = f"pin-fusion-2.0-{sha}-{sha}-dir-sub/"
        assert archive.namelist() == [top, f"{top}dir/", f"{top}dir/sub/", f"{top}dir/sub/c"]
        assert archive.read(archive.namelist()[-1]) == b"3"


def test_a_tar_names_its_commit_and_has_folders_links_and_submodules(stand_in: StandIn) -> None:
    """As `git archive` makes it: each folder ahead of what is in it, a submodule as an empty one."""
    project = stand_in.admin("GET", "dump")["projects"][PATH]
    git = GitRepository(Path(project["git_dir"]))
    who = Signature("Somebody", "somebody@example.com", datetime(2026, 1, 1, tzinfo=UTC))
    changes = {"dir/link": FileChange(b"a", SYMLINK), "dir/sub/module": FileChange(b"x", SUBMODULE)}
    sha = git.commit([tip(stand_in)], changes, message="m", author=who, committer=who)

    answer = stand_in.http.get(ARCHIVE, params={"sha": sha, "path": "dir"})
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        found = {item.name.partition("/")[2]: (item.type, item.linkname) for item in archive}
        assert archive.pax_headers == {"comment": sha}
    assert list(found) == ["", "dir", "dir/b", "dir/link", "dir/sub", "dir/sub/c", "dir/sub/module"]
    assert found["dir/link"] == (tarfile.SYMTYPE, "a")
    assert found["dir/sub/module"] == found["dir"] == (tarfile.DIRTYPE, "")


def test_large_commits_are_few_in_half_a_minute_and_none_is_too_large(stand_in: StandIn) -> None:
    """Counted before anything else is looked at; smaller ones go on."""
    large = create("large", "x" * (20 * 1024 * 1024))
    answers = [stand_in.commit("none", large) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert answers[3].json() == {"message": {"error": f"This endpoint {AGAIN}"}}
    assert stand_in.commit("main", create("small", "x")).status_code == 201
    stand_in.settings(commit_bytes=1000)
    assert said(stand_in.commit("main", create("b", "x" * 1000))) == (413, {"message": "413 Request Entity Too Large"})
    assert stand_in.commit("main", create("c", "x")).status_code == 201


def test_paths_are_left_out_of_an_archive(stand_in: StandIn) -> None:
    answer = stand_in.http.get(ARCHIVE, params={"exclude_paths": "dir/sub,a"})

    assert {name.partition("/")[2] for name in unpacked(answer.content)} == {"README.md", "dir/b", ".gitattributes"}


@pytest.mark.parametrize("query", ["sha=nope", "path=nope"])
def test_an_archive_that_cant_be_made_is_not_found(stand_in: StandIn, query: str) -> None:
    assert said(stand_in.http.get(f"{ARCHIVE}?{query}")) == (404, {"message": "404 File Not Found"})


def test_archives_are_few_a_minute(stand_in: StandIn) -> None:
    """Five for each user; the message is an object, and no header says when to come again."""
    statuses = [stand_in.http.get(ARCHIVE).status_code for _ in range(5)]
    sixth = stand_in.http.get(ARCHIVE)
    other = stand_in.http.get(ARCHIVE, headers={"PRIVATE-TOKEN": "two"})

    assert statuses == [200] * 5
    assert said(sixth) == (429, {"message": {"error": f"This archive {AGAIN}"}})
    assert not {"retry-after", "ratelimit-limit"} & set(sixth.headers)
    assert other.status_code == 200
    stand_in.settings(archives_per_minute=0)
    assert stand_in.http.get(ARCHIVE).status_code == 200


@pytest.mark.parametrize("way", ["commit", "file"])
def test_new_content_that_belongs_to_lfs_becomes_a_pointer(stand_in: StandIn, way: str) -> None:
    """`lfs=true` gives the content back; an update through the commits API is put into git as it is."""
    project, oid = stand_in.project(), hashlib.sha256(b"large").hexdigest()
    if way == "commit":
        assert stand_in.commit("main", create("dir/x.bin", "large"), create("x.txt", "small")).status_code == 201
    else:
        fields = {"branch": "main", "commit_message": "m", "content": "large", "file_path": "dir/x.bin"}
        project.files.create(fields)

    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 5\n".encode()
    assert project.files.raw("dir/x.bin", ref="main") == pointer
    assert project.files.get("dir/x.bin", ref="main").decode() == pointer
    assert project.files.raw("dir/x.bin", ref="main", lfs=True) == b"large"
    stand_in.commit("main", {"action": "update", "file_path": "dir/x.bin", "content": "plain"})
    assert project.files.raw("dir/x.bin", ref="main", lfs=True) == b"plain"


def test_an_archive_has_objects_or_pointers(stand_in: StandIn) -> None:
    stand_in.commit("main", create("x.bin", "large"))

    def held(objects: str) -> bytes:
        answer = stand_in.http.get(ARCHIVE, params={"path": "x.bin", "include_lfs_blobs": objects})
        return next(iter(unpacked(answer.content).values()))

    assert held("true") == b"large"
    assert held("false").startswith(b"version https://git-lfs")


def test_lfs_can_be_off(stand_in: StandIn) -> None:
    stand_in.client.projects.update(1, {"lfs_enabled": False})
    stand_in.commit("main", create("x.bin", "large"))

    assert stand_in.project().files.raw("x.bin", ref="main") == b"large"


def test_a_blob_is_read_by_its_sha(stand_in: StandIn) -> None:
    sha = stand_in.project().files.get("dir/b", ref="main").blob_id

    assert stand_in.project().repository_blob(sha) == {"size": 1, "encoding": "base64", "content": "Mg==", "sha": sha}
    assert stand_in.project().repository_raw_blob(sha) == b"2"
    assert said(stand_in.get("/repository/blobs/nope")) == (404, {"message": "404 Blob Not Found"})


def test_large_files_are_few_a_minute_as_json(stand_in: StandIn) -> None:
    """As files and as blobs; raw they may be read on and on."""
    stand_in.commit("main", create("large", LARGE))
    stand_in.settings(large_files_per_minute=2)
    blob = stand_in.project().files.head("large", "main")["X-Gitlab-Blob-Id"]

    reads = ["/repository/files/large?ref=main", f"/repository/blobs/{blob}", f"/repository/blobs/{blob}"]
    answers = [stand_in.http.get(API + below) for below in reads]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json() == {"message": {"error": f"This endpoint {AGAIN}"}}
    assert stand_in.get("/repository/files/large/raw").status_code == 200
    assert stand_in.get("/repository/files/a", ref="main").status_code == 200
