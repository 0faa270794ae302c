"""Merge requests of the GitLab stand-in behave as GitLab's do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gitlab.exceptions import GitlabCreateError, GitlabMRClosedError

from tests.contract.gitlab_stand_in import API, PATH, StandIn, served

FEATURE = {"pipelines/a.json": "one\n"}


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path) as stand_in:
        yield stand_in


def create(stand_in: StandIn, **fields: object) -> httpx.Response:
    body = {"source_branch": "feature", "target_branch": "main", "title": "Change a", **fields}
    return stand_in.http.post(f"{API}/merge_requests", json=body)


def opened(stand_in: StandIn, **fields: object) -> Any:
    answer = create(stand_in, **fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def shown(stand_in: StandIn, iid: int = 1) -> Any:
    return stand_in.get(f"/merge_requests/{iid}").json()


def merge(stand_in: StandIn, iid: int = 1, **fields: object) -> httpx.Response:
    return stand_in.http.put(f"{API}/merge_requests/{iid}/merge", json=fields)


def tip(stand_in: StandIn, branch: str) -> str:
    return str(stand_in.get(f"/repository/branches/{branch}").json()["commit"]["id"])


def seeded(stand_in: StandIn, *, method: str = "merge") -> None:
    stand_in.settings(merge_method=method)
    stand_in.seed(feature=FEATURE)


def push(stand_in: StandIn, branch: str, path: str = "other.txt") -> str:
    """A push of somebody else."""
    body = {"project": PATH, "branch": branch, "write": {path: f"{branch} {path}\n"}}
    return str(stand_in.admin("POST", "commit", body)["commit"])


def test_a_new_merge_request_is_open_and_mergeable(stand_in: StandIn) -> None:
    """201 with GitLab's field names, references, a textual count of changes and the shas compared."""
    seeded(stand_in)
    made = opened(stand_in, description="Why", labels="a,b", remove_source_branch=True, squash=True)

    assert (made["iid"], made["state"], made["detailed_merge_status"]) == (1, "opened", "mergeable")
    assert made["references"] == {"short": "!1", "relative": "!1", "full": f"{PATH}!1"}
    assert made["web_url"] == f"{stand_in.url}/{PATH}/-/merge_requests/1"
    assert made["changes_count"] == "1"
    assert made["sha"] == made["diff_refs"]["head_sha"] == tip(stand_in, "feature")
    assert made["diff_refs"]["base_sha"] == made["diff_refs"]["start_sha"] == tip(stand_in, "main")
    assert (made["merge_commit_sha"], made["squash_commit_sha"], made["merged_at"]) == (None, None, None)
    assert made["labels"] == ["a", "b"]
    assert made["squash"] is made["force_remove_source_branch"] is True
    assert not any(key.startswith("_") for key in made)


def test_a_second_open_one_is_refused_with_a_list(stand_in: StandIn) -> None:
    """409 whose message is an array; a closed twin does not count."""
    seeded(stand_in)
    opened(stand_in)
    again = create(stand_in)

    assert again.status_code == 409
    assert again.json() == {"message": ["Another open merge request already exists for this source branch: !1"]}
    stand_in.http.put(f"{API}/merge_requests/1", json={"state_event": "close"})
    assert opened(stand_in)["iid"] == 2


def test_what_cannot_be_a_merge_request_is_refused(stand_in: StandIn) -> None:
    """Equal branches 422 with a list, missing parameters 400 under `error`, absent branches 400 under `message`."""
    seeded(stand_in)
    same = create(stand_in, source_branch="main")
    assert (same.status_code, same.json()) == (
        422,
        {"message": ["You can't use same project/branch for source and target"]},
    )
    bare = stand_in.http.post(f"{API}/merge_requests", json={"title": "x"})
    assert (bare.status_code, bare.json()) == (400, {"error": "source_branch is missing, target_branch is missing"})
    long = create(stand_in, title="x" * 256)
    assert (long.status_code, long.json()) == (400, {"message": {"title": ["is too long (maximum is 255 characters)"]}})
    stand_in.admin("POST", "seed", {"projects": [{"namespace": "else", "name": "where"}]})
    fork, nowhere = (create(stand_in, target_project_id=number) for number in (2, 99))
    assert (fork.status_code, fork.json()) == (
        422,
        {"message": ["Source project is not a fork of the target project"]},
    )
    assert (nowhere.status_code, nowhere.json()) == (404, {"message": "404 Project Not Found"})
    absent = create(stand_in, source_branch="nowhere")
    assert (absent.status_code, absent.json()) == (400, {"message": {"source_branch": ["does not exist"]}})
    assert stand_in.get("/merge_requests/7").status_code == 404


