"""Merge requests through the GitLab adapter: what is sent, and when GitLab is ready to merge."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from shared.adapters.gitlab.proposals import PAUSES
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.domain.gitlab import Care, FileAction, Hook, Proposal
from tests.contract.failing import reason_of
from tests.contract.gitlab_script import OTHER, SHA, methods, opened, opened_upon, refused, told
from tests.contract.gitlab_stand_in import StandIn, served
from tests.fakes import FakeClock
from tests.scripted import Asked, Told, json_answer, scripted

MERGED = "c" * 40
SQUASHED = "d" * 40
TWIN = "Another open merge request already exists for this source branch: !6"
ROW: dict[str, object] = {
    "iid": 5,
    "source_branch": "aic-sync/qa",
    "target_branch": "main",
    "state": "opened",
    "author": {"id": 7},
    "title": "t",
    "description": "d",
    "sha": SHA,
    "web_url": "https://git.example.com/a/b/-/merge_requests/5",
}


def seen(status: str = "mergeable", **more: object) -> dict[str, object]:
    """A merge request as a look at it shows it."""
    return {**ROW, "detailed_merge_status": status, **more}


def merged(**more: object) -> dict[str, object]:
    """The answer to a merge."""
    return seen("not_open", state="merged", merge_commit_sha=MERGED, squash_commit_sha=None, **more)


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path) as running:
        running.seed(main={"a": "1", "b": "1"})
        yield running


def proposed(stand_in: StandIn, *, clock: FakeClock) -> tuple[str, int]:
    """A proposal of the stand-in that can be merged: its head and number."""
    repository = opened_upon(stand_in, clock=clock)
    start = repository.head("main")
    head = repository.commit("side", (FileAction("update", "a", b"2"),), message="x", start=start)
    return head, repository.propose("side", "main", title="t", description="").iid


def test_a_proposal_is_sent_as_gitlab_takes_it() -> None:
    """Never squashed, since Git must have had what AIC ran; its branch goes with it."""
    with told(ROW, status=201) as server:
        made = opened(server).propose("aic-sync/qa", "main", title="t", description="d", care=Care(("a", "b")))
        (asked,) = server.asked

    assert (asked.method, asked.target) == ("POST", "/api/v4/projects/a%2Fb/merge_requests")
    assert json.loads(asked.body) == {
        "source_branch": "aic-sync/qa",
        "target_branch": "main",
        "title": "t",
        "description": "d",
        "labels": "a,b",
        "squash": False,
        "remove_source_branch": True,
    }
    url = "https://git.example.com/a/b/-/merge_requests/5"
    assert made == Proposal(5, "aic-sync/qa", "main", "opened", 7, "t", "d", SHA, url)


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (refused(409, [TWIN]), Transient, "gitlab-busy"),
        (refused(400, {"source_branch": ["does not exist"]}), Permanent, "gitlab-refused"),
        (refused(422, ["You can't use same project/branch for source and target"]), Permanent, "gitlab-refused"),
        (refused(403, "403 Forbidden"), Permanent, "gitlab-forbidden"),
        (Told(502), Transient, "gitlab-unavailable"),
        (Told(201, b"{}", {"Content-Type": "application/json"}), Transient, "gitlab-odd-answer"),
        (Told(201, b"<html>", {"Content-Type": "text/html"}), Transient, "gitlab-odd-answer"),
    ],
)
def test_a_proposal_that_is_not_made_is_sent_once(answer: Told, kind: type[ServiceError], reason: str) -> None:
    """GitLab says some of it in lists and objects."""
    with told(answer) as server:
        call = partial(opened(server).propose, "s", "main", title="t", description="d")
        assert reason_of(call, kind) == reason
        assert len(server.asked) == 1


def test_what_gitlab_leaves_out_of_a_proposal_is_empty() -> None:
    """A user that is gone is nobody, a source that is gone has no commit."""
    with told([{**ROW, "author": None, "description": None, "sha": None}]) as server:
        (found,) = opened(server).proposals(target="main", state="all", source="aic-sync/qa")

        assert (found.author, found.description, found.head) == (0, "", "")
        query = server.asked[0].target.partition("?")[2].split("&")
        assert {"target_branch=main", "state=all", "source_branch=aic-sync%2Fqa", "order_by=created_at"} < set(query)


def test_an_edit_sends_what_is_given_and_nothing_is_no_request() -> None:
    """A description may be emptied."""
    with told(ROW) as server:
        repository = opened(server)
        repository.edit_proposal(5)
        repository.edit_proposal(5, title="x")
        repository.edit_proposal(5, description="", close=True)

        assert methods(server) == ["PUT", "PUT"]
        assert [json.loads(asked.body) for asked in server.asked] == [
            {"title": "x"},
            {"description": "", "state_event": "close"},
        ]


def test_a_merge_waits_until_gitlab_has_looked(stand_in: StandIn) -> None:
    """Each look makes it go on; nothing is sent blindly meanwhile."""
    stand_in.settings(mergeability_reads=3)
    clock = FakeClock()
    head, iid = proposed(stand_in, clock=clock)
    stand_in.admin("DELETE", "counters")
    landed = opened_upon(stand_in, clock=clock).accept(iid, head=head)

    assert landed == opened_upon(stand_in).head("main")
    routes = stand_in.admin("GET", "counters")["by_route"]
    assert routes["PUT /projects/:id/merge_requests/:merge_request_iid/merge"] == 1
    assert clock.slept == list(PAUSES[:3])


@pytest.mark.parametrize("undecided", ["unchecked", "checking", "preparing", "approvals_syncing"])
def test_a_merge_that_comes_too_early_is_looked_at_again(undecided: str) -> None:
    """405 has done nothing; the next attempt follows only upon GitLab's word that it can."""
    with told(seen(undecided), seen(), refused(405, "405 Method Not Allowed"), seen(undecided), seen(), merged()) as it:
        assert opened(it).accept(5, head=SHA) == MERGED
        assert methods(it) == ["GET", "GET", "PUT", "GET", "GET", "PUT"]
        assert json.loads(it.asked[-1].body) == {"sha": SHA, "squash": False, "should_remove_source_branch": True}


