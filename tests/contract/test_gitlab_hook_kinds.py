"""Hooks of the GitLab stand-in about pipelines, notes and deployments, which a service of its own doing hears too."""

import re
from typing import Any

import pytest

from tests.contract.gitlab_stand_in import API, PATH, StandIn
from tests.contract.hooked import hooked, kinds, opened, tip
from tests.contract.receiver import Receiver

STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")
NOTES = f"{API}/merge_requests/1/notes"


def me(stand_in: StandIn) -> int:
    return int(stand_in.http.get("/api/v4/user").json()["id"])


def status(stand_in: StandIn, state: str, **fields: object) -> Any:
    body = {"state": state, "name": "aic/deploy", **fields}
    answer = stand_in.http.post(f"{API}/statuses/{tip(stand_in, 'feature')}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def note(stand_in: StandIn, body: str = "hello") -> Any:
    return stand_in.http.post(NOTES, json={"body": body}).json()


def deploy(stand_in: StandIn, state: str) -> int:
    body = {"environment": "aic/production", "sha": tip(stand_in), "ref": "main", "tag": False, "status": state}
    return int(stand_in.http.post(f"{API}/deployments", json=body).json()["id"])


def finish(stand_in: StandIn, pipeline: int, state: str) -> None:
    stand_in.admin("POST", "finish-pipeline", {"project": PATH, "pipeline": pipeline, "status": state})


def test_a_status_from_outside_tells_of_its_pipeline(stand_in: StandIn, receiver: Receiver) -> None:
    """Of no merge request and without builds; the user is whoever posted the status."""
    hooked(stand_in, receiver, pipeline_events=True)
    posted = status(stand_in, "running")
    (sent,) = receiver.wait(1)
    body, attributes = sent.body, sent.body["object_attributes"]

    assert sent.headers["X-Gitlab-Event"] == "Pipeline Hook"
    assert body["object_kind"] == "pipeline"
    assert (attributes["id"], attributes["source"], attributes["status"]) == (
        posted["pipeline_id"],
        "external",
        "running",
    )
    assert (attributes["ref"], attributes["sha"], attributes["tag"]) == ("feature", tip(stand_in, "feature"), False)
    assert (attributes["stages"], attributes["variables"], body["builds"]) == (["external"], [], [])
    assert STAMP.fullmatch(attributes["created_at"])
    assert (attributes["finished_at"], attributes["duration"]) == (None, None)
    assert body["merge_request"] is None
    assert (body["user"]["id"], body["user"]["email"]) == (me(stand_in), "[REDACTED]")
    assert (body["project"]["path_with_namespace"], "homepage" in body["project"]) == (PATH, False)
    assert body["commit"]["id"] == attributes["sha"]


def test_a_pipeline_is_told_of_when_its_state_changes_and_only_then(stand_in: StandIn, receiver: Receiver) -> None:
    """A second status that leaves it running, and a refused one, say nothing."""
    hooked(stand_in, receiver, pipeline_events=True)
    status(stand_in, "pending")
    status(stand_in, "running")
    status(stand_in, "success", name="lint")
    sha = tip(stand_in, "feature")
    assert (
        stand_in.http.post(f"{API}/statuses/{sha}", json={"state": "running", "name": "aic/deploy"}).status_code == 400
    )
    status(stand_in, "failed")

    sent = [one.body["object_attributes"] for one in receiver.wait(3)]
    assert [one["status"] for one in sent] == ["pending", "running", "failed"]
    assert STAMP.fullmatch(sent[2]["finished_at"])
    assert sent[2]["duration"] >= 0


@pytest.mark.parametrize(("state", "label"), [("success", "passed"), ("failed", "failed")])
def test_a_pipeline_that_is_finished_by_hand_is_told_of(
    stand_in: StandIn, receiver: Receiver, state: str, label: str
) -> None:
    """The user stays the one who began it; finishing it once more is told once more."""
    number = status(stand_in, "running")["pipeline_id"]
    hooked(stand_in, receiver, pipeline_events=True)
    finish(stand_in, number, state)
    finish(stand_in, number, state)

    sent = [one.body for one in receiver.wait(2)]
    assert [one["object_attributes"]["status"] for one in sent] == [state] * 2
    assert sent[0]["object_attributes"]["detailed_status"] == label
    assert sent[0]["user"]["id"] == me(stand_in)


def test_a_pipeline_that_is_not_there_cannot_be_finished(stand_in: StandIn, receiver: Receiver) -> None:
    """Nor to a state that is no end; neither is told."""
    number = status(stand_in, "running")["pipeline_id"]
    hooked(stand_in, receiver, pipeline_events=True)
    for wrong in ({"pipeline": number + 1, "status": "success"}, {"pipeline": number, "status": "running"}):
        answer = stand_in.http.post("/__admin__/finish-pipeline", json={"project": PATH, **wrong})
        assert answer.status_code in {400, 404}
    finish(stand_in, number, "canceled")
    (sent,) = receiver.wait(1)
    assert sent.body["object_attributes"]["status"] == "canceled"


def test_a_note_is_told_with_what_it_is_on(stand_in: StandIn, receiver: Receiver) -> None:
    """Its author is the user, so that a service can tell its own notes from others'."""
    opened(stand_in, labels=["x"])
    hooked(stand_in, receiver, note_events=True)
    written = note(stand_in, "see <b>")
    (sent,) = receiver.wait(1)
    body, attributes = sent.body, sent.body["object_attributes"]

    assert sent.headers["X-Gitlab-Event"] == "Note Hook"
    assert (body["object_kind"], body["event_type"], body["project_id"]) == ("note", "note", 1)
    assert (attributes["id"], attributes["note"], attributes["action"]) == (written["id"], "see <b>", "create")
    assert (attributes["noteable_type"], attributes["system"]) == ("MergeRequest", False)
    assert attributes["author_id"] == body["user"]["id"] == me(stand_in)
    assert attributes["url"] == f"{stand_in.url}/{PATH}/-/merge_requests/1#note_{written['id']}"
    assert STAMP.fullmatch(attributes["created_at"])
    about = body["merge_request"]
    assert (about["iid"], about["id"]) == (1, attributes["noteable_id"])
    assert [label["title"] for label in about["labels"]] == ["x"]
    assert about["last_commit"]["id"] == tip(stand_in, "feature")


def test_a_note_is_told_again_when_its_text_changes(stand_in: StandIn, receiver: Receiver) -> None:
    """The same text once more, a deletion, and notes that are nothing but commands are not told."""
    opened(stand_in)
    hooked(stand_in, receiver, note_events=True, merge_requests_events=False)
    number = note(stand_in)["id"]
    for text in ("changed", "changed"):
        assert stand_in.http.put(f"{NOTES}/{number}", json={"body": text}).status_code == 200
    assert stand_in.http.delete(f"{NOTES}/{number}").status_code == 204
    assert stand_in.http.post(NOTES, json={"body": "/close"}).status_code == 202
    note(stand_in, "last")

    sent = [one.body["object_attributes"] for one in receiver.wait(3)]
    assert [(one["action"], one["note"]) for one in sent] == [
        ("create", "hello"),
        ("update", "changed"),
        ("create", "last"),
    ]


def test_an_internal_note_is_told_to_those_who_asked_for_such(stand_in: StandIn, receiver: Receiver) -> None:
    """It is an event of its own kind."""
    opened(stand_in)
    hooked(stand_in, receiver, confidential_note_events=True, note_events=False)
    note(stand_in, "open")
    stand_in.http.post(NOTES, json={"body": "internal", "internal": True})
    (sent,) = receiver.wait(1)

    assert sent.headers["X-Gitlab-Event"] == "Confidential Note Hook"
    assert (sent.body["object_kind"], sent.body["event_type"]) == ("note", "confidential_note")
    assert sent.body["object_attributes"]["note"] == "internal"


def test_what_gitlab_notes_by_itself_is_not_told(stand_in: StandIn, receiver: Receiver) -> None:
    """Closing leaves a system note; only the comment after it is told."""
    opened(stand_in)
    hooked(stand_in, receiver, note_events=True, merge_requests_events=False)
    stand_in.http.put(f"{API}/merge_requests/1", json={"state_event": "close"})
    note(stand_in, "after")
    (sent,) = receiver.wait(1)
    assert sent.body["object_attributes"]["note"] == "after"
    assert sent.body["merge_request"]["state"] == "closed"


def test_a_note_on_a_commit_is_told_with_the_commit(stand_in: StandIn, receiver: Receiver) -> None:
    """A comment and the answer in its discussion alike."""
    hooked(stand_in, receiver, note_events=True)
    sha = tip(stand_in)
    commit = stand_in.project().commits.get(sha, lazy=True)
    discussion = commit.discussions.create({"body": "one"})
    discussion.notes.create({"body": "two"})
    sent = [one.body for one in receiver.wait(2)]

    assert [one["object_attributes"]["note"] for one in sent] == ["one", "two"]
    assert {one["object_attributes"]["discussion_id"] for one in sent} == {discussion.id}
    for body in sent:
        attributes = body["object_attributes"]
        assert (attributes["noteable_type"], attributes["noteable_id"]) == ("Commit", None)
        assert body["commit"]["id"] == attributes["commit_id"] == sha
        assert f"/-/commit/{sha}#note_{attributes['id']}" in attributes["url"]
        assert "merge_request" not in body


def test_a_deployment_is_told_at_each_of_its_states(stand_in: StandIn, receiver: Receiver) -> None:
    """By the name of its first user, whoever moves it on; without any job, as it was made through the API."""
    hooked(stand_in, receiver, deployment_events=True)
    number = deploy(stand_in, "running")
    place, other = f"{API}/deployments/{number}", {"PRIVATE-TOKEN": "two"}
    assert stand_in.http.put(place, json={"status": "success"}, headers=other).status_code == 200
    assert stand_in.http.put(place, json={"status": "success"}).status_code == 400
    deploy(stand_in, "failed")
    sent = [one.body for one in receiver.wait(3)]

    assert receiver.got[0].headers["X-Gitlab-Event"] == "Deployment Hook"
    assert [one["status"] for one in sent] == ["running", "success", "failed"]
    assert {one["user"]["id"] for one in sent} == {me(stand_in)}
    body, sha = sent[0], tip(stand_in)
    assert (body["object_kind"], body["deployment_id"]) == ("deployment", number)
    assert (body["deployable_id"], body["deployable_url"]) == (None, None)
    assert (body["environment"], body["environment_tier"]) == ("aic/production", "production")
    assert body["short_sha"] == sha[:8]
    assert body["commit_url"] == f"{stand_in.url}/{PATH}/-/commit/{sha}"
    assert body["commit_title"] == "Initial commit"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000", body["status_changed_at"])


def test_each_kind_is_told_only_to_those_who_asked(stand_in: StandIn, receiver: Receiver) -> None:
    """A hook for pushes and merge requests, as a service that deploys has it, hears nothing of what that reports."""
    hooked(stand_in, receiver, push_events=True)
    opened(stand_in)
    status(stand_in, "success")
    note(stand_in)
    deploy(stand_in, "success")
    stand_in.http.put(f"{API}/merge_requests/1", json={"state_event": "close"})
    receiver.wait(2)
    assert kinds(receiver) == ["open", "close"]


def test_each_change_of_an_issue_is_told(stand_in: StandIn, receiver: Receiver) -> None:
    """open, update, close, reopen; `changes` has fields before and after, as people and labels of hooks."""
    hooked(stand_in, receiver, issues_events=True, merge_requests_events=False)
    number = me(stand_in)
    stand_in.http.post(f"{API}/issues", json={"title": "One", "labels": "bug", "assignee_ids": [number]})
    for edit in (
        {"title": "Two", "labels": "", "assignee_ids": []},
        {"state_event": "close"},
        {"state_event": "reopen"},
    ):
        stand_in.http.put(f"{API}/issues/1", json=edit)
    stand_in.http.put(f"{API}/issues/1", json={"title": "Two"})
    made, edited, closed, reopened = (sent.body for sent in receiver.wait(4))

    told = [sent["object_attributes"]["action"] for sent in (made, edited, closed, reopened)]
    assert told == ["open", "update", "close", "reopen"]
    assert receiver.got[0].headers["X-Gitlab-Event"] == "Issue Hook"
    assert (made["object_kind"], made["event_type"], made["object_attributes"]["type"]) == ("issue", "issue", "Issue")
    assert (made["assignee"]["id"], made["object_attributes"]["assignee_ids"]) == (number, [number])
    assert STAMP.fullmatch(made["object_attributes"]["created_at"])
    assert edited["changes"]["title"] == {"previous": "One", "current": "Two"}
    assert [one["title"] for one in edited["changes"]["labels"]["previous"]] == ["bug"]
    assert edited["changes"]["assignees"] == {"previous": made["assignees"], "current": []}
    assert not {"assignee", "assignees"} & set(edited)
    assert closed["changes"]["state_id"] == {"previous": 1, "current": 2}
    assert closed["object_attributes"]["url"] == f"{stand_in.url}/{PATH}/-/issues/1"
    assert reopened["changes"]["closed_at"]["current"] is None


def test_confidential_issues_are_told_apart(stand_in: StandIn, receiver: Receiver) -> None:
    """Only to hooks that ask for them, under a name of their own."""
    hooked(stand_in, receiver, confidential_issues_events=True, merge_requests_events=False)
    stand_in.http.post(f"{API}/issues", json={"title": "Open"})
    stand_in.http.post(f"{API}/issues", json={"title": "Closed", "confidential": True})
    (sent,) = receiver.wait(1)

    assert (sent.headers["X-Gitlab-Event"], sent.body["event_type"]) == (
        "Confidential Issue Hook",
        "confidential_issue",
    )
    assert sent.body["object_attributes"]["title"] == "Closed"