@pytest.mark.parametrize("squash", [False, True])
def test_a_merge_commit_lands_with_its_sha(stand_in: StandIn, squash: bool) -> None:
    """`merge_commit_sha` is the new tip; a squash adds `squash_commit_sha`; `sha` stays the source's head."""
    seeded(stand_in)
    push(stand_in, "main")
    head = opened(stand_in)["sha"]
    done = merge(stand_in, squash=squash, sha=head).json()

    assert (done["state"], done["detailed_merge_status"], done["sha"]) == ("merged", "not_open", head)
    assert done["merge_commit_sha"] == tip(stand_in, "main")
    parents = stand_in.get(f"/repository/commits/{done['merge_commit_sha']}").json()["parent_ids"]
    assert parents[1] == (done["squash_commit_sha"] if squash else head)
    assert (done["squash_commit_sha"] is not None) is squash
    assert done["merged_by"]["id"] == done["merge_user"]["id"]
    assert done["merged_at"] is not None


@pytest.mark.parametrize("squash", [False, True])
def test_a_fast_forward_has_no_merge_commit(stand_in: StandIn, squash: bool) -> None:
    """`merge_commit_sha` stays null; the target's tip is the head, or the squash commit."""
    seeded(stand_in, method="ff")
    head = opened(stand_in)["sha"]
    done = merge(stand_in, squash=squash).json()

    assert (done["state"], done["merge_commit_sha"]) == ("merged", None)
    assert tip(stand_in, "main") == (done["squash_commit_sha"] if squash else head)
    assert (done["squash_commit_sha"] is None) is not squash


@pytest.mark.parametrize("method", ["ff", "rebase_merge"])
def test_linear_methods_ask_for_a_rebase(stand_in: StandIn, method: str) -> None:
    """When the target has moved the status is `need_rebase`, and a merge 405."""
    seeded(stand_in, method=method)
    opened(stand_in)
    push(stand_in, "main")

    assert shown(stand_in)["detailed_merge_status"] == "need_rebase"
    assert merge(stand_in).status_code == 405


def test_a_semi_linear_merge_makes_a_merge_commit(stand_in: StandIn) -> None:
    """`rebase_merge` on a source that is up to date lands a commit with two parents."""
    seeded(stand_in, method="rebase_merge")
    opened(stand_in)
    done = merge(stand_in).json()

    assert done["merge_commit_sha"] == tip(stand_in, "main")
    assert len(stand_in.get(f"/repository/commits/{done['merge_commit_sha']}").json()["parent_ids"]) == 2


def test_a_conflict_is_found_by_git(stand_in: StandIn) -> None:
    """Both sides changed one file: `conflict`, `has_conflicts`, and 405 for a merge; the target stays as it was."""
    stand_in.seed(feature={"a.txt": "ours\n"})
    opened(stand_in)
    before = push(stand_in, "main", "a.txt")

    found = shown(stand_in)
    assert (found["has_conflicts"], found["detailed_merge_status"]) == (True, "conflict")
    assert found["merge_status"] == "cannot_be_merged"
    refused = merge(stand_in)
    assert (refused.status_code, refused.json()) == (405, {"message": "405 Method Not Allowed"})
    assert tip(stand_in, "main") == before


def test_the_checks_of_a_merge_come_in_order(stand_in: StandIn) -> None:
    """Who may not merge gets 401 whatever else is wrong; then a wrong sha 409; then what is unmergeable 405."""
    seeded(stand_in)
    head = opened(stand_in, title="Draft: Change a")["sha"]
    stand_in.settings(user_access_level=30)
    assert (merge(stand_in, sha="0" * 40).status_code, merge(stand_in).json()) == (
        401,
        {"message": "401 Unauthorized"},
    )
    stand_in.settings(user_access_level=40)
    stale = stand_in.http.put(f"{API}/merge_requests/1/merge", params={"sha": "0" * 40})
    text = f"SHA does not match HEAD of source branch: {head}"
    assert (stale.status_code, stale.json()) == (409, {"message": text})
    assert shown(stand_in)["detailed_merge_status"] == "draft_status"
    assert merge(stand_in, sha=head).status_code == 405


