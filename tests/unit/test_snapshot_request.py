"""Messages of the topic `aic-snapshot`."""

import json
from dataclasses import asdict

import pytest

from shared.domain.errors import Refused
from shared.domain.messages import snapshot
from shared.domain.messages.snapshot import SnapshotRequest

FULL = {"project": "a/b", "workspace": "QA", "pipelines": ["Tides"], "dry_run": True, "by": "mira"}


def read(**said: object) -> SnapshotRequest:
    return snapshot.read(json.dumps(said).encode())


def test_everything_that_can_be_asked_arrives() -> None:
    """Nothing at all is a question, too: all workspaces."""
    assert read() == SnapshotRequest()
    assert json.loads(json.dumps(asdict(read(**FULL)))) == FULL


@pytest.mark.parametrize("said", [{}, {"project": "a/b"}, FULL])
def test_what_is_encoded_decodes_to_the_same(said: dict[str, object]) -> None:
    """As the fan-out does it."""
    assert snapshot.read(read(**said).encode()) == read(**said)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"workspace": "QA"}, "`message` names a `workspace` without its `project`"),
        ({"project": "a/b", "pipelines": ["x"]}, "`message` names `pipelines` without their `workspace`"),
        ({"workspaces": ["QA"]}, "`workspaces` is not known (known: project, workspace, pipelines, dry_run, by)"),
        ({"project": ""}, "`project` must not be empty"),
        ({"dry_run": "yes"}, "`dry_run` must be true or false, without quotes"),
    ],
)
def test_a_mistake_is_named(said: dict[str, object], sentence: str) -> None:
    """A misspelt `workspace` must not snapshot everything."""
    with pytest.raises(Refused) as caught:
        read(**said)

    assert (caught.value.reason, caught.value.detail) == ("message-invalid", sentence)
