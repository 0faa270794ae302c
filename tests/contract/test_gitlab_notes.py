"""Notes and discussions of the GitLab stand-in behave as GitLab's do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gitlab.exceptions import GitlabCreateError

from tests.contract.gitlab_stand_in import API, StandIn, served

NOTES = f"{API}/merge_requests/1/notes"


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    """A stand-in with one open merge request."""
    with served(tmp_path) as stand_in:
        project = stand_in.seed(feature={"a.txt": "a\n"})
        project.mergerequests.create({"source_branch": "feature", "target_branch": "main", "title": "Change a"})
        yield stand_in


def noted(stand_in: StandIn, body: str) -> httpx.Response:
    return stand_in.http.post(NOTES, json={"body": body})


def state(stand_in: StandIn) -> str:
    return str(stand_in.get("/merge_requests/1").json()["state"])


def test_a_comment_is_made_and_read_back(stand_in: StandIn) -> None:
    """201 with an id; the merge request counts it, but not GitLab's own notes."""
    made = noted(stand_in, "Looks good <!-- mark --> & more")
    assert made.status_code == 201
    assert stand_in.get(f"/merge_requests/1/notes/{made.json()['id']}").json() == made.json()
    assert (made.json()["system"], made.json()["noteable_iid"]) == (False, 1)
    stand_in.http.put(f"{API}/merge_requests/1", json={"title": "Change b"})
    assert stand_in.get("/merge_requests/1").json()["user_notes_count"] == 1


def test_notes_come_newest_first_with_system_notes_among_them(stand_in: StandIn) -> None:
    """`activity_filter` parts comments from what GitLab wrote; order can be turned."""
    noted(stand_in, "one")
    stand_in.http.put(f"{API}/merge_requests/1", json={"title": "Change b"})
    noted(stand_in, "two")
    changed = "changed title from **Change a** to **Change b**"

    def bodies(**query: str) -> list[str]:
        return [note["body"] for note in stand_in.get("/merge_requests/1/notes", **query).json()]

    assert bodies() == ["two", changed, "one"]
    assert bodies(activity_filter="only_comments") == ["two", "one"]
    assert bodies(activity_filter="only_activity") == [changed]
    assert bodies(sort="asc") == ["one", changed, "two"]


def test_the_client_pages_through_notes(stand_in: StandIn) -> None:
    """A small page size brings all of them by the links."""
    for number in range(5):
        noted(stand_in, f"note {number}")
    request = stand_in.project().mergerequests.get(1, lazy=True)
    assert [note.body for note in request.notes.list(iterator=True, per_page=2)] == [
        f"note {number}" for number in (4, 3, 2, 1, 0)
    ]


def test_a_page_may_be_short_though_more_follow(stand_in: StandIn) -> None:
    """Guests don't see internal notes, which are taken out of a page once it is cut."""
    for number in range(4):
        stand_in.http.post(NOTES, json={"body": f"note {number}", "internal": number == 2})
    stand_in.settings(user_access_level=10)
    first, second = (stand_in.get("/merge_requests/1/notes", per_page=2, page=page) for page in (1, 2))

    assert [note["body"] for note in first.json()] == ["note 3"]
    assert first.headers["X-Next-Page"] == "2"
    assert [note["body"] for note in second.json()] == ["note 1", "note 0"]
    stand_in.settings(user_access_level=20)
    shown = stand_in.get("/merge_requests/1/notes").json()
    assert [(note["body"], note["internal"]) for note in shown[:2]] == [("note 3", False), ("note 2", True)]


@pytest.mark.parametrize(("command", "reached"), [("/close", "closed"), ("/merge", "merged"), ("/CLOSE", "closed")])
def test_a_note_of_commands_only_is_carried_out_but_not_kept(stand_in: StandIn, command: str, reached: str) -> None:
    """202 without an id; the merge request is closed or merged for real."""
    answer = noted(stand_in, command)
    assert answer.status_code == 202
    assert "id" not in answer.json()
    assert answer.json()["summary"]
    assert state(stand_in) == reached
    assert stand_in.get("/merge_requests/1/notes", activity_filter="only_comments").json() == []


def test_the_client_gets_a_note_without_an_id_for_commands(stand_in: StandIn) -> None:
    """What python-gitlab makes of the 202."""
    request = stand_in.project().mergerequests.get(1, lazy=True)
    assert request.notes.create({"body": "/close"}).get_id() is None


def test_a_command_within_a_text_is_carried_out_and_cut_out(stand_in: StandIn) -> None:
    """The rest of the text is the note; this is what unescaped text from outside would do."""
    answer = noted(stand_in, "A table:\n/label ~urgent\n/close\nand more")
    assert (answer.status_code, answer.json()["body"]) == (201, "A table:\nand more")
    found = stand_in.get("/merge_requests/1").json()
    assert (found["state"], found["labels"]) == ("closed", ["urgent"])


@pytest.mark.parametrize(
    "body",
    [
        "```\n/close\n```",
        "~~~ text\n/merge\n~~~",
        ">>>\n/close\n>>>",
        " /close",
        "see /close",
        "\\/close",
        "/closed",
        "> /close",
        "| /close |",
    ],
)
def test_what_only_looks_like_a_command_is_text(stand_in: StandIn, body: str) -> None:
    """Code blocks, quotations, and anything that is not the very start of a line."""
    answer = noted(stand_in, body)
    assert (answer.status_code, answer.json()["body"]) == (201, body)
    assert state(stand_in) == "opened"


