"""What a repository holds: branches, commits, files, trees, archives and their protection."""

import base64
import io
import tarfile
import zipfile

import gitlab
import pytest

from tests.strangers.python_gitlab.ground import Ground, opened, write

TEXT = "größer\n"
ARCHIVES = ("tar.gz", "tgz", "gz", "tar.bz2", "tbz", "tbz2", "tb2", "bz2", "tar")


def branches(ground: Ground) -> None:
    project = ground.project()
    made = project.branches.create({"branch": "feature/a#1", "ref": "main"})
    found = project.branches.get(made.name)

    assert found.commit["id"] == project.branches.get("main").commit["id"]
    assert {one.name for one in project.branches.list()} == {"main", made.name}
    assert ground.client.http_head(f"/projects/{project.id}/repository/branches/main")
    made.delete()
    with pytest.raises(gitlab.GitlabGetError):
        project.branches.get(made.name)
    opened(project, "done").merge()
    project.delete_merged_branches()


def protected_branches(ground: Ground) -> None:
    project = ground.project()
    rule = project.protectedbranches.create({"name": "release/*", "push_access_level": 40, "merge_access_level": 30})
    rule.allow_force_push = True
    rule.save()

    assert project.protectedbranches.get("release/*").allow_force_push
    assert {one.name for one in project.protectedbranches.list()} == {"main", "release/*"}
    rule.delete()


def commits(ground: Ground) -> None:
    project = ground.project()
    first = project.branches.get("main").commit["id"]
    made = write(project, "main", **{"a/b.txt": TEXT})
    found = project.commits.get(made.id)

    assert found.parent_ids == [first]
    assert [one.id for one in project.commits.list(query_parameters={"path": "a/b.txt"})] == [made.id]
    assert [one["new_path"] for one in found.diff(get_all=True)] == ["a/b.txt"]
    assert {"type": "branch", "name": "main"} in found.refs(get_all=True)
    assert found.merge_requests(get_all=True) == []
    compared = project.repository_compare(first, made.id)
    assert [one["id"] for one in compared["commits"]] == [made.id]
    assert project.repository_merge_base([first, made.id])["id"] == first


def commit_comments(ground: Ground) -> None:
    project = ground.project()
    commit = project.commits.get("main")
    commit.comments.create({"note": "Seen"})
    talk = commit.discussions.create({"body": "Why?"})
    note = talk.notes.create({"body": "So"})
    note.body = "Therefore"
    note.save()

    assert "Seen" in {one.note for one in commit.comments.list(iterator=True)}
    assert talk.id in {one.id for one in commit.discussions.list()}
    assert commit.discussions.get(talk.id).notes.get(note.id).body == "Therefore"
    note.delete()


def files(ground: Ground) -> None:
    project = ground.project()
    made = project.files.create(
        {"file_path": "code/a b/ü#1.sql", "branch": "main", "content": TEXT, "commit_message": "One"}
    )
    found = project.files.get(made.file_path, ref="main")

    assert found.decode().decode() == TEXT
    assert project.files.head(made.file_path, ref="main")["X-Gitlab-Blob-Id"] == found.blob_id
    assert project.files.raw(made.file_path, ref="main") == TEXT.encode()
    found.content = "two"
    found.save(branch="main", commit_message="Two")
    encoded = base64.b64encode(b"\0three").decode()
    project.files.update(made.file_path, {"branch": "main", "content": encoded, "encoding": "base64",
                                          "commit_message": "Three"})  # fmt: skip
    assert project.files.get(made.file_path, ref="main").decode() == b"\0three"
    found.delete(branch="main", commit_message="Gone")


def trees_and_blobs(ground: Ground) -> None:
    project = ground.project()
    write(project, "main", **{f"config/{number}.json": f"{number}" for number in range(30)})
    paged = project.repository_tree(
        path="config", recursive=True, per_page=7, iterator=True, pagination="keyset", order_by="id"
    )
    found = {entry["path"]: entry["id"] for entry in paged}

    assert set(found) == {f"config/{number}.json" for number in range(30)}
    blob = found["config/7.json"]
    assert base64.b64decode(project.repository_blob(blob)["content"]) == b"7"
    assert project.repository_raw_blob(blob) == b"7"


def archives(ground: Ground) -> None:
    ground.stand_in.admin("PUT", "settings", {"archives_per_minute": 0})
    project = ground.project()
    plain = project.repository_archive(sha="main")
    packed = [project.repository_archive(sha="main", format=form) for form in ARCHIVES]
    zipped = zipfile.ZipFile(io.BytesIO(project.repository_archive(sha="main", format="zip")))

    assert any(name.endswith("/README.md") for name in zipped.namelist())
    for each in (plain, *packed):
        with tarfile.open(fileobj=io.BytesIO(each)) as archive:
            assert any(name.endswith("/README.md") for name in archive.getnames())


WALKS = (branches, protected_branches, commits, commit_comments, files, trees_and_blobs, archives)