def test_the_client_merges_with_the_sha_in_the_query(stand_in: StandIn) -> None:
    """python-gitlab sends `sha` in the query and messages in the body; a second merge raises its own error."""
    seeded(stand_in)
    opened(stand_in)
    request = stand_in.project().mergerequests.get(1)
    request.merge(sha=request.sha, merge_commit_message="All of it", should_remove_source_branch=True)

    assert request.state == "merged"
    assert stand_in.get(f"/repository/commits/{request.merge_commit_sha}").json()["message"] == "All of it"
    assert stand_in.get("/repository/branches/feature").status_code == 404
    with pytest.raises(GitlabMRClosedError):
        request.merge()


def test_the_client_reads_the_list_in_a_refusal(stand_in: StandIn) -> None:
    """The array of a 409 reaches the client's error as it is."""
    seeded(stand_in)
    opened(stand_in)
    twin = {"source_branch": "feature", "target_branch": "main", "title": "x"}
    with pytest.raises(GitlabCreateError) as refused:
        stand_in.project().mergerequests.create(twin)

    assert refused.value.response_code == 409
    assert isinstance(refused.value.error_message, list)


def test_only_an_unprotected_source_is_removed(stand_in: StandIn) -> None:
    """The wish is kept from creation; the default branch survives it."""
    stand_in.seed(feature=FEATURE, develop={"d.txt": "d\n"})
    opened(stand_in, remove_source_branch=True)
    merge(stand_in)
    assert stand_in.get("/repository/branches/feature").status_code == 404
    opened(stand_in, source_branch="main", target_branch="develop", remove_source_branch=True)
    assert merge(stand_in, 2).status_code == 200
    assert stand_in.get("/repository/branches/main").status_code == 200


def test_commits_diffs_and_changes_are_those_of_the_merge_request(stand_in: StandIn) -> None:
    """Newest commit first, differences from the common ancestor, in pages, the same after the merge."""
    seeded(stand_in)
    second = push(stand_in, "feature")
    opened(stand_in)
    push(stand_in, "main", "unrelated.txt")
    for _ in range(2):
        commits = stand_in.get("/merge_requests/1/commits").json()
        assert [commit["id"] for commit in commits][:1] == [second]
        assert len(commits) == 2
        page = stand_in.get("/merge_requests/1/diffs", per_page=1)
        assert (page.headers["X-Total"], len(page.json())) == ("2", 1)
        changes = stand_in.get("/merge_requests/1/changes").json()["changes"]
        assert sorted(change["new_path"] for change in changes) == ["other.txt", "pipelines/a.json"]
        merge(stand_in)


def test_a_change_of_fields_keeps_the_rest(stand_in: StandIn) -> None:
    """Labels are added and removed by name, texts replaced, the target moved; nothing at all is a 400."""
    stand_in.seed(feature=FEATURE, develop={"d.txt": "d\n"})
    opened(stand_in, labels=["a", "b"])
    body = {
        "add_labels": "c",
        "remove_labels": "a",
        "title": "Draft: x",
        "description": "y",
        "target_branch": "develop",
    }
    changed = stand_in.http.put(f"{API}/merge_requests/1", json=body).json()

    assert (changed["labels"], changed["title"], changed["draft"]) == (["b", "c"], "Draft: x", True)
    assert (changed["target_branch"], changed["diff_refs"]["start_sha"]) == ("develop", tip(stand_in, "develop"))
    assert stand_in.http.put(f"{API}/merge_requests/1", json={}).status_code == 400


def test_closing_and_reopening_is_shown(stand_in: StandIn) -> None:
    """`state_event` changes the state; a closed one can't be merged."""
    seeded(stand_in)
    request = stand_in.project().mergerequests.get(opened(stand_in)["iid"])
    request.state_event = "close"
    request.save()
    assert (request.state, request.closed_by["id"] > 0, request.detailed_merge_status) == ("closed", True, "not_open")
    assert merge(stand_in).status_code == 405
    request.state_event = "reopen"
    request.save()
    assert (request.state, request.closed_at) == ("opened", None)


