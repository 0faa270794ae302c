"""Groups, namespaces, projects and members of the GitLab stand-in, through its client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab
import pytest
from gitlab.v4.objects import Group

from tests.contract.gitlab_stand_in import StandIn, named, said, served

TAKEN = "has already been taken"


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as running:
        yield running


def group(stand_in: StandIn, path: str, **more: object) -> Group:
    made = stand_in.client.groups.create({"name": path.title(), "path": path, **more})
    assert isinstance(made, Group)
    return made


def project(stand_in: StandIn, **fields: object) -> Any:
    return stand_in.client.projects.create(fields)


def seeded(stand_in: StandIn, *paths: str) -> None:
    stand_in.admin("POST", "seed", {"projects": [named(path) for path in paths]})


def test_a_group_is_found_by_number_and_path_and_in_lists(stand_in: StandIn) -> None:
    top = group(stand_in, "pin", description="All")
    below = group(stand_in, "analytics", parent_id=top.id)
    deep = group(stand_in, "deep", parent_id=below.id)

    assert stand_in.client.groups.get("pin/analytics").id == below.id
    assert stand_in.client.groups.get(top.id).full_path == "pin"
    assert (deep.full_path, deep.full_name, deep.parent_id) == (
        "pin/analytics/deep",
        "Pin / Analytics / Deep",
        below.id,
    )
    assert [one.id for one in top.subgroups.list(get_all=True)] == [below.id]
    assert [one.id for one in top.descendant_groups.list(get_all=True)] == [below.id, deep.id]
    assert [one.path for one in stand_in.client.groups.list(top_level_only=True, get_all=True)] == ["pin"]
    assert [one.path for one in stand_in.client.groups.list(search="ana", get_all=True)] == ["analytics"]


def test_groups_exist_for_projects_that_were_seeded(stand_in: StandIn) -> None:
    """Also as what projects are listed by, those of subgroups on demand."""
    seeded(stand_in, "pin/a", "pin/sub/b", "other/c")
    pin = stand_in.client.groups.get("pin")

    assert [one.path for one in pin.projects.list(get_all=True)] == ["a"]
    assert [one.path for one in pin.projects.list(include_subgroups=True, get_all=True)] == ["b", "a"]
    assert stand_in.client.projects.get("pin/sub/b").namespace["id"] == stand_in.client.groups.get("pin/sub").id


def test_a_group_is_renamed_and_deleted_with_all_that_is_in_it(stand_in: StandIn) -> None:
    top = group(stand_in, "pin")
    below = group(stand_in, "sub", parent_id=top.id)
    made = project(stand_in, name="p", namespace_id=below.id)
    top.name = "Renamed"
    top.save()

    assert stand_in.client.groups.get("pin").name == "Renamed"
    top.delete()
    for place in (f"groups/{below.id}", f"projects/{made.id}", "groups/pin"):
        assert stand_in.http.get(f"/api/v4/{place}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        ({"name": "x"}, 400, {"error": "path is missing"}),
        ({"name": "x", "path": "pin"}, 400, {"message": f'Failed to save group {{:path=>["{TAKEN}"]}}'}),
        ({"name": "x", "path": "x", "parent_id": 999}, 404, {"message": "404 Group Not Found"}),
    ],
)
def test_a_group_that_cant_be_is_refused(stand_in: StandIn, body: object, status: int, answer: object) -> None:
    group(stand_in, "pin")

    assert said(stand_in.http.post("/api/v4/groups", json=body)) == (status, answer)


def test_a_project_begins_empty_or_with_a_readme(stand_in: StandIn) -> None:
    """In the caller's own namespace, or in that of a group."""
    empty = project(stand_in, name="Plain One")
    begun = project(
        stand_in,
        name="begun",
        path="Begun.2",
        namespace_id=group(stand_in, "pin").id,
        initialize_with_readme=True,
        default_branch="trunk",
        merge_method="ff",
        description="What for",
    )

    me = stand_in.http.get("/api/v4/user").json()["username"]
    assert (empty.path_with_namespace, empty.name) == (f"{me}/plain-one", "Plain One")
    assert empty.name_with_namespace == "User 2 / Plain One"
    assert (empty.empty_repo, empty.default_branch, empty.namespace["kind"]) == (True, None, "user")
    assert (begun.path_with_namespace, begun.default_branch, begun.merge_method) == ("pin/Begun.2", "trunk", "ff")
    assert (begun.description, begun.name_with_namespace) == ("What for", "Pin / begun")
    assert [one["name"] for one in begun.repository_tree()] == ["README.md"]
    assert [rule.name for rule in begun.protectedbranches.list(get_all=True)] == ["trunk"]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, {"error": "name, path are missing, at least one parameter must be provided"}),
        ({"name": "p", "namespace_id": 999}, {"message": {"namespace": ["is not valid"]}}),
        ({"name": "p", "merge_method": "magic"}, {"error": "merge_method does not have a valid value"}),
    ],
)
def test_a_project_that_cant_be_is_refused(stand_in: StandIn, body: object, answer: object) -> None:
    assert said(stand_in.http.post("/api/v4/projects", json=body)) == (400, answer)


def test_a_taken_path_is_refused_whatever_its_case(stand_in: StandIn) -> None:
    """On making a project and on renaming one."""
    project(stand_in, name="taken")
    other = project(stand_in, name="other")
    expected = 400, {"message": {name: [TAKEN] for name in ("project_namespace.name", "name", "path")}}

    assert said(stand_in.http.post("/api/v4/projects", json={"name": "Taken"})) == expected
    assert said(stand_in.http.put(f"/api/v4/projects/{other.id}", json={"path": "taken"})) == expected