@pytest.mark.parametrize(
    "status",
    ["conflict", "draft_status", "not_approved", "ci_must_pass", "ci_still_running", "discussions_not_resolved",
     "commits_status", "need_rebase", "a word of tomorrow"],
)  # fmt: skip
def test_what_gitlab_says_it_cannot_merge_is_not_tried(status: str) -> None:
    """The word is told, so that a person knows what to do."""
    with told(seen(status)) as server:
        with pytest.raises(Permanent) as caught:
            opened(server).accept(5, head=SHA)
        assert (caught.value.reason, status in caught.value.detail) == ("merge-refused", True)
        assert methods(server) == ["GET"]


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (refused(401, "401 Unauthorized"), Permanent, "gitlab-forbidden"),
        (refused(403, "403 Forbidden"), Permanent, "gitlab-forbidden"),
        (refused(409, f"SHA does not match HEAD of source branch: {OTHER}"), Transient, "gitlab-outdated"),
        (refused(409, "409 Conflict: resource locked"), Transient, "gitlab-busy"),
        (refused(422, "Branch cannot be merged"), Permanent, "merge-refused"),
        (refused(400, "SHA must be provided when merging"), Permanent, "gitlab-refused"),
        (Told(502), Transient, "gitlab-unavailable"),
        (Told(silent=True), Transient, "gitlab-unavailable"),
        (json_answer(json.dumps(seen(merge_commit_sha=MERGED))), Transient, "gitlab-odd-answer"),
        (json_answer(json.dumps(merged() | {"merge_commit_sha": "abc"})), Transient, "gitlab-odd-answer"),
        (json_answer("[]"), Transient, "gitlab-odd-answer"),
        (Told(200, b"<html>", {"Content-Type": "text/html"}), Transient, "gitlab-odd-answer"),
    ],
)
def test_a_merge_is_sent_once(answer: Told, kind: type[ServiceError], reason: str) -> None:
    """Its right is only missing where the token was good a moment ago."""
    with told(seen(), answer) as server:
        assert reason_of(lambda: opened(server).accept(5, head=SHA), kind) == reason
        assert methods(server) == ["GET", "PUT"]


@pytest.mark.parametrize(
    ("more", "landed"),
    [
        ({}, MERGED),
        ({"squash_commit_sha": SQUASHED}, MERGED),
        ({"merge_commit_sha": None, "squash_commit_sha": SQUASHED}, SQUASHED),
        ({"merge_commit_sha": None}, SHA),
        ({"merge_commit_sha": ""}, SHA),
    ],
)
def test_the_new_commit_of_the_target_depends_on_how_the_project_merges(more: dict[str, object], landed: str) -> None:
    """A merge commit, a squash that the project insists on, or the head itself. Asked again it is the same."""
    with told(seen(), {**merged(), **more}) as server:
        assert opened(server).accept(5, head=SHA) == landed
    with told({**merged(), **more}) as server:
        assert opened(server).accept(5, head=SHA) == landed
        assert methods(server) == ["GET"]


def test_one_that_was_merged_with_other_commits_is_refused() -> None:
    """It is not what the caller meant."""
    with told(merged(sha=OTHER)) as server:
        assert reason_of(lambda: opened(server).accept(5, head=SHA)) == "merge-refused"


