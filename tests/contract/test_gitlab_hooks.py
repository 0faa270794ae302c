"""Web hooks of the GitLab stand-in: what is sent, when, in which envelope, and what failures do."""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.gitlab_stand_in import API, PATH, StandIn
from tests.contract.hooked import HOOKS, answering, first, held, hooked, kind, kinds, opened, tip
from tests.contract.receiver import Receiver, receiving
from tests.waiting import wait_for

ZEROS = "0" * 40
SECRET = bytes(range(32))
SIGNING = f"whsec_{base64.b64encode(SECRET).decode()}"
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving("/hook?a=1") as receiver:
        yield receiver


def merge(stand_in: StandIn, iid: int = 1, **fields: object) -> Any:
    return stand_in.http.put(f"{API}/merge_requests/{iid}/merge", json=fields).json()


def edit(stand_in: StandIn, iid: int = 1, **fields: object) -> None:
    assert stand_in.http.put(f"{API}/merge_requests/{iid}", json=fields).status_code == 200


def push(stand_in: StandIn, branch: str, path: str = "other.txt") -> str:
    body = {"project": PATH, "branch": branch, "write": {path: f"{branch} {path}\n"}}
    return str(stand_in.admin("POST", "commit", body)["commit"])


def events(stand_in: StandIn, hook: int, count: int) -> list[Any]:
    """The hook's recorded deliveries, newest first, once there are so many."""
    rows: list[Any] = []

    def complete() -> bool:
        rows[:] = stand_in.http.get(f"{HOOKS}/{hook}/events").json()
        return len(rows) >= count

    wait_for(complete)
    return rows


