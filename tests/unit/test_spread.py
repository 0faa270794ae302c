"""A snapshot of many workspaces becomes one message for each."""

import json

import pytest

from shared.deadline import Deadline
from shared.domain.errors import Transient
from shared.domain.messages import snapshot
from shared.domain.messages.snapshot import SnapshotRequest
from shared.domain.spread_report import SpreadReport
from shared.flows.spread import Question, spread

from ..fakes import FakeClock, FakePublisher

PLACES = (("pin/fusion", "QA"), ("pin/fusion", "PROD"), ("tide/harbour", "QA"))


def asked(publisher: FakePublisher, *, seconds: float = 480) -> SpreadReport:
    """Ann asks for a dry run of all."""
    deadline = Deadline.within(FakeClock(), seconds=seconds)

    def message(project: str, workspace: str) -> bytes:
        return SnapshotRequest(project=project, workspace=workspace, dry_run=True, by="ann").encode()

    question = Question("snapshot", "aic-snapshot", message, {"request_id": "r-1"}, "ann")
    return spread(question, PLACES, publisher=publisher, deadline=deadline)


def test_each_workspace_gets_a_message_of_its_own() -> None:
    """In an order of its own, with what was asked, and with who asked."""
    publisher = FakePublisher()

    report = asked(publisher)

    assert [(topic, key) for topic, _, key, _, _ in publisher.published] == [
        ("aic-snapshot", "pin/fusion:QA"),
        ("aic-snapshot", "pin/fusion:PROD"),
        ("aic-snapshot", "tide/harbour:QA"),
    ]
    assert [snapshot.read(json.dumps(said).encode()) for _, said, *_ in publisher.published] == [
        SnapshotRequest(project=project, workspace=workspace, dry_run=True, by="ann") for project, workspace in PLACES
    ]
    assert publisher.published[0][3] == {"request_id": "r-1", "project": "pin/fusion", "workspace": "QA"}
    told = report.told()
    assert (told.said, told.bad) == ("snapshot: 3 asked for", False)
    assert (told.fields["projects"], told.fields["by"]) == (2, "ann")
    assert told.fields["asked_for"] == ["pin/fusion: QA", "pin/fusion: PROD", "tide/harbour: QA"]


@pytest.mark.parametrize(
    ("publisher", "seconds", "reason"),
    [(FakePublisher(closed=True), 480, "pubsub-unavailable"), (FakePublisher(), 0, "deadline")],
)
def test_what_could_not_be_asked_is_asked_by_the_next_delivery(
    publisher: FakePublisher, seconds: float, reason: str
) -> None:
    """Those that were asked already are asked again, which does no harm."""
    with pytest.raises(Transient) as caught:
        asked(publisher, seconds=seconds)

    assert (caught.value.reason, publisher.published) == (reason, [])


def test_a_question_about_projects_names_no_workspace() -> None:
    """Neither its messages nor the log."""
    publisher = FakePublisher()
    question = Question("board", "aic-command", lambda project, _: json.dumps(project).encode(), {"request_id": "r-1"})
    deadline = Deadline.within(FakeClock(), seconds=480)

    report = spread(question, [("pin/fusion", "")], publisher=publisher, deadline=deadline)

    ((_, _, key, attributes, _),) = publisher.published
    assert (key, attributes) == ("pin/fusion:", {"request_id": "r-1", "project": "pin/fusion"})
    fields = report.told().fields
    assert (fields["projects"], fields["workspaces"], fields["asked_for"]) == (1, 0, ["pin/fusion"])
