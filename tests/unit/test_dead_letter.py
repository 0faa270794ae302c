"""What is read out of a dead letter, and what people are told of it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain import dead_letter, dead_letter_note, dead_letter_report, dead_letter_request
from shared.domain.dead_letter import Letter
from shared.domain.dead_letter_report import Buried, Fate
from shared.domain.dead_letter_request import Asked
from shared.domain.delivery import Delivery
from shared.domain.errors import Refused

NOW = 1_800_000_000.0
DIED = datetime(2026, 11, 20, 10, tzinfo=UTC)
SOURCE = "CloudPubSubDeadLetterSource"
ORIGIN = {
    f"{SOURCE}Subscription": "aic-deploy-push",
    f"{SOURCE}DeliveryCount": "5",
    f"{SOURCE}SubscriptionProject": "demo",
    f"{SOURCE}TopicPublishTime": "2026-11-20T09:40:00.123+00:00",
}


def letter(topic: str = "aic-command", said: object = None, *, data: bytes | None = None) -> Letter:
    """One that was given up at `DIED`."""
    body = json.dumps(said).encode() if data is None else data
    return Letter(topic, f"{topic}-push", 5, DIED, DIED - timedelta(minutes=20), Delivery("9", body, {}))


def test_a_letter_says_where_it_comes_from_and_when_it_was_asked_for() -> None:
    """As Pub/Sub tells it, in attributes beside those of the message."""
    found = dead_letter.read(Delivery("9", b"{}", {"origin": "webhook", **ORIGIN}, published=DIED), now=NOW)

    assert (found.topic, found.subscription, found.deliveries, found.died) == ("aic-deploy", "aic-deploy-push", 5, DIED)
    assert found.asked == datetime(2026, 11, 20, 9, 40, 0, 123000, UTC)
    assert found.again == "aic-deploy-dead-letter-kept"
    assert "5 times" in found.error.detail


def test_what_pubsub_does_not_say_is_made_up_for() -> None:
    """Nothing hangs on times and counts but words."""
    odd = {**ORIGIN, f"{SOURCE}DeliveryCount": "²", f"{SOURCE}TopicPublishTime": "yesterday"}

    found = dead_letter.read(Delivery("9", b"{}", odd), now=NOW)

    assert found.died == found.asked == datetime.fromtimestamp(NOW, UTC)
    assert "again and again" in found.error.detail


@pytest.mark.parametrize("subscription", ["", "aic-other-push", "aic-deployer", "-aic-deploy"])
def test_a_letter_of_a_subscription_that_is_not_ours_is_refused(subscription: str) -> None:
    """What it would have done, nobody knows."""
    with pytest.raises(Refused) as caught:
        dead_letter.read(Delivery("9", b"{}", {**ORIGIN, f"{SOURCE}Subscription": subscription}), now=NOW)

    assert caught.value.reason == "letter-unknown"


def test_a_subscription_may_be_called_like_its_topic_and_be_named_in_full() -> None:
    """As on a machine of one's own."""
    named = {**ORIGIN, f"{SOURCE}Subscription": "projects/p/subscriptions/aic-snapshot"}

    assert dead_letter.read(Delivery("9", b"{}", named), now=NOW).topic == "aic-snapshot"


@pytest.mark.parametrize(
    ("topic", "said", "asked"),
    [
        (
            "aic-snapshot",
            {"project": "a/b", "workspace": "W", "by": "ann"},
            Asked("snapshot", "a/b", workspace="W", by="ann"),
        ),
        ("aic-plan", {"project": "a/b", "merge_request": 7}, Asked("plan", "a/b", merge_request=7)),
        (
            "aic-command",
            {"workflow": "rollback", "parameters": {"project": "a/b", "branch": "main"}, "by": "ann"},
            Asked("rollback", "a/b", "main", by="ann"),
        ),
        ("aic-command", {"workflow": "<b>", "parameters": [], "project": "a/b"}, Asked("command")),
        ("aic-command", {}, Asked("command")),
        (
            "aic-plan",
            {"project": ["a/b"], "branch": 3, "workspace": "w" * 2000, "merge_request": True},
            Asked("plan"),
        ),
        ("aic-plan", {"merge_request": -1}, Asked("plan")),
    ],
)
def test_what_was_asked_for_is_read_from_messages_of_any_age(topic: str, said: object, asked: Asked) -> None:
    """What has another form is taken for nothing, and never for something else."""
    assert dead_letter_request.read(letter(topic, said)) == asked


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    """Nobody could be told of it."""
    with pytest.raises(Refused) as caught:
        dead_letter_request.read(letter(data=data))

    assert caught.value.reason == "message-invalid"


def test_the_note_says_what_was_given_up_for_whom_and_where_it_is_kept() -> None:
    """Names have no power in it."""
    asked = Asked("snapshot", "a/b", workspace="W", by="@ann")

    text = dead_letter_note.render(letter("aic-snapshot"), asked, first_line="<!-- x -->")

    assert text.startswith("<!-- x -->\n\n### 🚨 A snapshot was given up\n")
    assert "`2026-11-20 09:40:00 UTC`" in text
    assert "Asked for by `@ann`." in text
    assert "`aic-snapshot-dead-letter-kept`" in text


def test_a_note_that_nobody_asked_for_names_nobody() -> None:
    """The scheduler is no person."""
    assert "Asked for" not in dead_letter_note.render(letter("aic-snapshot"), Asked("snapshot"), first_line="")


@pytest.mark.parametrize(
    ("fate", "bad"),
    [
        (Fate.CONFIRMED, False),
        (Fate.TAKEN_OVER, False),
        (Fate.GIVEN_UP, True),
        (Fate.HALF_DEPLOYED, True),
        (Fate.UNREADABLE, True),
    ],
)
def test_whatever_was_not_in_order_already_is_an_error_in_the_log(fate: Fate, *, bad: bool) -> None:
    """Alerts are built on it."""
    told = Buried(fate, "dead-letter", "because", {"project": "a/b"}, again=True).told(letter())

    assert (told.said, told.bad, told.again) == (f"dead letter: {fate}", bad, True)
    assert told.fields == {
        "project": "a/b",
        "outcome": fate.value,
        "reason": "dead-letter",
        "detail": "because",
        "topic": "aic-command",
        "subscription": "aic-command-push",
        "deliveries": 5,
        "kept": "aic-command-dead-letter-kept",
    }


def test_a_letter_that_nobody_understands_is_told_in_the_log_alone() -> None:
    """And comes once."""
    told = dead_letter_report.unreadable(Refused("letter-unknown", "why"))

    assert (told.said, told.bad, told.again) == ("dead letter: unreadable", True, False)
    assert told.fields == {"outcome": "unreadable", "reason": "letter-unknown", "detail": "why"}
