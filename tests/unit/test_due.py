"""Whether a branch waits for a deploy that nobody has asked for."""

from datetime import UTC, datetime

import pytest

from shared.domain import due
from shared.domain.due import Due, Patience
from shared.domain.gitlab import Deployment, Status

HEAD, OLD, GONE = "a" * 40, "b" * 40, "c" * 40
NOW, LOST, AGAIN = 1_800_000_000.0, 3000.0, 86400.0
PATIENCE = Patience(LOST, AGAIN)


def ago(seconds: float) -> str:
    """As GitLab writes it."""
    return datetime.fromtimestamp(NOW - seconds, UTC).isoformat().replace("+00:00", "Z")


def record(commit: str, status: str, seconds: float = 0) -> Deployment:
    return Deployment(1, commit, status, 7, "develop", ago(seconds))


def posted(state: str, seconds: float = 0) -> Status:
    return Status(state, "", 7, ago(seconds))


def found(*own: Deployment, status: Status | None = None) -> Due:
    """What is found of HEAD; the status is asked for only where the records don't tell."""
    known = due.of_records(HEAD, own, now=NOW, patience=PATIENCE)
    return known or due.of_status(HEAD, own, status, now=NOW, patience=PATIENCE)


def test_a_head_that_was_recorded_is_done() -> None:
    """However long ago, and whatever its status says."""
    assert due.of_records(HEAD, [record(HEAD, "success", 10 * AGAIN)], now=NOW, patience=PATIENCE) is Due.DONE


@pytest.mark.parametrize("own", [(), (record(OLD, "success"),), (record(GONE, "failed"), record(OLD, "success"))])
def test_a_head_that_nobody_tried_is_missing(own: tuple[Deployment, ...]) -> None:
    """Its hook was lost, or is on its way."""
    assert found(*own) is Due.MISSING


@pytest.mark.parametrize("state", ["running", "pending"])
def test_a_deploy_under_way_is_left_alone_until_nobody_can_be_at_it(state: str) -> None:
    """Deliveries times ack deadline."""
    assert found(record(OLD, "success"), status=posted(state, LOST - 1)) is Due.UNDER_WAY
    assert found(record(OLD, "success"), status=posted(state, LOST)) is Due.LEFT


@pytest.mark.parametrize("commit", [HEAD, GONE])
def test_a_record_that_was_left_running_is_brought_to_its_end(commit: str) -> None:
    """Also one of another head, and though head itself is live."""
    assert found(record(commit, "running", LOST), record(HEAD, "success")) is Due.LEFT
    assert found(record(commit, "running", LOST - 1), record(HEAD, "success")) is Due.DONE


@pytest.mark.parametrize("state", ["failed", "canceled", "success"])
def test_a_head_that_was_tried_waits_for_a_day(state: str) -> None:
    """Whoever is to blame won't have mended it in ten minutes. A success without a record is no success."""
    assert found(record(OLD, "success"), status=posted(state, AGAIN - 1)) is Due.WAITS
    assert found(record(OLD, "success"), status=posted(state, AGAIN)) is Due.AGAIN


def test_the_record_tells_where_no_status_could_be_posted() -> None:
    """Or where it is the newer of the two."""
    assert found(record(HEAD, "failed", AGAIN - 1)) is Due.WAITS
    assert found(record(HEAD, "failed", AGAIN)) is Due.AGAIN
    assert found(record(HEAD, "failed", 5), status=posted("failed", 2 * AGAIN)) is Due.WAITS
    assert found(record(HEAD, "failed", 2 * AGAIN), status=posted("failed", 5)) is Due.WAITS
    assert found(record(HEAD, "running", 5)) is Due.UNDER_WAY
