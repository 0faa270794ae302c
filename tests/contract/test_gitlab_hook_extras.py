"""What the owner of a web hook may add to its deliveries: headers of its own, and a template for the body."""

import pytest

from tests.contract.gitlab_stand_in import StandIn, said
from tests.contract.hooked import HOOKS, first, hooked, opened
from tests.contract.receiver import Receiver

WRONG = "Custom headers validation failed: "


def added(**headers: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in headers.items()]


MANY = added(**{f"H{at}": "1" for at in range(21)})


def test_own_headers_are_sent_but_their_values_never_shown(stand_in: StandIn, receiver: Receiver) -> None:
    """Neither by the hook, nor by its deliveries, nor by the dump."""
    number = hooked(stand_in, receiver, custom_headers=added(Gateway="pass-word"))
    opened(stand_in)
    sent = first(receiver, "open")

    assert sent.headers["Gateway"] == "pass-word"
    assert stand_in.http.get(f"{HOOKS}/{number}").json()["custom_headers"] == [{"key": "Gateway"}]
    assert stand_in.http.get(f"{HOOKS}/{number}/events").json()[0]["request_headers"]["Gateway"] == "[REDACTED]"
    assert "pass-word" not in stand_in.http.get("/__admin__/dump").text


def test_own_headers_never_beat_gitlabs(stand_in: StandIn, receiver: Receiver) -> None:
    mine = [{"key": "x-gitlab-event", "value": "Mine"}, {"key": "X-Gitlab-Token", "value": "mine"}]
    hooked(stand_in, receiver, token="word", custom_headers=mine)
    opened(stand_in)
    sent = first(receiver, "open")

    assert (sent.headers["X-Gitlab-Event"], sent.headers["X-Gitlab-Token"]) == ("Merge Request Hook", "word")


def test_headers_come_and_go_one_by_one(stand_in: StandIn, receiver: Receiver) -> None:
    """Those in an edit are added to the others; one that isn't there is not found."""
    place = f"{HOOKS}/{hooked(stand_in, receiver, custom_headers=added(One='1'))}"
    stand_in.http.put(place, json={"custom_headers": added(Two="2")})

    assert stand_in.http.put(f"{place}/custom_headers/Three", json={"value": "3"}).status_code == 204
    assert stand_in.http.delete(f"{place}/custom_headers/One").status_code == 204
    assert stand_in.http.get(place).json()["custom_headers"] == [{"key": "Two"}, {"key": "Three"}]
    assert stand_in.http.delete(f"{place}/custom_headers/One").status_code == 404
    assert said(stand_in.http.put(f"{place}/custom_headers/Four")) == (400, {"error": "value is missing"})


@pytest.mark.parametrize(
    ("headers", "status", "error"),
    [
        (added(**{"a b": "1"}), 422, f"{WRONG}must be a valid json schema"),
        (added(a="1\r\nX: 2"), 422, f"{WRONG}must be a valid json schema"),
        (
            MANY,
            422,
            f"{WRONG}number of custom headers exceeds the maximum of 20",
        ),
        ([{"key": "a"}], 400, "custom_headers[0][value] is missing"),
        ("a: b", 400, "custom_headers is invalid"),
    ],
)
def test_what_cannot_be_a_header_is_refused(
    stand_in: StandIn, receiver: Receiver, headers: object, status: int, error: str
) -> None:
    answer = stand_in.http.post(HOOKS, json={"url": receiver.url, "custom_headers": headers})

    assert said(answer) == (status, {"error": error})
    assert stand_in.http.get(HOOKS).json() == []


def test_a_template_takes_the_place_of_the_body(stand_in: StandIn, receiver: Receiver) -> None:
    """Texts keep their quotes and escapes, whole fields may be put in, what isn't there is empty."""
    template = '{"title":"{{object_attributes.title}}","who":"{{user.nobody.x}}","iid":{{object_attributes.iid}}}'
    hooked(stand_in, receiver, custom_webhook_template=template)
    opened(stand_in, title='Say "hi"\\')
    (sent,) = receiver.wait()

    assert sent.body == {"title": 'Say "hi"\\', "who": "", "iid": 1}


def test_a_template_that_makes_no_json_fails_unsent(stand_in: StandIn, receiver: Receiver) -> None:
    """Its delivery says why."""
    opened(stand_in)
    place = f"{HOOKS}/{hooked(stand_in, receiver, custom_webhook_template='{{object_kind}}')}"

    assert stand_in.http.post(f"{place}/test/merge_requests_events").status_code == 422
    assert stand_in.http.get(f"{place}/events").json()[0]["response_body"].startswith("Error while parsing rendered")
    assert receiver.got == []


def test_an_edit_of_nothing_is_refused(stand_in: StandIn, receiver: Receiver) -> None:
    place = f"{HOOKS}/{hooked(stand_in, receiver)}"

    assert said(stand_in.http.put(place, json={})) == (400, {"error": "No parameters provided"})
    assert said(
        stand_in.http.put(place, json={"branch_filter_strategy": "regex", "push_events_branch_filter": "("})
    ) == (422, {"error": "Invalid branch filter given"})
