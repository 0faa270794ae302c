"""One delivery of a message."""

import pytest

from shared.domain.delivery import Delivery


def test_a_delivery_is_followed_by_the_id_of_its_hook_else_its_own() -> None:
    """Through all logs."""
    assert Delivery("7", b"", {"request_id": "r-1"}).request_id == "r-1"
    assert Delivery("7", b"", {"request_id": ""}).request_id == "7"
    assert Delivery("7", b"", {}).request_id == "7"


@pytest.mark.parametrize("origin", ["webhook", "scheduler", "sweep", "snapshot"])
def test_what_the_service_published_was_not_asked_by_a_person(origin: str) -> None:
    """Nobody waits for an answer to it."""
    assert not Delivery("7", b"", {"origin": origin}).by_hand


def test_anybody_else_who_may_publish_is_a_person() -> None:
    """Whatever they say of themselves."""
    assert Delivery("7", b"", {}).by_hand
    assert Delivery("7", b"", {"origin": "gcloud"}).by_hand
