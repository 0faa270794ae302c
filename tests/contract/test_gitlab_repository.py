"""The repository part of the GitLab stand-in, as the python-gitlab client meets it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from gitlab.exceptions import GitlabHeadError

from tests.contract.gitlab_stand_in import API, PATH, StandIn, served

AWKWARD = "code/ford rdd - v2 QA/Täst/a+b%20c#1?.py"


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as stand_in:
        yield stand_in


def test_a_project_is_found_by_number_and_by_path(gitlab: StandIn) -> None:
    gitlab.seed(main={})

    by_path, by_number = gitlab.client.projects.get(PATH), gitlab.client.projects.get(1)

    assert by_path.attributes == by_number.attributes
    assert (by_path.path_with_namespace, by_path.default_branch, by_path.empty_repo) == (PATH, "main", False)


def test_a_project_keeps_what_is_put(gitlab: StandIn) -> None:
    gitlab.seed(main={}, develop={})
    wanted = {"merge_method": "ff", "squash_option": "always", "default_branch": "develop"}

    gitlab.client.projects.update(PATH, wanted)

    project = gitlab.client.projects.get(PATH)
    assert {name: getattr(project, name) for name in wanted} == wanted
    assert gitlab.project().files.get("README.md", ref="HEAD").ref == "HEAD"


def test_a_project_merges_as_the_stand_in_does_until_it_is_told_otherwise(gitlab: StandIn) -> None:
    gitlab.seed(main={})
    gitlab.settings(merge_method="ff")
    before = gitlab.client.projects.get(PATH).merge_method

    gitlab.client.projects.update(PATH, {"merge_method": "merge"})

    assert (before, gitlab.client.projects.get(PATH).merge_method) == ("ff", "merge")


def test_branches_with_slashes_come_and_go(gitlab: StandIn) -> None:
    project = gitlab.seed(main={"a": "1"})

    made = project.branches.create({"branch": "feature/x/y.z", "ref": "main"})
    again = project.branches.get("feature/x/y.z")

    assert made.commit["id"] == again.commit["id"] == project.commits.get("main").id
    assert (again.default, again.protected, again.merged) == (False, False, True)
    assert project.branches.get("main").protected
    project.branches.delete("feature/x/y.z")
    assert [branch.name for branch in project.branches.list(get_all=True)] == ["main"]


def test_a_file_of_any_name_is_read_in_three_ways(gitlab: StandIn) -> None:
    """JSON, raw and HEAD agree about content, blob, commit and the last commit of that very path."""
    project = gitlab.seed(main={AWKWARD: "prínt()\n"})
    gitlab.commit("main", {"action": "create", "file_path": "other", "content": ""})
    head, content = project.commits.get("main").id, "prínt()\n".encode()

    shown, headers = project.files.get(AWKWARD, ref="main"), project.files.head(AWKWARD, ref="main")

    assert shown.decode() == project.files.raw(AWKWARD, ref="main") == content
    assert shown.content_sha256 == hashlib.sha256(content).hexdigest() == headers["X-Gitlab-Content-Sha256"]
    assert shown.blob_id == hashlib.sha1(b"blob 9\0" + content, usedforsecurity=False).hexdigest()
    assert headers["X-Gitlab-Blob-Id"] == shown.blob_id
    assert (shown.commit_id, shown.size, shown.encoding) == (head, 9, "base64")
    assert shown.last_commit_id == project.commits.get(head).parent_ids[0] == headers["X-Gitlab-Last-Commit-Id"]
    assert headers["X-Gitlab-File-Path"].encode("latin-1").decode() == shown.file_path == AWKWARD


def test_a_plus_is_a_space_in_a_query_and_itself_in_a_path(gitlab: StandIn) -> None:
    """A path is decoded once, and only after its segments are told apart."""
    gitlab.seed(main={"a b/c": "1", "a+b/c": "2", "a%2Bb": "3"})

    def listed(path: str) -> list[str]:
        return [entry["path"] for entry in gitlab.http.get(f"{API}/repository/tree?path={path}").json()]

    assert (listed("a+b"), listed("a%2Bb")) == (["a b/c"], ["a+b/c"])
    raws = [gitlab.http.get(f"{API}/repository/files/{path}/raw").text for path in ("a+b%2Fc", "a%20b%2Fc", "a%252Bb")]
    assert raws == ["2", "1", "3"]


def test_an_lfs_pointer_stays_one(gitlab: StandIn) -> None:
    """Unless its object is asked for, which this repository does not have."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    project = gitlab.seed(main={"big": pointer})

    assert project.files.raw("big", ref="main") == pointer.encode()
    assert gitlab.get("/repository/files/big/raw", lfs="true").status_code == 404