def test_an_envelope_is_complete_and_signed(stand_in: StandIn, receiver: Receiver) -> None:
    """Every header of a delivery; the signature is over the very bytes, by Standard Webhooks."""
    hooked(stand_in, receiver, token="plain\nsecret", signing_token=SIGNING)
    opened(stand_in)
    (sent,) = receiver.wait(1)
    headers = sent.headers

    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"] == "GitLab/19.1.0"
    assert headers["X-Gitlab-Event"] == "Merge Request Hook"
    assert headers["X-Gitlab-Instance"] == stand_in.url
    assert headers["X-Gitlab-Token"] == "plainsecret"
    uuids = {headers[name] for name in ("Idempotency-Key", "X-Gitlab-Event-UUID", "X-Gitlab-Webhook-UUID")}
    assert len(uuids) == 3
    assert headers["webhook-id"] == headers["Idempotency-Key"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + sent.raw
    digest = hmac.new(SECRET, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60


def test_without_secrets_no_secret_headers_are_sent(stand_in: StandIn, receiver: Receiver) -> None:
    """Neither token nor signature."""
    hooked(stand_in, receiver)
    opened(stand_in)
    (sent,) = receiver.wait(1)
    assert not {"X-Gitlab-Token", "webhook-id", "webhook-signature", "webhook-timestamp"} & set(sent.headers)


def test_a_body_is_escaped_for_html(stand_in: StandIn, receiver: Receiver) -> None:
    """`&`, `<` and `>` never appear as they are, and are read back as they were."""
    hooked(stand_in, receiver)
    opened(stand_in, title="Drop <b> & more")
    (sent,) = receiver.wait(1)
    assert rb"Drop \u003cb\u003e \u0026 more" in sent.raw
    assert not set(b"&<>") & set(sent.raw)
    assert sent.body["object_attributes"]["title"] == "Drop <b> & more"


def merged_event(stand_in: StandIn, receiver: Receiver, *, method: str, squash: bool) -> tuple[Any, Any]:
    """The body of a merge event and what REST says of the same merge request."""
    stand_in.admin("POST", "reset")
    stand_in.settings(merge_method=method)
    stand_in.seed(feature={"a.txt": "a\n"})
    hooked(stand_in, receiver)
    opened(stand_in, squash=squash)
    merge(stand_in)
    return first(receiver, "merge").body, stand_in.get("/merge_requests/1").json()


@pytest.mark.parametrize("method", ["merge", "rebase_merge", "ff"])
@pytest.mark.parametrize("squash", [False, True])
def test_a_merge_event_tells_what_gitlab_tells(
    stand_in: StandIn, receiver: Receiver, method: str, squash: bool
) -> None:
    """State 3 from 4, no person in `merge_user_id`, the source's head, and a merge commit only if there is one."""
    body, shown = merged_event(stand_in, receiver, method=method, squash=squash)
    attributes = body["object_attributes"]

    assert (body["object_kind"], body["event_type"]) == ("merge_request", "merge_request")
    assert (attributes["action"], attributes["state"], attributes["state_id"]) == ("merge", "merged", 3)
    assert body["changes"]["state_id"] == {"previous": 4, "current": 3}
    assert attributes["detailed_merge_status"] == "not_open"
    assert attributes["merge_user_id"] is None
    assert body["user"]["id"] == shown["merged_by"]["id"]
    assert attributes["last_commit"]["id"] == shown["sha"]
    assert attributes["merge_commit_sha"] == shown["merge_commit_sha"]
    assert (shown["merge_commit_sha"] is None) is (method == "ff")
    assert (shown["squash_commit_sha"] is not None) is squash
    never = {"squash_commit_sha", "merged_at", "merged_commit_sha", "diff_refs", "oldrev"}
    assert not never & set(attributes)


def test_a_body_has_the_shape_of_a_hook_not_of_rest(stand_in: StandIn, receiver: Receiver) -> None:
    """Times as `… UTC`, no e-mail address, no empty lists of people, the project in three places."""
    hooked(stand_in, receiver)
    opened(stand_in, labels=["x"])
    body = first(receiver, "open").body
    attributes = body["object_attributes"]

    assert all(STAMP.fullmatch(attributes[key]) for key in ("created_at", "updated_at", "prepared_at"))
    assert body["user"]["email"] == "[REDACTED]"
    assert not {"assignees", "reviewers"} & set(body)
    assert body["project"]["path_with_namespace"] == PATH
    assert attributes["source"] == attributes["target"] == body["project"]
    assert (body["project"]["id"], attributes["target_project_id"]) == (1, 1)
    assert [label["title"] for label in body["labels"]] == ["x"]
    assert body["repository"]["homepage"] == f"{stand_in.url}/{PATH}"


def test_people_of_a_merge_request_are_told(stand_in: StandIn, receiver: Receiver) -> None:
    """Who has it and who reviews it, by number and as people; a change of them before and after."""
    number = stand_in.http.get("/api/v4/user").json()["id"]
    hooked(stand_in, receiver)
    opened(stand_in, assignee_id=number, reviewer_ids=[number])
    edit(stand_in, reviewer_ids=[])
    before, after = receiver.wait(2)

    attributes = before.body["object_attributes"]
    assert (attributes["assignee_id"], attributes["assignee_ids"], attributes["reviewer_ids"]) == (
        number, [number], [number],
    )  # fmt: skip
    (person,) = before.body["reviewers"]
    assert set(person) == {"id", "name", "username", "avatar_url", "email"}
    assert before.body["assignees"] == [person]
    assert after.body["changes"]["reviewers"] == {"previous": [person], "current": []}
    assert "reviewers" not in after.body


def test_each_change_is_an_event_of_its_own(stand_in: StandIn, receiver: Receiver) -> None:
    """open, update, close, reopen, in order; `changes` names fields before and after."""
    hooked(stand_in, receiver)
    opened(stand_in)
    edit(stand_in, title="Change b", labels="x")
    edit(stand_in, state_event="close")
    edit(stand_in, state_event="reopen")
    sent = receiver.wait(4)

    assert [kind(one) for one in sent] == ["open", "update", "close", "reopen"]
    changes = sent[1].body["changes"]
    assert changes["title"] == {"previous": "Change a", "current": "Change b"}
    assert [label["title"] for label in changes["labels"]["current"]] == ["x"]
    assert STAMP.fullmatch(changes["updated_at"]["current"])
    assert sent[2].body["changes"]["state_id"] == {"previous": 1, "current": 2}


def test_new_commits_are_an_update_with_the_old_head(stand_in: StandIn, receiver: Receiver) -> None:
    """`oldrev` is there for commits, and only for them."""
    hooked(stand_in, receiver)
    before = opened(stand_in)["sha"]
    after = push(stand_in, "feature")
    edit(stand_in, title="Change b")
    sent = receiver.wait(3)

    commits, title = sent[1].body["object_attributes"], sent[2].body["object_attributes"]
    assert (commits["action"], commits["oldrev"], commits["last_commit"]["id"]) == ("update", before, after)
    assert "oldrev" not in title


def test_a_merge_by_push_is_told_as_a_merge(stand_in: StandIn, receiver: Receiver) -> None:
    """From state 1, as it was never locked for merging."""
    hooked(stand_in, receiver)
    push(stand_in, "develop", "d.txt")
    opened(stand_in, target_branch="develop", title="first")
    opened(stand_in, title="second")
    merge(stand_in, 2)
    opened(stand_in, source_branch="main", target_branch="develop", title="third")
    merge(stand_in, 3)
    sent = [one.body for one in receiver.wait(6) if kind(one) == "merge"]

    by_push = next(body for body in sent if body["object_attributes"]["title"] == "first")
    assert by_push["changes"]["state_id"] == {"previous": 1, "current": 3}


def test_a_merge_is_also_a_push_and_maybe_a_deletion(stand_in: StandIn, receiver: Receiver) -> None:
    """The target moves with the merge commit among its commits; the removed source ends in zeros."""
    hooked(stand_in, receiver, push_events=True)
    before, head = tip(stand_in, "main"), opened(stand_in)["sha"]
    after = merge(stand_in, should_remove_source_branch=True)["merge_commit_sha"]
    assert {kind(one) for one in receiver.wait(4)} == {"open", "merge", "refs/heads/main", "refs/heads/feature"}
    main, feature = (first(receiver, f"refs/heads/{name}") for name in ("main", "feature"))

    assert main.headers["X-Gitlab-Event"] == "Push Hook"
    assert (main.body["before"], main.body["after"], main.body["checkout_sha"]) == (before, after, after)
    assert {commit["id"] for commit in main.body["commits"]} == {head, after}
    assert main.body["ref_protected"] is True
    assert (feature.body["before"], feature.body["after"]) == (head, ZEROS)
    assert (feature.body["checkout_sha"], feature.body["commits"]) == (None, [])


def test_a_new_branch_is_pushed_from_zeros(stand_in: StandIn, receiver: Receiver) -> None:
    """Without commits of its own it lists none; with some, just those, and which files they touch."""
    hooked(stand_in, receiver, push_events=True)
    stand_in.http.post(f"{API}/repository/branches", json={"branch": "bare", "ref": "main"})
    push(stand_in, "filled", "new.txt")
    bare, filled = (first(receiver, f"refs/heads/{name}").body for name in ("bare", "filled"))

    assert (bare["before"], bare["after"], bare["commits"]) == (ZEROS, tip(stand_in, "main"), [])
    (commit,) = filled["commits"]
    assert (commit["added"], commit["modified"], commit["removed"]) == (["new.txt"], [], [])
    assert filled["total_commits_count"] == 1


def test_a_long_push_lists_its_newest_twenty_commits(stand_in: StandIn, receiver: Receiver) -> None:
    """All are counted, the oldest are left out, the newest comes last."""
    for number in range(21):
        push(stand_in, "feature", f"{number}.txt")
    hooked(stand_in, receiver, push_events=True)
    stand_in.http.post(f"{API}/repository/branches", json={"branch": "copy", "ref": "feature"})
    body = first(receiver, "refs/heads/copy").body

    assert (len(body["commits"]), body["total_commits_count"]) == (20, 22)
    assert body["commits"][-1]["id"] == body["after"]


def test_a_branch_filter_holds_for_pushes_only(stand_in: StandIn, receiver: Receiver) -> None:
    """Merge request events come whatever the branch is."""
    hooked(stand_in, receiver, push_events=True, push_events_branch_filter="release/*")
    push(stand_in, "feature")
    push(stand_in, "release/1")
    opened(stand_in)
    assert [kind(one) for one in receiver.wait(2)] == ["refs/heads/release/1", "open"]


def test_hooks_are_sent_after_the_answer(stand_in: StandIn, receiver: Receiver) -> None:
    """The API call is over while the receiver still keeps the delivery waiting."""
    hook = hooked(stand_in, receiver)
    with held(receiver):
        assert opened(stand_in)["state"] == "opened"
        receiver.wait(1)
        assert stand_in.http.get(f"{HOOKS}/{hook}/events").json() == []
    assert events(stand_in, hook, 1)[0]["response_status"] == "204"


def test_a_slow_receiver_does_not_hold_up_another_hook(stand_in: StandIn, receiver: Receiver) -> None:
    """Each hook has its own way out; both hear of one event under one event id, with keys of their own."""
    hooked(stand_in, receiver)
    with held(receiver), receiving() as quick:
        hooked(stand_in, quick)
        opened(stand_in)
        (one,), (other,) = quick.wait(1), receiver.wait(1)
    assert one.headers["X-Gitlab-Event-UUID"] == other.headers["X-Gitlab-Event-UUID"]
    assert one.headers["Idempotency-Key"] != other.headers["Idempotency-Key"]


def test_a_failed_delivery_is_not_tried_again(stand_in: StandIn, receiver: Receiver) -> None:
    """It is recorded with its status; the next event is simply the next delivery."""
    hook = hooked(stand_in, receiver)
    answering(receiver, 500)
    opened(stand_in)
    edit(stand_in, title="Change b")
    recorded = events(stand_in, hook, 2)

    assert [row["response_status"] for row in recorded] == ["500", "500"]
    assert [row["trigger"] for row in recorded] == ["merge_request_hooks"] * 2
    assert kinds(receiver) == ["open", "update"]


def test_a_receiver_that_is_not_there_is_recorded_too(stand_in: StandIn) -> None:
    """Without any HTTP answer the status is an internal error."""
    with receiving() as gone:
        pass
    hook = hooked(stand_in, gone)
    opened(stand_in)
    assert events(stand_in, hook, 1)[0]["response_status"] == "internal error"


def test_a_delivery_can_be_sent_again_by_hand(stand_in: StandIn, receiver: Receiver) -> None:
    """The same bytes and idempotency key; another webhook uuid."""
    hook = hooked(stand_in, receiver, token="secret")
    opened(stand_in)
    (row,) = events(stand_in, hook, 1)
    assert "secret" not in row["request_headers"].values()
    assert stand_in.http.post(f"{HOOKS}/{hook}/events/{row['id']}/resend").status_code == 201
    first, second = receiver.wait(2)

    assert first.raw == second.raw
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.headers["X-Gitlab-Webhook-UUID"] != second.headers["X-Gitlab-Webhook-UUID"]


@pytest.mark.parametrize("status", [400, 503])
def test_four_failures_in_a_row_switch_a_hook_off(stand_in: StandIn, receiver: Receiver, status: int) -> None:
    """4xx and 5xx alike; what happens meanwhile is never sent."""
    hook = hooked(stand_in, receiver)
    answering(receiver, status)
    opened(stand_in)
    for number in range(3):
        edit(stand_in, title=f"Change {number}")
    events(stand_in, hook, 4)
    shown = stand_in.http.get(f"{HOOKS}/{hook}").json()
    assert shown["alert_status"] == "temporarily_disabled"
    assert shown["disabled_until"] is not None
    edit(stand_in, title="never told")
    with receiving() as other:
        hooked(stand_in, other)
        edit(stand_in, title="told to the other one")
        other.wait(1)
    assert len(receiver.got) == 4


def test_a_hook_can_be_kept_on_whatever_fails(stand_in: StandIn, receiver: Receiver) -> None:
    """The setting `auto_disable`, as a GitLab of one's own has it off."""
    hook = hooked(stand_in, receiver)
    stand_in.settings(hooks={"auto_disable": False})
    answering(receiver, 500)
    opened(stand_in)
    for number in range(4):
        edit(stand_in, title=f"Change {number}")
    events(stand_in, hook, 5)
    assert stand_in.http.get(f"{HOOKS}/{hook}").json()["alert_status"] == "executable"


@pytest.mark.parametrize("status", [204, 302])
def test_one_success_forgets_failures(stand_in: StandIn, receiver: Receiver, status: int) -> None:
    """3xx is a success, and is not followed."""
    hook = hooked(stand_in, receiver)
    opened(stand_in)
    for number, answer in enumerate((500, 500, 500, status, 500)):
        events(stand_in, hook, number + 1)
        answering(receiver, answer)
        edit(stand_in, title=f"Change {number}")
    events(stand_in, hook, 6)
    assert stand_in.http.get(f"{HOOKS}/{hook}").json()["alert_status"] == "executable"


def test_deliveries_can_be_repeated(stand_in: StandIn, receiver: Receiver) -> None:
    """Duplicates carry the same idempotency key and another webhook uuid."""
    hooked(stand_in, receiver)
    stand_in.settings(hooks={"order": "ordered", "duplicates": 2})
    opened(stand_in)
    sent = receiver.wait(3)
    assert len({one.headers["Idempotency-Key"] for one in sent}) == 1
    assert len({one.headers["X-Gitlab-Webhook-UUID"] for one in sent}) == 3


def test_deliveries_can_be_lost(stand_in: StandIn, receiver: Receiver) -> None:
    """With drop 1 nothing comes, with drop 0.5 some of it; what happens afterwards all does."""
    hooked(stand_in, receiver)
    stand_in.settings(hooks={"drop": 1}, rng_seed=5)
    opened(stand_in)
    stand_in.settings(hooks={"drop": 0.5})
    for number in range(20):
        edit(stand_in, title=f"Change {number}")
    stand_in.settings(hooks="ordered")
    edit(stand_in, state_event="close")
    first(receiver, "close")
    assert "open" not in kinds(receiver)
    assert 1 < len(receiver.got) < 21


def test_deliveries_can_come_in_another_order(stand_in: StandIn, receiver: Receiver) -> None:
    """Shuffled, events that are close together change places, but none is lost."""
    hooked(stand_in, receiver)
    stand_in.settings(hooks="shuffled", rng_seed=3)
    opened(stand_in)
    titles = [f"Change {number}" for number in range(12)]
    for title in titles:
        edit(stand_in, title=title)

    def told() -> list[str]:
        return [one.body["object_attributes"]["title"] for one in receiver.got if kind(one) == "update"]

    wait_for(lambda: len(told()) == len(titles))
    assert sorted(told()) == sorted(titles)
    assert told() != titles


def test_secrets_of_a_hook_are_written_but_never_read(stand_in: StandIn, receiver: Receiver) -> None:
    """Only that they are there is shown, in answers and in the dump."""
    project = stand_in.project()
    hook = project.hooks.create({"url": receiver.url, "token": "plain-word", "signing_token": SIGNING})
    shown = project.hooks.get(hook.id).attributes
    assert (shown["token_present"], shown["signing_token_present"]) == (True, True)
    assert "token" not in shown
    assert "plain-word" not in stand_in.http.get("/__admin__/dump").text
    assert SIGNING not in stand_in.http.get("/__admin__/dump").text
    hook.token = ""
    hook.save()
    assert project.hooks.get(hook.id).token_present is False


def test_hooks_are_kept_by_maintainers(stand_in: StandIn, receiver: Receiver) -> None:
    """Made, listed, changed and deleted; wrong fields are refused and change nothing; others get 403."""
    hook = hooked(stand_in, receiver)
    assert stand_in.http.post(HOOKS, json={}).json() == {"error": "url is missing"}
    assert stand_in.http.post(HOOKS, json={"url": "ftp://x"}).status_code == 422
    assert stand_in.http.put(f"{HOOKS}/{hook}", json={"signing_token": "whsec_c2hvcnQ="}).status_code == 422
    unreadable = {"branch_filter_strategy": "regex", "push_events_branch_filter": "("}
    assert stand_in.http.put(f"{HOOKS}/{hook}", json=unreadable).status_code == 422
    changed = stand_in.http.put(f"{HOOKS}/{hook}", json={"push_events": True, "enable_ssl_verification": False}).json()
    assert (changed["push_events"], changed["enable_ssl_verification"]) == (True, False)
    assert changed["alert_status"] == "executable"
    assert [row["id"] for row in stand_in.http.get(HOOKS).json()] == [hook]
    stand_in.settings(user_access_level=30)
    assert stand_in.http.get(HOOKS).status_code == 403
    stand_in.settings(user_access_level=40)
    assert stand_in.http.delete(f"{HOOKS}/{hook}").status_code == 204
    assert stand_in.http.get(f"{HOOKS}/{hook}").status_code == 404


def test_a_deleted_hook_hears_nothing_more(stand_in: StandIn, receiver: Receiver) -> None:
    """What waits in its lane is not sent either."""
    hook = hooked(stand_in, receiver)
    with held(receiver):
        opened(stand_in)
        receiver.wait(1)
        edit(stand_in, title="waits")
        assert stand_in.http.delete(f"{HOOKS}/{hook}").status_code == 204
    with receiving() as other:
        hooked(stand_in, other)
        edit(stand_in, title="told")
        other.wait(1)
    assert len(receiver.got) == 1


def test_user_and_password_of_an_address_become_authorization(stand_in: StandIn, receiver: Receiver) -> None:
    """They don't stay in the address."""
    hooked(stand_in, receiver, url=receiver.url.replace("http://", "http://name:word@"))
    opened(stand_in)
    (sent,) = receiver.wait(1)
    assert sent.headers["Authorization"] == f"Basic {base64.b64encode(b'name:word').decode()}"


def test_no_hook_has_fields_that_stay_inside(stand_in: StandIn, receiver: Receiver) -> None:
    """Nothing that begins with an underscore leaves the stand-in."""
    hook = hooked(stand_in, receiver)
    opened(stand_in)
    (row,) = events(stand_in, hook, 1)
    shown: list[Any] = [row, stand_in.http.get(f"{HOOKS}/{hook}").json(), receiver.got[0].body["object_attributes"]]
    assert not [key for document in shown for key in document if key.startswith("_")]
