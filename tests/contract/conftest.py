"""What most tests of the GitLab stand-in begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.gitlab_stand_in import StandIn, served
from tests.contract.receiver import Receiver, receiving


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    """A project with a branch `feature`, which has one file more."""
    with served(tmp_path) as stand_in:
        stand_in.seed(feature={"a.txt": "a\n"})
        yield stand_in


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who takes hooks."""
    with receiving() as receiver:
        yield receiver
