"""History in the GitLab stand-in, as python-gitlab meets it: the log, differences, comparisons, merge bases."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from gitlab.exceptions import GitlabGetError

from tests.contract.gitlab_stand_in import API, PATH, StandIn, served

ANN = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as stand_in:
        yield stand_in


def run(command: list[str]) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_the_log_is_newest_first_and_can_be_narrowed(gitlab: StandIn) -> None:
    """By range, path, ancestry; a ref that isn't there has no commits, as in GitLab."""
    project = gitlab.seed(main={"a": "1"})
    gitlab.commit("side", {"action": "create", "file_path": "dir/b"}, start_branch="main")
    gitlab.commit("side", {"action": "update", "file_path": "a", "content": "2"})

    def titles(**query: object) -> list[str]:
        query.setdefault("ref_name", "side")
        return [commit.title for commit in project.commits.list(get_all=True, query_parameters=query)]

    assert titles() == ["Change", "Change", "Fill main", "Initial commit"]
    assert titles(ref_name="main..side") == ["Change", "Change"]
    assert titles(path="a") == ["Change", "Fill main"]
    assert titles(path="dir/") == ["Change"]
    assert titles(path="a", ref_name="main") == ["Fill main"]
    assert titles(until="2020-01-01T00:00:00Z") == []
    assert len(titles(since="2020-01-01T00:00:00+00:00", first_parent="true")) == 4
    assert titles(ref_name="nope") == titles(ref_name="main..nope") == []


def test_a_commit_knows_its_differences_and_its_branches(gitlab: StandIn) -> None:
    project = gitlab.seed(main={"a": "1\n"}, other={})
    made = gitlab.commit("main", {"action": "update", "file_path": "a", "content": "2\n"}).json()["id"]
    gitlab.commit("new", {"action": "create", "file_path": "b"}, start_branch="main")

    commit = project.commits.get(made)

    assert [(diff["new_path"], diff["diff"]) for diff in commit.diff()] == [("a", "@@ -1 +1 @@\n-1\n+2\n")]
    assert [ref["name"] for ref in commit.refs()] == ["main", "new"]
    assert commit.stats == {"additions": 1, "deletions": 1, "total": 2}


def test_a_comparison_starts_at_the_merge_base_unless_it_is_straight(gitlab: StandIn) -> None:
    project = gitlab.seed(main={"a": "1"})
    gitlab.commit("side", {"action": "create", "file_path": "b"}, start_branch="main", commit_message="first")
    gitlab.commit("side", {"action": "create", "file_path": "c"}, commit_message="second")
    gitlab.commit("main", {"action": "create", "file_path": "d", "content": "other"})

    three_dots, two_dots = (project.repository_compare("main", "side", straight=straight) for straight in (False, True))

    assert isinstance(three_dots, dict)
    assert isinstance(two_dots, dict)
    assert [diff["new_path"] for diff in three_dots["diffs"]] == ["b", "c"]
    assert [diff["new_path"] for diff in two_dots["diffs"]] == ["b", "c", "d"]
    assert [commit["title"] for commit in three_dots["commits"]] == ["first", "second"]
    assert three_dots["commit"]["title"] == "second"
    same = project.repository_compare("main", "main")
    assert isinstance(same, dict)
    assert (same["commit"], same["compare_same_ref"], same["diffs"]) == (None, True, [])


def test_a_comparison_has_every_commit_of_its_range(gitlab: StandIn) -> None:
    """Those that a merge brought in too, each with all its parents, oldest first and none before its parents."""
    project = gitlab.seed(main={"a": "1"})
    start = project.commits.get("main").id
    gitlab.http.post(f"{API}/repository/branches", json={"branch": "side", "ref": start})
    for number in range(3):
        gitlab.commit("side", {"action": "create", "file_path": f"s{number}"})
        gitlab.commit("main", {"action": "create", "file_path": f"m{number}"})
    mains, sides = project.commits.get("main").id, project.commits.get("side").id
    request = project.mergerequests.create({"source_branch": "main", "target_branch": "side", "title": "Catch up"})
    merged = str(request.merge()["merge_commit_sha"])
    gitlab.commit("side", {"action": "create", "file_path": "last"})
    tip = project.commits.get("side").id

    commits = gitlab.get("/repository/compare", **{"from": start, "to": "side"}).json()["commits"]
    beyond_main = gitlab.get("/repository/compare", **{"from": "main", "to": "side"}).json()["commits"]

    directory = gitlab.admin("GET", "dump")["projects"][PATH]["git_dir"]
    command = ["git", "-C", directory, "rev-list", "--parents", f"{start}..side"]
    told = {line.partition(" ")[0]: line.split()[1:] for line in run(command)}
    assert {commit["id"]: commit["parent_ids"] for commit in commits} == told
    assert len(commits) == 8
    assert [commit["id"] for commit in commits[-2:]] == [merged, tip]
    assert told[merged] == [sides, mains]
    places = {commit["id"]: place for place, commit in enumerate(commits)}
    assert all(places.get(parent, -1) < places[commit["id"]] for commit in commits for parent in commit["parent_ids"])
    assert {commit["id"] for commit in beyond_main} == set(told) - set(run([*command[:3], "rev-list", "main"]))


