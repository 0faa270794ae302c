"""How the GitLab stand-in cuts lists into pages, where no list of a test would be long enough."""

import re
from pathlib import Path

import pytest

from emulators.gitlab.defaults import SETTINGS
from emulators.gitlab.pagination import COUNTED, paginated
from emulators.gitlab.world import World
from emulators.routing import Answer, Call
from emulators.settings import Settings


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "git", settings=Settings(SETTINGS))


def relations(answer: Answer) -> set[str]:
    return set(re.findall(r'rel="(\w+)"', answer.headers["Link"]))


def test_long_lists_have_no_totals(world: World) -> None:
    """10,000 items are counted, one more is not; the next page is told all the same."""
    call = Call("GET", "/", query={"per_page": ["1"]})

    counted, uncounted = (paginated(world, call, range(length)) for length in (COUNTED, COUNTED + 1))

    assert (counted.headers["X-Total"], counted.headers["X-Total-Pages"]) == ("10000", "10000")
    assert relations(counted) == {"first", "next", "last"}
    assert not {"X-Total", "X-Total-Pages"} & set(uncounted.headers)
    assert relations(uncounted) == {"first", "next"}
    assert uncounted.headers["X-Next-Page"] == "2"