def test_a_command_after_a_code_block_counts(stand_in: StandIn) -> None:
    """A block ends where its own mark comes again, not at another one."""
    answer = noted(stand_in, "```\n~~~\n/merge\n```\n/close")
    assert answer.json()["body"] == "```\n~~~\n/merge\n```"
    assert state(stand_in) == "closed"


def test_an_approval_by_command_is_seen_in_the_dump(stand_in: StandIn) -> None:
    """The control plane shows who approved."""
    noted(stand_in, "/approve")
    (project,) = stand_in.admin("GET", "dump")["projects"].values()
    assert len(project["merge_requests"][0]["approved_by"]) == 1


def test_a_command_that_cannot_be_applied_is_refused(stand_in: StandIn) -> None:
    """400 when nothing is left of the note and nothing was done."""
    answer = noted(stand_in, "/reopen")
    assert answer.status_code == 400
    assert "Could not apply reopen command." in answer.json()["message"]


def test_a_changed_note_has_its_commands_carried_out_too(stand_in: StandIn) -> None:
    """An update is no way around escaping."""
    number = noted(stand_in, "first").json()["id"]
    changed = stand_in.http.put(f"{NOTES}/{number}", json={"body": "second\n/close"})
    assert (changed.status_code, changed.json()["body"]) == (200, "second")
    assert state(stand_in) == "closed"


def test_only_the_author_changes_or_deletes_a_note(stand_in: StandIn) -> None:
    """Another token's user gets 403; after a deletion it is 404."""
    number = noted(stand_in, "mine").json()["id"]
    other = {"PRIVATE-TOKEN": "another"}
    assert stand_in.http.put(f"{NOTES}/{number}", json={"body": "x"}, headers=other).status_code == 403
    assert stand_in.http.delete(f"{NOTES}/{number}", headers=other).status_code == 403
    assert stand_in.http.put(f"{NOTES}/{number}", json={"body": "x"}).json()["body"] == "x"
    assert stand_in.http.delete(f"{NOTES}/{number}").status_code == 204
    assert stand_in.http.get(f"{NOTES}/{number}").status_code == 404


def test_a_text_too_long_or_missing_is_refused(stand_in: StandIn) -> None:
    """One million characters are the limit; no body at all is a parameter error."""
    assert noted(stand_in, "x" * 1_000_000).status_code == 201
    refused = noted(stand_in, "x" * 1_000_001)
    assert refused.status_code == 400
    assert refused.json()["message"].startswith("400 Bad request - Note {")
    missing = stand_in.http.post(NOTES, json={})
    assert (missing.status_code, missing.json()) == (400, {"error": "body is missing"})
    assert noted(stand_in, "  ").status_code == 400
    assert stand_in.http.post(f"{API}/merge_requests/9/notes", json={"body": "x"}).status_code == 404


def test_a_merge_leaves_a_system_note(stand_in: StandIn) -> None:
    """`merged`, written by GitLab in the name of who merged."""
    stand_in.http.put(f"{API}/merge_requests/1/merge")
    newest: Any = stand_in.get("/merge_requests/1/notes").json()[0]
    assert (newest["body"], newest["system"]) == ("merged", True)


def test_a_commit_is_commented_and_discussed(stand_in: StandIn) -> None:
    """As python-gitlab does it: comments, discussions, answers, and a note that is changed in place."""
    project = stand_in.project()
    commit = project.commits.get(project.branches.get("feature").commit["id"], lazy=True)
    commit.comments.create({"note": "a comment"})
    discussion = commit.discussions.create({"body": "deployed <!-- mark -->"})
    note = discussion.attributes["notes"][0]
    discussion.notes.update(note["id"], {"body": "deployed twice"})
    discussion.notes.create({"body": "an answer"})

    again = commit.discussions.get(discussion.id)
    assert [each["body"] for each in again.attributes["notes"]] == ["deployed twice", "an answer"]
    assert len(discussion.id) == 40
    assert len(commit.discussions.list(get_all=True)) == 2
    assert [each.note for each in commit.comments.list(get_all=True)] == ["a comment", "deployed twice", "an answer"]


def test_discussions_of_a_commit_that_is_not_there_are_refused(stand_in: StandIn) -> None:
    """404 for the commit and for the discussion, 403 for another's note."""
    project = stand_in.project()
    head = project.branches.get("feature").commit["id"]
    with pytest.raises(GitlabCreateError, match="404"):
        project.commits.get("0" * 40, lazy=True).discussions.create({"body": "x"})
    below = f"{API}/repository/commits/{head}/discussions"
    assert stand_in.http.get(f"{below}/{'0' * 40}").status_code == 404
    made = stand_in.http.post(below, json={"body": "mine"}).json()
    note = f"{below}/{made['id']}/notes/{made['notes'][0]['id']}"
    assert stand_in.http.put(note, json={"body": "x"}, headers={"PRIVATE-TOKEN": "another"}).status_code == 403
    assert stand_in.http.delete(note).status_code == 204
