"""What people do with a web hook of the GitLab stand-in by hand: test it, send again, bring it back."""

import pytest
from gitlab.exceptions import GitlabHookTestError

from tests.contract.gitlab_stand_in import API, StandIn, said
from tests.contract.hooked import HOOKS, answering, held, hooked, kind, opened, tip
from tests.contract.receiver import Receiver
from tests.waiting import wait_for


def filled(stand_in: StandIn) -> None:
    """One of everything that there are samples of."""
    opened(stand_in)
    sha = tip(stand_in)
    stand_in.http.post(f"{API}/merge_requests/1/notes", json={"body": "Seen"})
    stand_in.http.post(f"{API}/merge_requests/1/notes", json={"body": "Among us", "internal": True})
    stand_in.http.post(f"{API}/statuses/{sha}", json={"state": "success"})
    for confidential in (False, True):
        stand_in.http.post(f"{API}/issues", json={"title": "Trouble", "confidential": confidential})
    deployment = {"environment": "qa", "sha": sha, "ref": "main", "tag": False, "status": "success"}
    stand_in.http.post(f"{API}/deployments", json=deployment)


@pytest.mark.parametrize(
    ("trigger", "header", "kind"),
    [
        ("push_events", "Push Hook", "push"),
        ("tag_push_events", "Tag Push Hook", "tag_push"),
        ("merge_requests_events", "Merge Request Hook", "merge_request"),
        ("note_events", "Note Hook", "note"),
        ("confidential_note_events", "Confidential Note Hook", "note"),
        ("pipeline_events", "Pipeline Hook", "pipeline"),
        ("deployment_events", "Deployment Hook", "deployment"),
        ("issues_events", "Issue Hook", "issue"),
        ("confidential_issues_events", "Confidential Issue Hook", "issue"),
    ],
)
def test_a_hook_is_tested_with_what_the_project_has(
    stand_in: StandIn, receiver: Receiver, trigger: str, header: str, kind: str
) -> None:
    """Even if it did not ask for such events; the sample of a merge request has no action."""
    filled(stand_in)
    number = hooked(stand_in, receiver, merge_requests_events=False)
    stand_in.project().hooks.get(number).test(trigger)
    (sent,) = receiver.got

    assert (sent.headers["X-Gitlab-Event"], sent.body["object_kind"]) == (header, kind)
    assert kind != "merge_request" or "action" not in sent.body["object_attributes"]
    assert len(stand_in.http.get(f"{HOOKS}/{number}/events").json()) == 1


def test_without_anything_to_show_a_test_says_what_is_lacking(stand_in: StandIn, receiver: Receiver) -> None:
    """422, in words; a trigger that GitLab does not know is a 400."""
    number = hooked(stand_in, receiver)
    url = f"{HOOKS}/{number}/test"
    lacks = {
        "merge_requests_events": "merge requests",
        "pipeline_events": "CI pipelines",
        "wiki_page_events": "wiki page",
    }
    for trigger, what in lacks.items():
        assert said(stand_in.http.post(f"{url}/{trigger}")) == (422, {"message": f"Ensure the project has {what}."})
    assert said(stand_in.http.post(f"{url}/odd")) == (400, {"error": "trigger does not have a valid value"})
    assert receiver.got == []


def test_a_test_that_fails_is_told_and_counted(stand_in: StandIn, receiver: Receiver) -> None:
    number = hooked(stand_in, receiver)
    answering(receiver, 503)
    with pytest.raises(GitlabHookTestError) as caught:
        stand_in.project().hooks.get(number).test("push_events")
    assert caught.value.response_code == 422
    assert stand_in.http.get(f"{HOOKS}/{number}/events").json()[0]["response_status"] == "503"


