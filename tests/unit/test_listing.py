"""How many pipelines AIC may list."""

import pytest

from shared.domain.aic import Job
from shared.domain.errors import Refused
from shared.flows import listing
from shared.flows.listing import MOST_PIPELINES, Listing

from ..stage import stage


def listed(count: int) -> Listing:
    """What is made of a list of that length."""
    world = stage(a="one")
    jobs = tuple(Job(f"{number:08x}", f"p{number}") for number in range(count))
    world.aic.jobs = lambda: jobs  # type: ignore[method-assign]
    return listing.read(world.aic, world.outside(), may_be_empty=False)


def test_as_many_pipelines_as_a_run_can_look_at_are_taken() -> None:
    """Each under its title."""
    assert len(listed(MOST_PIPELINES).ids) == MOST_PIPELINES


def test_one_more_is_refused_with_both_numbers() -> None:
    """So that people see how far off they are."""
    with pytest.raises(Refused, match=f"{MOST_PIPELINES + 1} pipelines, at most {MOST_PIPELINES}") as refused:
        listed(MOST_PIPELINES + 1)

    assert refused.value.reason == "workspace-too-big"
