"""Protected branches of the GitLab stand-in: the rules, and what they forbid."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab
import pytest

from tests.contract.gitlab_stand_in import API, StandIn, named, said, served

RULES = f"{API}/protected_branches"
CREATE = {"action": "create", "file_path": "new", "content": "1"}


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as running:
        running.seed(main={"a": "1"}, **{"release/1": {}, "feature": {"b": "1"}})
        yield running


def test_rules_are_made_listed_changed_and_taken_away(stand_in: StandIn) -> None:
    rules = stand_in.project().protectedbranches
    made = rules.create({"name": "release/*", "push_access_level": 0, "merge_access_level": 30})

    assert [one.name for one in rules.list(get_all=True)] == ["main", "release/*"]
    assert [row["access_level"] for row in made.push_access_levels] == [0]
    assert made.merge_access_levels[0]["access_level_description"] == "Developers + Maintainers"
    rules.update("release/*", {"allow_force_push": True})
    assert rules.get("release/*").allow_force_push
    rules.delete("release/*")
    assert [one.name for one in rules.list(get_all=True)] == ["main"]


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        ({"name": "main"}, 409, {"message": "Protected branch 'main' already exists"}),
        ({"name": ""}, 422, {"message": ["Name can't be blank"]}),
        ({"name": "x" * 256}, 422, {"message": ["Name is too long (maximum is 255 characters)"]}),
        ({}, 400, {"error": "name is missing"}),
        ({"name": "x", "push_access_level": 35}, 400, {"error": "push_access_level does not have a valid value"}),
    ],
)
def test_a_rule_that_cant_be_is_refused(stand_in: StandIn, body: object, status: int, answer: object) -> None:
    assert said(stand_in.http.post(RULES, json=body)) == (status, answer)


def test_an_unknown_rule_is_not_found(stand_in: StandIn) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        assert said(stand_in.http.request(method, f"{RULES}/nope")) == (404, {"message": "404 Not found"})


def test_developers_may_look_at_the_rules_only(stand_in: StandIn) -> None:
    stand_in.settings(user_access_level=30)

    assert stand_in.http.get(f"{RULES}/main").status_code == 200
    assert stand_in.http.post(RULES, json={"name": "x"}).status_code == 403
    assert stand_in.http.delete(f"{RULES}/main").status_code == 403


@pytest.mark.parametrize("branch", ["main", "release/1"])
def test_a_protected_branch_takes_no_commits_of_developers(stand_in: StandIn, branch: str) -> None:
    """403 by the commits API, 400 by the files API; neither is there a way to delete the branch."""
    stand_in.project().protectedbranches.create({"name": "release/*"})
    stand_in.settings(user_access_level=30)
    single = {"branch": branch, "commit_message": "m", "content": "1"}
    name = branch.replace("/", "%2F")

    text = "You are not allowed to push into this branch"
    assert said(stand_in.commit(branch, CREATE)) == (403, {"message": f"403 Forbidden - {text}"})
    assert said(stand_in.http.post(f"{API}/repository/files/new", json=single)) == (400, {"message": text})
    assert stand_in.http.delete(f"{API}/repository/branches/{name}").status_code == 400


def test_level_zero_lets_nobody_push_but_merge(stand_in: StandIn) -> None:
    """What merges needs its own level."""
    rules = stand_in.project().protectedbranches
    rules.delete("main")
    rules.create({"name": "main", "push_access_level": 0, "merge_access_level": 40})
    fields = {"source_branch": "feature", "target_branch": "main", "title": "t"}
    merge_request = stand_in.project().mergerequests.create(fields)

    assert stand_in.commit("main", CREATE).status_code == 403
    stand_in.settings(user_access_level=30)
    with pytest.raises(gitlab.GitlabAuthenticationError):
        merge_request.merge()
    stand_in.settings(user_access_level=40)
    merge_request.merge()
    assert merge_request.state == "merged"


def test_a_branch_without_a_rule_is_open_to_developers(stand_in: StandIn) -> None:
    """The default one too: once its rule is gone, and where the setting leaves new ones open."""
    stand_in.project().protectedbranches.delete("main")
    stand_in.settings(user_access_level=30, protect_default_branch=False)

    assert stand_in.commit("main", CREATE).status_code == 201
    assert not stand_in.project().branches.get("main").protected
    stand_in.admin("POST", "seed", {"projects": [named("g/open")]})
    assert stand_in.client.projects.get("g/open").protectedbranches.list(get_all=True) == []


def test_only_a_rule_that_says_so_lets_history_be_rewritten(stand_in: StandIn) -> None:
    sha = stand_in.project().branches.get("main").commit["parent_ids"][0]
    rules = stand_in.project().protectedbranches

    refused = stand_in.commit("main", CREATE, start_sha=sha, force=True)
    assert said(refused)[0] == 400
    rules.update("main", {"allow_force_push": True})
    assert stand_in.commit("main", CREATE, start_sha=sha, force=True).status_code == 201


def test_branches_are_searched_by_part_ends_and_wildcards(stand_in: StandIn) -> None:
    def names(**query: Any) -> list[str]:
        return [one.name for one in stand_in.project().branches.list(get_all=True, **query)]

    assert names(search="E") == ["feature", "release/1"]
    assert names(search="^re") == names(search="R*1") == names(regex="^r.*[0-9]$") == ["release/1"]
    assert names(search="in$") == ["main"]
    assert names(search="e*x") == []


def test_merged_branches_are_deleted_together(stand_in: StandIn) -> None:
    """But for those with commits of their own and protected ones."""
    project = stand_in.project()
    for name in ("done", "kept"):
        project.branches.create({"branch": name, "ref": "main"})
    project.protectedbranches.create({"name": "kept"})

    project.delete_merged_branches()

    assert [one.name for one in project.branches.list(get_all=True)] == ["feature", "kept", "main", "release/1"]