def test_a_list_is_filtered_and_ordered(stand_in: StandIn) -> None:
    """State, branches, labels, numbers, texts and times narrow it; newest creation first unless told otherwise."""
    stand_in.seed(**{name: {f"{name}.txt": name} for name in ("one", "two", "three")})
    for name in ("one", "two", "three"):
        opened(stand_in, source_branch=name, title=f"Bring {name}", labels=[name, "all"])
    merge(stand_in, 2)
    queries: dict[str, dict[str, Any]] = {
        "default": {},
        "merged": {"state": "merged"},
        "source": {"source_branch": "three"},
        "labels": {"labels": "one,all"},
        "iids": {"iids[]": [1, 3]},
        "search": {"search": "BRING T"},
        "updated": {"order_by": "updated_at", "sort": "asc"},
        "since": {"updated_after": shown(stand_in, 2)["merged_at"], "order_by": "updated_at"},
        "merged since": {"merged_after": "2000-01-01T00:00:00Z"},
        "none": {"target_branch": "elsewhere"},
    }
    found = {
        name: [row["iid"] for row in stand_in.get("/merge_requests", **query).json()] for name, query in queries.items()
    }

    assert found == {
        "default": [3, 2, 1], "merged": [2], "source": [3], "labels": [1], "iids": [3, 1], "search": [3, 2],
        "updated": [1, 3, 2], "since": [2], "merged since": [2], "none": [],
    }  # fmt: skip


def test_a_list_is_narrowed_by_people_and_by_what_it_is_not(stand_in: StandIn) -> None:
    """Whose it is, who has it, who reviews it; `not[…]` turns each around."""
    stand_in.seed(**{name: {f"{name}.txt": name} for name in ("one", "two", "three")})
    me = stand_in.http.get("/api/v4/user").json()
    opened(stand_in, source_branch="one", title="First", description="Third of all", assignee_ids=[me["id"]])
    opened(stand_in, source_branch="two", title="Second", reviewer_ids=[me["id"]], labels=["bug"])
    other = {"source_branch": "three", "target_branch": "main", "title": "Third"}
    stand_in.http.post(f"{API}/merge_requests", json=other, headers={"PRIVATE-TOKEN": "other"})
    queries: list[tuple[dict[str, Any], list[int]]] = [
        ({"scope": "created_by_me"}, [2, 1]),
        ({"scope": "assigned_to_me"}, [1]),
        ({"scope": "reviews_for_me"}, [2]),
        ({"assignee_id": "None"}, [3, 2]),
        ({"assignee_id": "Any"}, [1]),
        ({"reviewer_username": me["username"].upper()}, [2]),
        ({"author_id": me["id"]}, [2, 1]),
        ({"not[author_username]": me["username"]}, [3]),
        ({"not[labels]": "bug"}, [3, 1]),
        ({"not[source_branch]": "one"}, [3, 2]),
        ({"search": "third"}, [3, 1]),
        ({"search": "third", "in": "title"}, [3]),
        ({"milestone": "v1"}, []),
        ({"milestone": "None"}, [3, 2, 1]),
        ({"order_by": "priority", "sort": "asc"}, [1, 2, 3]),
    ]

    assert [[row["iid"] for row in stand_in.get("/merge_requests", **query).json()] for query, _ in queries] == [
        found for _, found in queries
    ]


def test_a_row_of_a_list_may_be_short_or_have_whole_labels(stand_in: StandIn) -> None:
    seeded(stand_in)
    opened(stand_in, labels=["bug"])
    (short,) = stand_in.get("/merge_requests", view="simple").json()
    (long,) = stand_in.get("/merge_requests", with_labels_details="true").json()

    assert set(short) == {
        "id", "iid", "project_id", "title", "description", "state", "created_at", "updated_at", "web_url",
    }  # fmt: skip
    assert [(label["name"], label["color"]) for label in long["labels"]] == [("bug", "#6699cc")]


def test_reviewers_are_kept(stand_in: StandIn) -> None:
    """As they are given at first, or later; unknown ones are left out."""
    seeded(stand_in)
    me = stand_in.http.get("/api/v4/user").json()["id"]
    assert [one["id"] for one in opened(stand_in, reviewer_ids=[me])["reviewers"]] == [me]
    request = stand_in.project().mergerequests.get(1)
    request.reviewer_ids = [9999]
    request.save()

    assert shown(stand_in)["reviewers"] == []


def test_a_list_comes_in_pages_of_at_most_a_hundred(stand_in: StandIn) -> None:
    """Links name the stand-in's own address, and the client follows them to the end."""
    names = [f"b{number}" for number in range(3)]
    stand_in.seed(**{name: {f"{name}.txt": name} for name in names})
    for name in names:
        opened(stand_in, source_branch=name)
    page = stand_in.get("/merge_requests", per_page=2)
    assert page.links["next"]["url"].startswith(f"{stand_in.url}/api/v4/projects/")
    assert stand_in.get("/merge_requests", per_page=500).headers["X-Per-Page"] == "100"
    assert len(stand_in.project().mergerequests.list(per_page=2, get_all=True)) == 3