def test_an_owner_edits_archives_and_deletes(stand_in: StandIn) -> None:
    """Deleting is a promise (202); an archived project takes no commits."""
    made = project(stand_in, name="mine", initialize_with_readme=True)
    made.description, made.lfs_enabled = "New", False
    made.save()
    again = stand_in.client.projects.get(made.id)
    action = {"action": "create", "file_path": "x", "content": "1"}
    commit = {"branch": "main", "commit_message": "m", "actions": [action]}

    assert (again.description, again.lfs_enabled) == ("New", False)
    made.archive()
    assert stand_in.client.projects.get(made.id).archived
    assert stand_in.http.post(f"/api/v4/projects/{made.id}/repository/commits", json=commit).status_code == 403
    made.unarchive()
    assert not stand_in.client.projects.get(made.id).archived
    answer = stand_in.http.delete(f"/api/v4/projects/{made.id}")
    assert said(answer) == (202, {"message": "202 Accepted"})
    assert said(stand_in.http.get(f"/api/v4/projects/{made.id}")) == (404, {"message": "404 Project Not Found"})


def test_only_an_owner_deletes(stand_in: StandIn) -> None:
    seeded(stand_in, "pin/a")

    assert said(stand_in.http.delete("/api/v4/projects/1")) == (403, {"message": "403 Forbidden"})


@pytest.mark.parametrize(("order", "numbers"), [("asc", [1, 2, 3, 4, 5]), ("desc", [5, 4, 3, 2, 1])])
def test_projects_come_in_keyset_pages(stand_in: StandIn, order: str, numbers: list[int]) -> None:
    """By id only; each page has just the link to the next."""
    seeded(stand_in, *(f"g/p{number}" for number in range(1, 6)))
    query: dict[str, Any] = {"pagination": "keyset", "order_by": "id", "sort": order, "per_page": 2}

    first = stand_in.http.get("/api/v4/projects", params=query)
    assert "X-Total" not in first.headers
    assert set(first.links) == {"next"}
    found = stand_in.client.projects.list(iterator=True, **query)
    assert [one.id for one in found] == numbers
    refused = stand_in.http.get("/api/v4/projects", params={"pagination": "keyset", "order_by": "name"})
    assert refused.status_code == 405


def test_lists_of_projects_are_narrowed(stand_in: StandIn) -> None:
    seeded(stand_in, "g/one", "g/two")
    mine = project(stand_in, name="mine")

    def names(**query: Any) -> list[str]:
        return [one.path for one in stand_in.client.projects.list(get_all=True, **query)]

    assert names() == ["mine", "two", "one"]
    assert names(search="w") == ["two"]
    assert names(owned=True) == ["mine"]
    assert names(id_after=1) == ["mine", "two"]
    assert names(id_before=2) == ["one"]
    assert names(last_activity_after="2099-01-01T00:00:00Z") == names(starred=True) == []
    assert names(last_activity_before="2099-01-01T00:00:00Z") == names()
    assert names(order_by="name", sort="asc") == ["mine", "one", "two"]
    mine.archive()
    assert names(archived=False) == ["two", "one"]
    assert "permissions" not in stand_in.http.get("/api/v4/projects?simple=true").json()[0]


def test_a_member_has_the_level_that_it_was_given(stand_in: StandIn) -> None:
    """Whatever the setting says of everybody else; that of a group counts in its projects."""
    seeded(stand_in, "g/p")
    with gitlab.Gitlab(stand_in.url, private_token="two") as two:
        number = two.http_get("/user")["id"]  # type: ignore[index]
        members = stand_in.client.projects.get("g/p").members
        made = members.create({"user_id": number, "access_level": 30})
        assert two.projects.get("g/p").permissions["project_access"]["access_level"] == 30
        with pytest.raises(gitlab.GitlabUpdateError, match="403 Forbidden"):
            two.projects.update("g/p", {"description": "x"})
        made.access_level = 40
        made.save()
        two.projects.update("g/p", {"description": "x"})
        made.delete()
        assert members.list(get_all=True) == []


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        ({"user_id": 999, "access_level": 30}, 404, {"message": "404 User Not Found"}),
        ({"user_id": 1, "access_level": 31}, 400, {"error": "access_level does not have a valid value"}),
        ({"user_id": 1}, 400, {"error": "access_level is missing"}),
        ({"user_id": 2, "access_level": 30}, 409, {"message": "Member already exists"}),
    ],
)
def test_a_member_that_cant_be_is_refused(stand_in: StandIn, body: object, status: int, answer: object) -> None:
    made = group(stand_in, "pin")

    assert said(stand_in.http.post(f"/api/v4/groups/{made.id}/members", json=body)) == (status, answer)


def test_inherited_members_show_in_all(stand_in: StandIn) -> None:
    made = project(stand_in, name="p", namespace_id=group(stand_in, "pin").id)

    assert made.members.list(get_all=True) == []
    assert [one.access_level for one in made.members_all.list(get_all=True)] == [50]
    assert made.members_all.get(stand_in.http.get("/api/v4/user").json()["id"]).access_level == 50


def test_namespaces_are_the_callers_own_and_the_groups(stand_in: StandIn) -> None:
    """Users are found too, by name."""
    made = group(stand_in, "pin")
    me = stand_in.http.get("/api/v4/user").json()

    kinds = [(one.full_path, one.kind) for one in stand_in.client.namespaces.list(get_all=True)]
    assert kinds == [(me["username"], "user"), ("pin", "group")]
    assert stand_in.client.namespaces.get("pin").id == made.id
    assert [one.id for one in stand_in.client.users.list(username="root", get_all=True)] == [1]
    assert stand_in.client.users.get(me["id"]).username == me["username"]
