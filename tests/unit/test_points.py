"""A point in the past is found in the service's own records."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import Refused
from shared.domain.point import At, OfCommit, OfDeployment
from shared.flows import points

from ..stage import ENVIRONMENT, Stage, stage

HOUR = 3600.0


def found(world: Stage, point: OfCommit | OfDeployment | At) -> str:
    return points.commit_of(point, head=world.head, environment=ENVIRONMENT, outside=world.outside())


def unknown(world: Stage, point: OfCommit | OfDeployment | At) -> str:
    """What the asker is told."""
    with pytest.raises(Refused) as caught:
        found(world, point)
    assert caught.value.reason == "version-unknown"
    return caught.value.detail


def hours(world: Stage, *codes: str) -> list[str]:
    """The commits of a deploy every hour, the first one of the stage included."""
    heads = [world.head]
    for code in codes:
        world.clock.advance(HOUR)
        heads.append(world.put(a=code))
        world.deploy()
    return heads


def test_a_commit_is_found_by_how_its_sha_begins() -> None:
    """Among those that the branch has stood at."""
    world = stage(a="one")
    heads = hours(world, "two", "three")

    assert [found(world, OfCommit(head[:7])) for head in heads] == heads
    assert found(world, OfCommit(heads[0])) == heads[0]


def test_a_commit_of_another_branch_is_unknown() -> None:
    """Whether by its whole sha or a part of it; so is one that isn't there."""
    world = stage(a="one")
    world.gitlab.branches["feature/x"] = world.head
    other = world.put(branch="feature/x", a="two")

    assert other in unknown(world, OfCommit(other))
    assert other[:9] in unknown(world, OfCommit(other[:9]))
    assert "0000000" in unknown(world, OfCommit("0000000"))


def test_a_whole_sha_is_found_wherever_it_came_from() -> None:
    """A merged commit that the branch itself never stood at."""
    world = stage(a="one")
    world.gitlab.branches["feature/x"] = world.head
    first = world.put(branch="feature/x", a="two")
    world.put(branch="feature/x", a="three")
    world.gitlab.merge("feature/x", "develop")

    assert found(world, OfCommit(first)) == first
    unknown(world, OfCommit(first[:12]))


def test_a_deployment_is_found_by_the_number_on_gitlabs_pages() -> None:
    """Only a success of the service's own in this workspace."""
    world = stage(a="one")
    heads = hours(world, "two")
    numbers = [each.number for _, each in world.gitlab.records]
    world.gitlab.deployed(ENVIRONMENT, heads[0], branch="develop", mapping="x", user=99)
    world.gitlab.deployed("aic/other", heads[0], branch="develop", mapping="x")
    world.gitlab.open_deployment(ENVIRONMENT, branch="develop", commit=heads[0], status="failed")

    assert [found(world, OfDeployment(number)) for number in numbers] == heads
    for number in range(len(numbers) + 1, len(numbers) + 4):
        assert f"deployment {number}" in unknown(world, OfDeployment(number))


def test_what_was_live_at_a_time_is_the_success_before_it() -> None:
    """To the second; before the first one there was nothing."""
    world = stage(a="one")
    start = datetime.fromtimestamp(world.clock.now(), UTC)
    heads = hours(world, "two", "three")

    def at(hour: float) -> str:
        return found(world, At(start + timedelta(hours=hour)))

    assert unknown(world, At(start - timedelta(seconds=1))).startswith("nothing had been deployed")
    assert [at(0), at(0.99), at(1), at(1.5), at(99)] == [heads[0], heads[0], heads[1], heads[1], heads[2]]


def test_what_was_live_is_listed_once_a_state() -> None:
    """Newest first; a head that failed was never live."""
    world = stage(a="one")
    heads = hours(world, "two")
    world.gitlab.deployed(ENVIRONMENT, heads[1], branch="develop", mapping="x")
    world.put(a="three")
    world.aic.put("a", "typed")
    world.deploy()

    assert list(points.states(ENVIRONMENT, world.outside())) == heads[::-1]
