"""Messages of the topic `aic-plan`."""

import json

import pytest

from shared.domain.errors import Refused
from shared.domain.messages import plan
from shared.domain.messages.plan import PlanRequest


def test_a_merge_request_is_named_by_its_number() -> None:
    """As a person writes it, with who asks if they say so."""
    said = {"project": "a/b", "merge_request": 12}

    assert plan.read(json.dumps(said).encode()) == PlanRequest(project="a/b", merge_request=12)
    assert plan.read(json.dumps({**said, "by": "ann"}).encode()).by == "ann"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "`project` is missing; `merge_request` is missing"),
        ({"project": "a/b", "merge_request": 0}, "`merge_request` must be greater than or equal to 1"),
        ({"project": "a/b", "merge_request": "!12"}, "`merge_request` must be a whole number"),
        (
            {"project": "a/b", "merge_request": 1, "iid": 1},
            "`iid` is not known (known: project, merge_request, by)",
        ),
    ],
)
def test_a_mistake_is_named_with_what_is_known(said: object, sentence: str) -> None:
    """So that the next try is right."""
    with pytest.raises(Refused) as caught:
        plan.read(json.dumps(said).encode())

    assert (caught.value.reason, caught.value.detail) == ("message-invalid", sentence)