def test_a_successful_test_brings_a_hook_back(stand_in: StandIn, receiver: Receiver) -> None:
    """One that failed too often is sent nothing but tests; the first that succeeds switches it on."""
    number = hooked(stand_in, receiver)
    answering(receiver, 500)
    for _ in range(40):
        stand_in.http.post(f"{HOOKS}/{number}/test/push_events")
    assert stand_in.http.get(f"{HOOKS}/{number}").json()["alert_status"] == "disabled"
    answering(receiver, 204)
    opened(stand_in)
    stand_in.project().hooks.get(number).test("push_events")
    shown = stand_in.http.get(f"{HOOKS}/{number}").json()
    assert (shown["alert_status"], shown["disabled_until"]) == ("executable", None)
    assert [one.body["object_kind"] for one in receiver.got] == ["push"] * 41


def test_what_waits_for_a_hook_that_is_switched_off_is_never_sent(stand_in: StandIn, receiver: Receiver) -> None:
    """Whether a hook is on is asked again when its turn comes; the fourth failure ends the queue."""
    number = hooked(stand_in, receiver)
    answering(receiver, 500)
    with held(receiver):
        opened(stand_in)
        for title in "abcde":
            stand_in.http.put(f"{API}/merge_requests/1", json={"title": title})
    wait_for(lambda: len(stand_in.http.get(f"{HOOKS}/{number}/events").json()) >= 4)
    answering(receiver, 204)
    stand_in.project().hooks.get(number).test("push_events")
    stand_in.http.put(f"{API}/merge_requests/1", json={"title": "told again"})
    receiver.wait(6)
    assert [kind(one) for one in receiver.got[3:]] == ["update", "refs/heads/main", "update"]


def test_sending_again_answers_how_it_went_this_time(stand_in: StandIn, receiver: Receiver) -> None:
    """At once; not to an address that has changed since."""
    number = hooked(stand_in, receiver)
    answering(receiver, 500)
    opened(stand_in)
    events = f"{HOOKS}/{number}/events"
    wait_for(lambda: len(stand_in.http.get(events).json()) == 1)
    (row,) = stand_in.http.get(events, params={"status": "server_failure"}).json()
    answering(receiver, 202)
    again = f"{events}/{row['id']}/resend"
    assert said(stand_in.http.post(again)) == (201, {"response_status": 202})
    assert stand_in.http.get(events, params={"status": "successful"}).json()[0]["response_status"] == "202"
    stand_in.http.put(f"{HOOKS}/{number}", json={"url": "http://127.0.0.1:9/elsewhere"})
    assert stand_in.http.post(again).status_code == 422
    assert stand_in.http.post(f"{events}/999/resend").status_code == 404


def test_calls_by_hand_are_limited_on_request(stand_in: StandIn, receiver: Receiver) -> None:
    """GitLab allows five tests a minute; the setting does, too."""
    number = hooked(stand_in, receiver)
    stand_in.settings(hook_calls_per_minute=5)
    codes = [stand_in.http.post(f"{HOOKS}/{number}/test/push_events").status_code for _ in range(6)]
    assert codes == [201] * 5 + [429]


def test_deliveries_beyond_the_limit_of_a_minute_are_lost(stand_in: StandIn, receiver: Receiver) -> None:
    """For all hooks below one top group together, and without a trace: no delivery, no failure. Tests still pass."""
    number = hooked(stand_in, receiver)
    stand_in.settings(hooks_per_minute=2)
    opened(stand_in)
    for title in "abc":
        stand_in.http.put(f"{API}/merge_requests/1", json={"title": title})
    receiver.wait(2)
    stand_in.project().hooks.get(number).test("push_events")
    assert [kind(one) for one in receiver.got] == ["open", "update", "refs/heads/main"]
    assert len(stand_in.http.get(f"{HOOKS}/{number}/events").json()) == 3


def test_only_maintainers_test_hooks(stand_in: StandIn, receiver: Receiver) -> None:
    number = hooked(stand_in, receiver)
    stand_in.settings(user_access_level=30)
    assert stand_in.http.post(f"{HOOKS}/{number}/test/push_events").status_code == 403
    assert receiver.got == []