def test_a_raw_file_needs_no_ref_and_has_headers_by_any_verb(gitlab: StandIn) -> None:
    gitlab.seed(main={"a": "1"})

    got, head = (gitlab.http.request(verb, f"{API}/repository/files/a/raw") for verb in ("GET", "HEAD"))

    assert (got.content, head.content, got.headers["Content-Type"]) == (b"1", b"", "text/plain; charset=utf-8")
    assert got.headers["X-Gitlab-Ref"] == head.headers["X-Gitlab-Ref"] == "HEAD"
    assert got.headers["X-Gitlab-Blob-Id"] == head.headers["X-Gitlab-Blob-Id"]


def test_parameters_come_by_query_or_body_and_the_path_wins(gitlab: StandIn) -> None:
    project = gitlab.seed(main={"a": "1"})
    gitlab.http.post(f"{API}/repository/branches", params={"branch": "query", "ref": "nope"}, json={"ref": "main"})
    write = {"file_path": "b", "path": "b", "branch": "query", "commit_message": "m", "content": "2"}
    gitlab.http.put(f"{API}/repository/files/a", data=write)

    assert project.files.raw("a", ref="query") == b"2"
    assert {entry["name"] for entry in project.repository_tree(ref="query", get_all=True)} == {"a", "README.md"}


def test_a_file_is_written_by_the_clients_own_calls(gitlab: StandIn) -> None:
    """The client sends an encoded `file_path` in the body of PUT, and the parameters of DELETE in the query."""
    project = gitlab.seed(main={})
    made = project.files.create({"file_path": AWKWARD, "branch": "main", "content": "1", "commit_message": "make"})

    project.files.update(AWKWARD, {"branch": "main", "content": "2", "commit_message": "change"})

    assert (made.file_path, made.branch) == (AWKWARD, "main")
    assert [entry["path"] for entry in project.repository_tree(get_all=True)] == ["code", "README.md"]
    assert project.files.raw(AWKWARD, ref="main") == b"2"
    project.files.delete(AWKWARD, branch="main", commit_message="gone")
    with pytest.raises(GitlabHeadError):
        project.files.head(AWKWARD, ref="main")


def test_a_commit_is_all_its_actions_at_once(gitlab: StandIn) -> None:
    project = gitlab.seed(main={"old": "1", "run": "2", "gone": "3"})
    actions: list[dict[str, object]] = [
        {"action": "create", "file_path": "bin", "content": "AAE=", "encoding": "base64"},
        {"action": "update", "file_path": "run", "content": "4"},
        {"action": "chmod", "file_path": "run", "execute_filemode": True},
        {"action": "move", "file_path": "new", "previous_path": "old"},
        {"action": "delete", "file_path": "gone"},
    ]

    made = project.commits.create(
        {"branch": "main", "commit_message": "Many\n\nOrigin: here", "actions": actions, "author_name": "Ann"}
    )

    assert [project.files.raw(path, ref=made.id) for path in ("bin", "run", "new")] == [b"\0\1", b"4", b"1"]
    assert {entry["path"] for entry in project.repository_tree(get_all=True)} == {"bin", "run", "new", "README.md"}
    assert project.files.get("run", ref="main").execute_filemode
    assert (made.author_name, made.title, made.trailers) == ("Ann", "Many", {"Origin": "here"})
    assert (made.committer_name, made.status, made.last_pipeline) == ("User 2", None, None)
    assert set(made.stats) == {"additions", "deletions", "total"}


def test_a_commit_starts_a_branch_from_a_branch_or_a_sha(gitlab: StandIn) -> None:
    project = gitlab.seed(main={"a": "1"})
    start = project.commits.get("main").id
    create: dict[str, object] = {"action": "create", "file_path": "b"}

    from_branch = gitlab.commit("one", create, start_branch="main").json()
    from_sha = gitlab.commit("two", create, start_sha=start).json()
    forced = gitlab.commit("two", {**create, "file_path": "c"}, start_branch="main", force=True).json()

    assert from_branch["parent_ids"] == from_sha["parent_ids"] == forced["parent_ids"] == [start]
    assert [entry["path"] for entry in project.repository_tree(ref="two", get_all=True)] == ["README.md", "a", "c"]