def test_a_head_that_gitlab_has_not_noticed_yet_is_waited_for() -> None:
    """The branch has it already: a push reaches the merge request a little later."""
    branch = {"commit": {"id": SHA}}
    with told(seen(sha=OTHER), branch, seen("checking"), seen(), merged()) as server:
        assert opened(server).accept(5, head=SHA) == MERGED
        assert methods(server) == ["GET"] * 4 + ["PUT"]
    with told(seen(sha=OTHER), {"commit": {"id": OTHER}}) as server:
        assert reason_of(lambda: opened(server).accept(5, head=SHA), Transient) == "gitlab-outdated"
        assert methods(server) == ["GET", "GET"]


@pytest.mark.parametrize("answer", [seen("checking"), seen("mergeable", state="locked")])
def test_a_check_that_never_ends_is_left_to_the_next_delivery(answer: dict[str, object]) -> None:
    """After about a minute, or with the run; nothing was sent."""
    clock = FakeClock()
    with told(answer) as server:
        assert reason_of(lambda: opened(server, clock=clock).accept(5, head=SHA), Transient) == "gitlab-busy"
        assert methods(server) == ["GET"] * len(PAUSES)
        assert 50 < clock.monotonic() < 70
    with told(answer) as server:
        short = opened(server, seconds=5)
        assert reason_of(lambda: short.accept(5, head=SHA), Transient) == "deadline"


def test_merges_that_come_too_early_each_time_end_too() -> None:
    """However often GitLab says that it could."""

    def answer(asked: Asked) -> Told:
        return refused(405, "405 Method Not Allowed") if asked.method == "PUT" else json_answer(json.dumps(seen()))

    with scripted(answer) as server:
        assert reason_of(lambda: opened(server).accept(5, head=SHA), Transient) == "gitlab-busy"
        assert methods(server) == ["GET", "PUT"] * len(PAUSES)


@pytest.mark.parametrize("key", ["iid", "state", "detailed_merge_status", "source_branch"])
def test_a_merge_request_without_its_state_is_odd(key: str) -> None:
    """Nothing is merged on a guess."""
    row = {name: value for name, value in seen(sha=OTHER).items() if name != key}
    with told(row) as server:
        assert reason_of(lambda: opened(server).accept(5, head=SHA), Transient) == "gitlab-odd-answer"
        assert "PUT" not in methods(server)


def test_a_hook_is_disabled_whatever_gitlab_calls_it() -> None:
    """For a while or for good; a GitLab that never does so says nothing."""
    rows = [
        {"id": number, "url": f"https://{number}", **({"alert_status": alert} if alert != "absent" else {})}
        for number, alert in enumerate(("executable", "temporarily_disabled", "disabled", None, "absent"))
    ]
    with told(rows) as server:
        assert opened(server).hooks() == tuple(
            Hook(number, f"https://{number}", disabled, events=())
            for number, disabled in enumerate((False, True, True, False, False))
        )


def test_a_pipeline_that_has_nothing_to_run_is_refused(stand_in: StandIn) -> None:
    """GitLab says why in an object; it is sent once."""
    stand_in.settings(require_ci_config=True)

    assert reason_of(lambda: opened_upon(stand_in).start_pipeline("main")) == "gitlab-refused"
    with told({"id": 9}, status=201) as server:
        assert opened(server).start_pipeline("main") == 9
        (asked,) = server.asked
        assert (asked.method, asked.target) == ("POST", "/api/v4/projects/a%2Fb/pipeline")
        assert json.loads(asked.body) == {"ref": "main"}


def test_the_result_of_a_merge_is_waited_for_while_another_check_is_under_way() -> None:
    """GitLab answers 400 then, as it does for a conflict; only the merge request itself tells which."""
    busy = refused(400, "Merge request is not mergeable")
    checking = {"iid": 1, "state": "opened", "detailed_merge_status": "checking", "changes_count": "1"}
    with told(busy, checking, busy, checking, {"commit_id": SHA}) as server:
        assert opened(server).merge_result(1) == SHA
        assert [asked.target.rpartition("/")[2] for asked in server.asked] == ["merge_ref", "1"] * 2 + ["merge_ref"]

    with told(*[busy, checking] * 20) as server, pytest.raises(Transient, match="gitlab-busy"):
        opened(server).merge_result(1)


@pytest.mark.parametrize(
    "stuck",
    [{"has_conflicts": True}, {"merge_status": "cannot_be_merged"}, {"changes_count": None}, {"state": "merged"}],
)
def test_what_can_never_be_merged_is_not_waited_for(stuck: dict[str, object]) -> None:
    """A conflict, nothing to merge, or it was merged already."""
    seen = {"iid": 1, "state": "opened", "detailed_merge_status": "conflict", "changes_count": "1", **stuck}
    with told(refused(400, "Merge request is not mergeable"), seen) as server:
        assert opened(server).merge_result(1) is None
        assert len(server.asked) == 2


def test_labels_that_are_no_texts_are_an_odd_answer() -> None:
    """What hangs on a label must be sure of it."""
    with told({"iid": 1, "labels": [{"name": "aic::delete"}]}) as server, pytest.raises(Transient):
        opened(server).proposal(1)
