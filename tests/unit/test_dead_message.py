"""What was given up and is no deploy is told where its work would have been seen."""

from datetime import UTC, datetime

import pytest

from shared.domain.dead_letter import Letter
from shared.domain.dead_letter_report import Buried, Fate
from shared.domain.dead_letter_request import Asked
from shared.domain.delivery import Delivery
from shared.domain.errors import Refused
from shared.domain.gitlab import OnCommit, OnMergeRequest
from shared.flows.dead_message import tell

from ..stage import ALLOWED, QA, Stage, stage

DIED = datetime(2026, 11, 20, 10, tzinfo=UTC)


def told(world: Stage, asked: Asked, *, died: datetime = DIED) -> Buried:
    """One delivery of the letter."""
    letter = Letter("aic-snapshot", "aic-snapshot-push", 5, died, DIED, Delivery("9", b"", {}))
    return tell(asked, letter, world.outside(), allowed=ALLOWED)


@pytest.mark.parametrize("more", [{"workspace": QA}, {"branch": "develop"}])
def test_a_branch_or_workspace_is_told_of_on_the_newest_commit(more: dict[str, str]) -> None:
    """Where the note of the work itself would be."""
    world = stage(a="one")

    found = told(world, Asked("snapshot", "pin/fusion", **more, by="ann"))  # type: ignore[arg-type]

    assert (found.fate, found.reason, found.fields["told_on"]) == (Fate.GIVEN_UP, "dead-letter", "develop")
    assert "A snapshot was given up" in world.gitlab.body(OnCommit(world.head))


def test_a_merge_request_is_told_of_there() -> None:
    """And nowhere else."""
    world = stage(a="one")
    number = world.merge(a="two")

    found = told(world, Asked("plan", "pin/fusion", merge_request=number))

    assert (found.fate, found.fields["told_on"]) == (Fate.GIVEN_UP, f"!{number}")
    assert "A plan was given up" in world.gitlab.body(OnMergeRequest(number))


def test_a_letter_that_comes_again_writes_nothing() -> None:
    """Also where Pub/Sub has given the message up twice."""
    world, asked = stage(a="one"), Asked("snapshot", "pin/fusion", workspace=QA)
    told(world, asked)
    before = dict(world.gitlab.written)

    assert told(world, asked).fate is Fate.CONFIRMED
    assert told(world, asked, died=DIED.replace(hour=11)).fate is Fate.CONFIRMED
    assert world.gitlab.written == before


@pytest.mark.parametrize(
    "asked",
    [
        Asked("sweep", "pin/fusion"),
        Asked("rollback", "pin/fusion", branch="gone"),
        Asked("backup", "pin/fusion", workspace="PIN FUSION 2.0 DEV"),
    ],
)
def test_what_has_no_place_is_in_the_log_alone(asked: Asked) -> None:
    """The alert is built on that."""
    world = stage(a="one")

    found = tell(
        asked,
        Letter("aic-command", "aic-command-push", 5, DIED, DIED, Delivery("9", b"", {})),
        world.outside(),
        allowed=ALLOWED | {"PIN FUSION 2.0 DEV"},
    )

    assert (found.fate, found.fields["told_on"], world.gitlab.written) == (Fate.GIVEN_UP, "", {})


def test_a_workspace_that_the_project_may_not_touch_is_refused() -> None:
    """A message can't make the service speak about other people's workspaces."""
    with pytest.raises(Refused) as caught:
        told(stage(a="one"), Asked("snapshot", "pin/fusion", workspace="Somebody's"))

    assert caught.value.reason == "workspace-not-allowed"
