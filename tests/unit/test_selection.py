"""Which pipelines go from one branch to another."""

import pytest

from shared.domain import mapping, selection
from shared.domain.errors import Refused
from shared.domain.layout import config_path
from shared.domain.selection import Selection

MAPPING = mapping.parse(b"mapping:\n  main: PROD\nignore:\n  - 'scratch*'\n")
SAME, ABSENT = (
    "it is the same there already",
    ("it is not on the branch that it would come from; nothing is deleted by a promotion"),
)


def blobs(**titles: str) -> dict[str, str]:
    return {config_path(title): blob for title, blob in titles.items()}


SOURCE = blobs(new="1", changed="2", same="1", scratch="1") | {"config/readme.txt": "x"}
TARGET = blobs(changed="1", same="1", gone="1")


def chosen(*wanted: str) -> Selection:
    return selection.choose(wanted or None, source=SOURCE, target=TARGET, mapping=MAPPING)


def test_without_names_all_that_differ_go_along() -> None:
    """But for what the mapping file ignores, and for what would have to be deleted."""
    assert chosen() == Selection(("changed", "new"), (("gone", ABSENT), ("scratch", "the mapping file ignores it")))


def test_f12_only_the_named_ones_go_along() -> None:
    """What needs nothing or can't be brought is said."""
    assert chosen("new", "same", "gone", "new") == Selection(("new",), (("gone", ABSENT), ("same", SAME)))


@pytest.mark.parametrize(("title", "reason"), [("typo", "unknown-pipeline"), ("scratch", "pipeline-ignored")])
def test_a_name_that_makes_no_sense_is_refused(title: str, reason: str) -> None:
    """Rather than bringing the others only."""
    with pytest.raises(Refused) as refused:
        chosen("new", title)
    assert refused.value.reason == reason
    assert f"`{title}`" in refused.value.detail


def test_more_can_be_left_out_with_a_reason_of_its_own() -> None:
    """What is not chosen stays as it is."""
    assert chosen("new", "changed", "same").without(("new", "other"), "why") == Selection(
        ("changed",), (("same", SAME), ("new", "why"))
    )
