"""Merging later and rebasing in the GitLab stand-in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.gitlab_stand_in import API, PATH, StandIn, said, served

PLACE = f"{API}/merge_requests/1"
LATER = {"merge_when_pipeline_succeeds": True}


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path) as stand_in:
        stand_in.seed(feature={"a.txt": "a\n"})
        made = {"source_branch": "feature", "target_branch": "main", "title": "Change a"}
        assert stand_in.http.post(f"{API}/merge_requests", json=made).status_code == 201
        yield stand_in


def pipeline(stand_in: StandIn, state: str) -> None:
    """What a CI outside says of the head."""
    place = f"{API}/statuses/{shown(stand_in)['sha']}"
    assert stand_in.http.post(place, json={"state": state, "ref": "feature"}).status_code == 201


def shown(stand_in: StandIn, **query: str) -> Any:
    return stand_in.get("/merge_requests/1", **query).json()


def merge(stand_in: StandIn, **fields: object) -> httpx.Response:
    return stand_in.http.put(f"{PLACE}/merge", json=fields)


def push(stand_in: StandIn, branch: str, path: str, text: str = "theirs\n") -> None:
    stand_in.admin("POST", "commit", {"project": PATH, "branch": branch, "write": {path: text}})


def remarks(stand_in: StandIn) -> list[str]:
    return [note["body"] for note in stand_in.get("/merge_requests/1/notes").json() if note["system"]]


@pytest.mark.parametrize("name", ["merge_when_pipeline_succeeds", "auto_merge"])
def test_a_merge_waits_for_its_pipeline(stand_in: StandIn, name: str) -> None:
    """As it was asked for, in the name of who asked for it."""
    pipeline(stand_in, "running")
    waiting = merge(stand_in, **{name: True}, squash=True, merge_commit_message="Later").json()
    pipeline(stand_in, "success")
    done = shown(stand_in)

    assert (waiting["state"], waiting["merge_when_pipeline_succeeds"], waiting["merged_at"]) == ("opened", True, None)
    assert (done["state"], done["squash"], done["merge_user"]) == ("merged", True, waiting["merge_user"])
    assert stand_in.get("/repository/commits/main").json()["message"] == "Later"


def test_a_failed_pipeline_merges_nothing(stand_in: StandIn) -> None:
    pipeline(stand_in, "running")
    merge(stand_in, **LATER)
    pipeline(stand_in, "failed")

    assert (shown(stand_in)["state"], shown(stand_in)["merge_when_pipeline_succeeds"]) == ("opened", True)


def test_with_a_pipeline_that_has_succeeded_nothing_is_waited_for(stand_in: StandIn) -> None:
    pipeline(stand_in, "success")

    assert merge(stand_in, **LATER).json()["state"] == "merged"


@pytest.mark.parametrize("state", ["", "failed"])
def test_without_a_pipeline_to_wait_for_it_is_refused(stand_in: StandIn, state: str) -> None:
    """405, though a merge at once would do."""
    if state:
        pipeline(stand_in, state)

    assert said(merge(stand_in, **LATER)) == (405, {"message": "405 Method Not Allowed"})
    assert merge(stand_in).json()["state"] == "merged"


def test_a_draft_waits_until_it_is_none(stand_in: StandIn) -> None:
    stand_in.http.put(PLACE, json={"title": "Draft: a"})
    merge(stand_in, **LATER)
    assert shown(stand_in)["state"] == "opened"
    stand_in.http.put(PLACE, json={"title": "Change a"})

    assert shown(stand_in)["state"] == "merged"


@pytest.mark.parametrize("reads", [0, 2])
def test_nobody_has_to_look_for_it_to_merge(stand_in: StandIn, reads: int) -> None:
    """However long the check of mergeability takes, GitLab makes it by itself."""
    pipeline(stand_in, "running")
    merge(stand_in, **LATER)
    stand_in.settings(mergeability_reads=reads)
    push(stand_in, "main", "other.txt")
    pipeline(stand_in, "success")

    assert stand_in.get("/merge_requests").json()[0]["state"] == "merged"


def test_new_commits_call_it_off(stand_in: StandIn) -> None:
    """What was to be merged was another content."""
    pipeline(stand_in, "running")
    merge(stand_in, **LATER)
    push(stand_in, "feature", "more.txt")
    pipeline(stand_in, "success")

    assert (shown(stand_in)["state"], shown(stand_in)["merge_when_pipeline_succeeds"]) == ("opened", False)
    assert "aborted the automatic merge because source branch was updated" in remarks(stand_in)


def test_closing_calls_it_off(stand_in: StandIn) -> None:
    pipeline(stand_in, "running")
    merge(stand_in, **LATER)
    stand_in.http.put(PLACE, json={"state_event": "close"})
    stand_in.http.put(PLACE, json={"state_event": "reopen"})
    pipeline(stand_in, "success")

    assert shown(stand_in)["state"] == "opened"


def test_it_can_be_taken_back_once(stand_in: StandIn) -> None:
    """The second time GitLab says that it can't, with the same status."""
    pipeline(stand_in, "running")
    merge(stand_in, **LATER)
    first, second = (stand_in.http.post(f"{PLACE}/cancel_merge_when_pipeline_succeeds") for _ in range(2))
    pipeline(stand_in, "success")

    assert said(first) == (201, {"status": "success"})
    assert (second.status_code, second.json()["status"], second.json()["http_status"]) == (201, "error", 406)
    assert (shown(stand_in)["state"], shown(stand_in)["merge_user"]) == ("opened", None)


