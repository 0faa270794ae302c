"""python-gitlab, through every call that the stand-in claims."""

from collections.abc import Callable, Iterator

import pytest
from gitlab import Gitlab

from tests.strangers.python_gitlab import contents, places, records, work
from tests.strangers.python_gitlab.ground import Ground
from tests.strangers.stand_in import StandIn

WALKS = (*places.WALKS, *contents.WALKS, *work.WALKS, *records.WALKS)


@pytest.fixture
def client(one_gitlab: StandIn) -> Iterator[Gitlab]:
    with Gitlab(one_gitlab.url, private_token="stranger", timeout=60) as client:
        yield client


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_python_gitlab_gets_on_with(walk: Callable[[Ground], None], client: Gitlab, gitlab: StandIn) -> None:
    """A manager with what it can do: made, found, listed, changed, deleted."""
    walk(Ground(gitlab, client))


def test_nothing_that_the_stand_in_claims_goes_untried(client: Gitlab, gitlab: StandIn) -> None:
    """The walks together make every one of its calls."""
    for walk in WALKS:
        walk(Ground(gitlab, client))

    assert sorted(gitlab.claimed() - gitlab.called().keys()) == []
