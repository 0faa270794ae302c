"""Issues and labels of the GitLab stand-in, through its client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab
import pytest

from tests.contract.gitlab_stand_in import API, StandIn, said, served
from tests.contract.hooked import first, hooked
from tests.contract.receiver import Receiver, receiving


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as running:
        running.seed(main={"a": "1"}, feature={"b": "1"})
        yield running


def issue(stand_in: StandIn, title: str, **fields: object) -> Any:
    return stand_in.project().issues.create({"title": title, **fields})


def test_an_issue_is_opened_changed_closed_and_opened_again(stand_in: StandIn) -> None:
    made = issue(stand_in, "First", description="Text", labels=["bug", "new"], confidential=True)
    assert (made.iid, made.state, made.labels, made.references["full"]) == (1, "opened", ["bug", "new"], f"{path()}#1")

    made.state_event, made.title, made.labels = "close", "Second", ["bug"]
    made.save()
    again = stand_in.project().issues.get(1)
    assert (again.state, again.title, again.labels, again.confidential) == ("closed", "Second", ["bug"], True)
    assert again.attributes["closed_by"]["id"] == made.author["id"]
    again.state_event = "reopen"
    again.save()
    assert (again.state, again.closed_at) == ("opened", None)
    system = [note.body for note in again.notes.list(get_all=True, sort="asc")]
    assert system == ["closed", "reopened"]


def path() -> str:
    return "pin/pin-analytics/pin-fusion-2.0"


def test_issues_are_listed_by_what_they_are(stand_in: StandIn) -> None:
    one, two, three = (issue(stand_in, title, labels=title) for title in ("one", "two", "three"))
    two.state_event, two.add_labels = "close", "extra"
    two.save()

    def found(**query: Any) -> list[int]:
        return [row.iid for row in stand_in.project().issues.list(get_all=True, **query)]

    assert found() == [3, 2, 1]
    assert found(state="opened", sort="asc") == [1, 3]
    assert found(state="closed") == found(labels="two,extra") == found(search="TW") == [2]
    assert found(order_by="updated_at") == [2, 3, 1]
    assert found(iids=[1, 3], order_by="title", sort="asc") == [1, 3]
    assert found(created_after=three.created_at) == [3]
    assert found(author_id=one.author["id"] + 1) == found(assignee_id="Any") == []
    assert [row.iid for row in stand_in.client.issues.list(get_all=True, scope="all", state="closed")] == [2]


def test_issues_are_listed_by_people_and_by_what_they_are_not(stand_in: StandIn) -> None:
    """As merge requests are."""
    me = stand_in.http.get("/api/v4/user").json()
    issue(stand_in, "one", assignee_ids=[me["id"]], labels=["bug"], due_date="2030-02-01", description="of two")
    issue(stand_in, "two", issue_type="incident", due_date="soon")
    stand_in.http.post(f"{API}/issues", json={"title": "three"}, headers={"PRIVATE-TOKEN": "other"})
    queries: list[tuple[dict[str, Any], list[int]]] = [
        ({"scope": "created_by_me"}, [2, 1]),
        ({"scope": "assigned-to-me"}, [1]),
        ({"assignee_username[]": [me["username"], "nobody"]}, [1]),
        ({"assignee_id": "None"}, [3, 2]),
        ({"not[author_id]": me["id"]}, [3]),
        ({"not[labels]": "bug"}, [3, 2]),
        ({"search": "two", "in": "title"}, [2]),
        ({"issue_type": "incident"}, [2]),
        ({"milestone": "v1"}, []),
    ]
    (detailed,) = stand_in.get("/issues", labels="bug", with_labels_details="true").json()

    assert [[row["iid"] for row in stand_in.get("/issues", **query).json()] for query, _ in queries] == [
        found for _, found in queries
    ]
    assert [label["name"] for label in detailed["labels"]] == ["bug"]
    assert [row["due_date"] for row in stand_in.get("/issues", sort="asc").json()] == ["2030-02-01", None, None]
    assert [row["iid"] for row in stand_in.http.get("/api/v4/issues").json()] == [2, 1]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, {"error": "title is missing"}),
        ({"title": " "}, {"message": {"title": ["can't be blank"]}}),
        ({"title": "x" * 256}, {"message": {"title": ["is too long (maximum is 255 characters)"]}}),
        ({"title": "x", "issue_type": "odd"}, {"error": "issue_type does not have a valid value"}),
    ],
)
def test_an_issue_that_cant_be_is_refused(stand_in: StandIn, body: object, answer: object) -> None:
    assert said(stand_in.http.post(f"{API}/issues", json=body)) == (400, answer)
    assert stand_in.get("/issues").json() == []


def test_an_edit_must_say_something_that_can_be(stand_in: StandIn) -> None:
    issue(stand_in, "One")

    assert said(stand_in.http.put(f"{API}/issues/1", json={"nothing": 1}))[0] == 400
    answer = stand_in.http.put(f"{API}/issues/1", json={"state_event": "burn"})
    assert said(answer) == (400, {"error": "state_event does not have a valid value"})
    assert said(stand_in.http.put(f"{API}/issues/2", json={"title": "x"})) == (404, {"message": "404 Not found"})


def test_only_an_owner_deletes_an_issue(stand_in: StandIn) -> None:
    made = issue(stand_in, "One")

    with pytest.raises(gitlab.GitlabDeleteError, match="403"):
        made.delete()
    stand_in.settings(user_access_level=50)
    made.delete()
    assert stand_in.get("/issues/1").status_code == 404


def test_an_issue_has_notes_of_its_own(stand_in: StandIn) -> None:
    """A merge request of the same number keeps its own."""
    made = issue(stand_in, "One")
    other = stand_in.project().mergerequests.create({"source_branch": "feature", "target_branch": "main", "title": "t"})
    note = made.notes.create({"body": "Hello"})
    note.body = "Hello again"
    note.save()

    assert [(row.body, row.noteable_type) for row in made.notes.list(get_all=True)] == [("Hello again", "Issue")]
    assert other.notes.list(get_all=True) == []
    assert stand_in.project().issues.get(1).user_notes_count == 1
    note.delete()
    assert made.notes.list(get_all=True) == []


def test_a_hook_hears_of_a_note_on_an_issue(stand_in: StandIn) -> None:
    with receiving() as receiver:
        assert isinstance(receiver, Receiver)
        hooked(stand_in, receiver, note_events=True, merge_requests_events=False)
        issue(stand_in, "One", labels="bug").notes.create({"body": "Hello"})
        body = first(receiver, "note").body

    assert (body["object_attributes"]["noteable_type"], body["issue"]["title"]) == ("Issue", "One")
    assert body["issue"]["labels"][0]["title"] == "bug"
    assert body["object_attributes"]["url"].endswith(f"/-/issues/1#note_{body['object_attributes']['id']}")


def test_labels_are_made_changed_and_deleted(stand_in: StandIn) -> None:
    """What bears the label follows."""
    labels = stand_in.project().labels
    made = labels.create({"name": "bug", "color": "#ff0000", "description": "Wrong"})
    issue(stand_in, "One", labels="bug")

    assert labels.get("bug").id == made.id
    assert labels.list(with_counts=True, get_all=True)[0].open_issues_count == 1
    made.new_name, made.color = "defect", "#00ff00"
    made.save()
    assert [(row.name, row.color, row.description) for row in labels.list(get_all=True)] == [
        ("defect", "#00ff00", "Wrong")
    ]
    assert stand_in.project().issues.get(1).labels == ["defect"]
    labels.delete("defect")
    assert labels.list(get_all=True) == []
    assert stand_in.project().issues.get(1).labels == []


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        ({"name": "bug", "color": "#fff"}, 409, {"message": "Label already exists"}),
        ({"name": "x"}, 400, {"error": "color is missing"}),
        ({"name": "x", "color": "#12"}, 400, {"message": {"color": ["must be a valid color code"]}}),
    ],
)
def test_a_label_that_cant_be_is_refused(stand_in: StandIn, body: object, status: int, answer: object) -> None:
    stand_in.project().labels.create({"name": "bug", "color": "#ff0000"})

    assert said(stand_in.http.post(f"{API}/labels", json=body)) == (status, answer)


def test_an_unknown_label_is_not_found(stand_in: StandIn) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = stand_in.http.request(method, f"{API}/labels/nope", json={"color": "#fff"})
        assert said(answer) == (404, {"message": "404 Label Not Found"})


def test_using_a_label_makes_it(stand_in: StandIn) -> None:
    """On merge requests and issues, at the beginning and later."""
    issue(stand_in, "One", labels="a")
    fields = {"source_branch": "feature", "target_branch": "main", "title": "t", "labels": ["b"]}
    merge_request = stand_in.project().mergerequests.create(fields)
    merge_request.labels = ["a", "c"]
    merge_request.save()

    assert [label.name for label in stand_in.project().labels.list(get_all=True)] == ["a", "b", "c"]