def test_a_merge_and_what_it_merged_come_before_where_they_began(gitlab: StandIn) -> None:
    """However fast: all of it happens within a second or two, and the merge's first parent is older than its second."""
    project = gitlab.seed(main={"a": "1"}, side={"b": "1"})
    gitlab.commit("side", {"action": "create", "file_path": "c"}, commit_message="last")
    project.mergerequests.create({"source_branch": "side", "target_branch": "main", "title": "Merge"}).merge()

    for narrowed in ({"ref_name": "main"}, {"all": "true"}):
        listed = list(project.commits.list(get_all=True, query_parameters=narrowed))
        places = {commit.id: place for place, commit in enumerate(listed)}
        assert len(listed) == 5
        assert all(place < places[parent] for place, commit in enumerate(listed) for parent in commit.parent_ids)


def test_long_comparisons_lose_texts_and_then_files(gitlab: StandIn) -> None:
    project = gitlab.seed(main={})
    gitlab.commit(
        "side", *({"action": "create", "file_path": f"f{n}", "content": "x" * n} for n in range(6)), start_branch="main"
    )
    gitlab.settings(diff_max_files=4, compare_max_diffs=5, diff_max_bytes=30, compare_timeout=True)

    found = project.repository_compare("main", "side")

    assert isinstance(found, dict)
    assert [bool(diff["collapsed"]) for diff in found["diffs"]] == [False] * 4 + [True]
    assert found["diffs"][4]["diff"] == ""
    assert found["compare_timeout"] is True
    gitlab.settings(diff_max_files=100, diff_max_bytes=5)
    cut = project.commits.get("side").diff(get_all=True)
    assert {(diff["diff"], diff["too_large"]) for diff in cut} == {("", True), ("", False)}


def test_a_merge_base_needs_two_refs_that_have_one(gitlab: StandIn) -> None:
    project = gitlab.seed(main={"a": "1"}, side={"b": "1"})

    base = project.repository_merge_base(["main", "side"])

    assert isinstance(base, dict)
    assert base["title"] == "Initial commit"
    main = project.commits.get("main").id
    for same in (["main", "main"], ["main", main], [main, main, "main"]):
        itself = project.repository_merge_base(same)
        assert isinstance(itself, dict)
        assert itself["id"] == main
    with pytest.raises(GitlabGetError) as one:
        project.repository_merge_base(["main"])
    with pytest.raises(GitlabGetError) as unknown:
        project.repository_merge_base(["main", "nope"])
    assert (one.value.response_code, one.value.error_message) == (400, "Provide at least 2 refs")
    assert (unknown.value.response_code, unknown.value.error_message) == (400, "Could not find ref: nope")


def test_tags_are_among_the_refs_of_a_commit(gitlab: StandIn) -> None:
    """Those with an object of their own too; `type` asks for one kind."""
    gitlab.seed(main={"a": "1"})
    place = gitlab.admin("GET", "dump")["projects"][PATH]["git_dir"]
    run(["git", "-C", place, *ANN, "tag", "--annotate", "v1", "--message", "One", "main"])
    run(["git", "-C", place, "tag", "v0", "main~1"])
    rows = {kind: gitlab.get("/repository/commits/main/refs", type=kind).json() for kind in ("all", "branch", "tag")}

    assert rows["all"] == [{"type": "branch", "name": "main"}, {"type": "tag", "name": "v1"}]
    assert (rows["branch"], rows["tag"]) == (rows["all"][:1], rows["all"][1:])


def test_branches_are_listed_by_name_or_by_their_newest_commit(gitlab: StandIn) -> None:
    """`sort` wants those first that changed last, or first."""
    gitlab.seed(**{name: {"a": name} for name in ("b", "a", "main")})
    place = gitlab.admin("GET", "dump")["projects"][PATH]["git_dir"]
    for name, year in (("b", 2032), ("main", 2031), ("a", 2030)):
        wanted = ["commit-tree", f"{name}^{{tree}}", "-p", name, "-m", "Later"]
        dated = ["env", f"GIT_COMMITTER_DATE={year}-01-01T00:00:00Z", "git", "-C", place, *ANN, *wanted]
        run(["git", "-C", place, "update-ref", f"refs/heads/{name}", *run(dated)])

    def names(**query: str) -> list[str]:
        return [branch["name"] for branch in gitlab.get("/repository/branches", **query).json()]

    assert names() == names(sort="name_asc") == ["a", "b", "main"]
    assert names(sort="updated_desc") == ["b", "main", "a"]
    assert names(sort="updated_asc") == ["a", "main", "b"]