def test_new_commits_move_the_head(stand_in: StandIn) -> None:
    """A push to the source moves `sha` and `diff_refs`, and leaves a system note."""
    seeded(stand_in)
    opened(stand_in)
    head = push(stand_in, "feature")

    found = shown(stand_in)
    assert found["sha"] == found["diff_refs"]["head_sha"] == head
    assert found["changes_count"] == "2"
    assert stand_in.get("/merge_requests/1/notes").json()[0]["body"] == "added 1 commit"


def test_a_push_of_its_commits_to_the_target_merges_it(stand_in: StandIn) -> None:
    """When a push brings the head to the target, every open merge request of it is merged, by whoever pushed."""
    stand_in.seed(feature=FEATURE, develop={"d.txt": "d\n"})
    opened(stand_in, target_branch="develop")
    opened(stand_in, source_branch="feature", target_branch="main")
    opened(stand_in, source_branch="main", target_branch="develop", title="Nothing to merge")
    assert shown(stand_in, 3)["detailed_merge_status"] == "commits_status"
    merge(stand_in, 2)
    assert shown(stand_in, 1)["state"] == "opened"
    assert shown(stand_in, 3)["state"] == "opened"
    merge(stand_in, 3)

    pushed = shown(stand_in, 1)
    assert (pushed["state"], pushed["merge_commit_sha"]) == ("merged", tip(stand_in, "develop"))


def test_a_removed_source_branch_closes_it(stand_in: StandIn) -> None:
    """As GitLab does when nothing can be merged any more."""
    seeded(stand_in)
    opened(stand_in)
    assert stand_in.http.delete(f"{API}/repository/branches/feature").status_code == 204

    assert shown(stand_in)["state"] == "closed"


def test_the_check_may_still_be_under_way(stand_in: StandIn) -> None:
    """With `mergeability_reads` the first reads after opening and after a push see it under way; a merge is a 405."""
    seeded(stand_in)
    assert stand_in.admin("GET", "settings")["mergeability_reads"] == 0
    assert stand_in.http.put("/__admin__/settings", json={"mergeability_reads": "2"}).status_code == 400
    stand_in.settings(mergeability_reads=2)
    made = opened(stand_in)
    assert (made["detailed_merge_status"], made["merge_status"]) == ("preparing", "checking")
    assert merge(stand_in).status_code == 405
    states = [shown(stand_in)["detailed_merge_status"] for _ in range(3)]
    assert states == ["preparing", "checking", "mergeable"]
    push(stand_in, "feature")
    assert merge(stand_in).status_code == 405
    assert [shown(stand_in)["merge_status"] for _ in range(3)] == ["checking", "checking", "can_be_merged"]
    assert merge(stand_in).status_code == 200


def test_the_merge_requests_of_a_commit_are_found(stand_in: StandIn) -> None:
    """By its own commits and by the commit that its merge made; unknown commits are 404."""
    seeded(stand_in)
    head = opened(stand_in)["sha"]
    landed = merge(stand_in).json()["merge_commit_sha"]
    for sha in (head, landed):
        found = stand_in.get(f"/repository/commits/{sha}/merge_requests").json()
        assert [row["iid"] for row in found] == [1]
    commits = stand_in.get("/repository/commits", ref_name="main").json()
    first = next(commit["id"] for commit in commits if not commit["parent_ids"])
    assert stand_in.get(f"/repository/commits/{first}/merge_requests").json() == []
    assert stand_in.get(f"/repository/commits/{'0' * 40}/merge_requests").status_code == 404


def test_whose_token_it_is_can_be_asked(stand_in: StandIn) -> None:
    """`/user`, `/version` and the token itself; nothing without a token."""
    stand_in.client.auth()
    assert stand_in.client.user is not None
    me = stand_in.client.user.id
    assert stand_in.client.personal_access_tokens.get("self").user_id == me
    assert stand_in.client.version()[0] == "19.1.0"
    assert httpx.get(f"{stand_in.url}/api/v4/user", timeout=60).status_code == 401


def test_commands_in_a_description_are_carried_out(stand_in: StandIn) -> None:
    """As those of a note, when it is opened and when it is edited; they don't stay in the text."""
    seeded(stand_in)
    made = opened(stand_in, description="Why\n/label ~urgent\n```\n/close\n```")

    assert (made["description"], made["labels"], made["state"]) == ("Why\n```\n/close\n```", ["urgent"], "opened")
    edited = stand_in.http.put(f"{API}/merge_requests/1", json={"description": "Other\n/close"}).json()
    assert (edited["description"], edited["state"]) == ("Other", "closed")
