"""What Pub/Sub posts to a function → one delivery."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import envelope
from shared.domain.delivery import Delivery
from shared.domain.errors import Refused

MESSAGE: dict[str, Any] = {
    "data": "eyJhIjogMX0=",
    "attributes": {"origin": "webhook"},
    "messageId": "77",
    "message_id": "77",
    "publishTime": "2026-06-01T08:00:00Z",
    "publish_time": "2026-06-01T08:00:00Z",
    "orderingKey": "a/b:develop",
}
PUSHED: dict[str, Any] = {
    "message": MESSAGE,
    "subscription": "projects/p/subscriptions/deploy",
    "deliveryAttempt": 3,
}
MOMENT = datetime(2026, 6, 1, 8, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.binary().map(repr),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def read(tree: object) -> Delivery:
    return envelope.read(json.dumps(tree).encode())


def pushed(**message: object) -> Delivery:
    """The envelope with other parts of the message; None takes a part away."""
    parts = {name: value for name, value in (MESSAGE | message).items() if value is not None}
    return read(PUSHED | {"message": parts})


def test_a_push_of_pub_sub_is_a_delivery() -> None:
    """Data, attributes, id, the number of the attempt, and when Pub/Sub took the message."""
    assert read(PUSHED) == Delivery("77", b'{"a": 1}', {"origin": "webhook"}, 3, MOMENT)


def test_what_pub_sub_leaves_out_is_empty() -> None:
    """It leaves out what there is nothing of; without a dead letter topic it doesn't count."""
    assert read({"message": {"messageId": "77"}}) == Delivery("77", b"", {}, 0)
    assert pushed(data=None) == Delivery("77", b"", {"origin": "webhook"}, 3, MOMENT)
    assert pushed(data="", attributes={}) == Delivery("77", b"", {}, 3, MOMENT)
    assert read({"message": {"data": None, "attributes": None}, "deliveryAttempt": None}) == Delivery("", b"", {}, 0)


def test_either_spelling_of_the_id_is_one() -> None:
    """Pub/Sub sends both, a test tool perhaps one."""
    assert pushed(messageId=None).message_id == "77"
    assert pushed(message_id=None).message_id == "77"
    assert pushed(messageId=78).message_id == "78"


def test_attributes_are_texts() -> None:
    """Whatever else stands there reads as text."""
    assert pushed(attributes={"n": 5, "t": True, "z": None}).attributes == {"n": "5", "t": "True", "z": "None"}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-01T08:00:00.123456789Z", datetime(2026, 6, 1, 8, 0, 0, 123456, UTC)),
        ("2026-06-01T10:00:00+02:00", MOMENT),
        ("2026-06-01T08:00:00", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("yesterday", None),
        ("", None),
        (1780300800, None),
        (None, None),
    ],
)
def test_a_time_that_is_missing_or_odd_is_none(text: object, moment: datetime | None) -> None:
    """The message itself is worth no less."""
    assert pushed(publishTime=text, publish_time=None).published == moment
    assert pushed(publishTime=None, publish_time=text).published == moment


@pytest.mark.parametrize("data", [b"\x00\xff", b"", "🌊".encode(), b"x" * 100_000])
def test_data_is_any_bytes(data: bytes) -> None:
    """What they mean is for the message to say."""
    assert pushed(data=base64.b64encode(data).decode()).data == data


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"5",
        b'"message"',
        b"{}",
        b"\xff\xfe\xff",
        b"[" * 100_000,
        b"9" * 5000,
        b'{"message": null}',
        b'{"message": []}',
        b'{"message": "x"}',
        b'{"message": 5}',
        b'{"message": {"data": "!"}}',
        b'{"message": {"data": "YQ"}}',
        b'{"message": {"data": "YQ==\\n"}}',
        b'{"message": {"data": "_-8="}}',
        '{"message": {"data": "ü"}}'.encode(),
        b'{"message": {"data": 5}}',
        b'{"message": {"data": ["YQ=="]}}',
        b'{"message": {"data": {"a": 1}}}',
        b'{"message": {"attributes": "x"}}',
        b'{"message": {"attributes": ["x"]}}',
        b'{"message": {"attributes": 5}}',
        b'{"message": {}, "deliveryAttempt": "x"}',
        b'{"message": {}, "deliveryAttempt": [1]}',
        b'{"message": {}, "deliveryAttempt": {"a": 1}}',
        b'{"message": {}, "deliveryAttempt": NaN}',
        b'{"message": {}, "deliveryAttempt": Infinity}',
    ],
)
def test_what_pub_sub_does_not_send_is_refused(body: bytes) -> None:
    """In one sentence that quotes nothing of it."""
    with pytest.raises(Refused) as caught:
        envelope.read(body)

    assert str(caught.value) == "envelope-invalid: this is no message pushed by Pub/Sub"


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(["message", "data", "attributes", "messageId", "publishTime", "deliveryAttempt"]), JSON)
def test_any_value_in_any_place_is_a_delivery_or_a_refusal(place: str, value: object) -> None:
    """And never another error."""
    inside = place in MESSAGE
    tree = {**PUSHED, "message": {**MESSAGE, place: value}} if inside else {**PUSHED, place: value}
    try:
        delivery = read(tree)
    except Refused:
        return

    assert all(isinstance(text, str) for pair in delivery.attributes.items() for text in pair)
    assert isinstance(delivery.attempt, int)
    assert delivery.published is None or delivery.published.tzinfo is UTC