def test_who_may_not_merge_may_not_ask_for_it_nor_take_it_back(stand_in: StandIn) -> None:
    pipeline(stand_in, "running")
    stand_in.settings(user_access_level=30)

    assert merge(stand_in, **LATER).status_code == 401
    assert stand_in.http.post(f"{PLACE}/cancel_merge_when_pipeline_succeeds").status_code == 401


@pytest.mark.parametrize("method", ["ff", "rebase_merge"])
def test_a_rebase_makes_a_linear_merge_possible(stand_in: StandIn, method: str) -> None:
    """Its commits stand upon the target, each by whom it was."""
    stand_in.settings(merge_method=method)
    push(stand_in, "main", "other.txt")
    before = stand_in.get("/repository/commits/feature").json()
    answer = stand_in.http.put(f"{PLACE}/rebase")
    after = stand_in.get("/repository/commits/feature").json()

    assert said(answer) == (202, {"rebase_in_progress": True})
    assert after["parent_ids"] == [stand_in.get("/repository/commits/main").json()["id"]]
    kept = ("message", "author_name", "author_email", "authored_date")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert (shown(stand_in)["sha"], shown(stand_in)["detailed_merge_status"]) == (after["id"], "mergeable")
    assert shown(stand_in, include_rebase_in_progress="true")["rebase_in_progress"] is False


def test_a_rebase_keeps_several_commits_and_their_order(stand_in: StandIn) -> None:
    """What the target has already isn't made again."""
    for path in ("b.txt", "c.txt"):
        push(stand_in, "feature", path)
    push(stand_in, "main", "b.txt")
    stand_in.http.put(f"{PLACE}/rebase")
    own = stand_in.get("/merge_requests/1/commits").json()

    assert len(own) == 2
    assert {one["new_path"] for one in stand_in.get("/merge_requests/1/diffs").json()} == {"a.txt", "c.txt"}


def test_a_rebase_that_conflicts_changes_nothing(stand_in: StandIn) -> None:
    """The answer promises it all the same; `merge_error` tells."""
    push(stand_in, "main", "a.txt")
    before = shown(stand_in)["sha"]
    answer = stand_in.http.put(f"{PLACE}/rebase")

    assert (answer.status_code, shown(stand_in)["sha"]) == (202, before)
    assert shown(stand_in)["merge_error"].startswith("Rebase failed: Rebase locally")


@pytest.mark.parametrize(
    ("rule", "level", "reason"),
    [
        ({"name": "feature", "push_access_level": 40}, 40, "Source branch is protected from force push"),
        ({"name": "feature", "push_access_level": 40}, 30, "Cannot push to source branch"),
    ],
)
def test_a_rebase_needs_the_right_to_force(stand_in: StandIn, rule: dict[str, object], level: int, reason: str) -> None:
    stand_in.http.post(f"{API}/protected_branches", json=rule)
    stand_in.settings(user_access_level=level)

    assert said(stand_in.http.put(f"{PLACE}/rebase")) == (403, {"message": f"403 Forbidden - {reason}"})


def test_what_is_merged_or_without_its_branch_is_not_rebased(stand_in: StandIn) -> None:
    merge(stand_in)
    merged = stand_in.http.put(f"{PLACE}/rebase")
    stand_in.http.delete(f"{API}/repository/branches/feature")
    gone = stand_in.http.put(f"{PLACE}/rebase")

    assert merged.status_code == 409
    assert said(gone) == (403, {"message": "403 Forbidden - Source branch does not exist"})
