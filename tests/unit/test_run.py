"""The name of a run."""

from datetime import UTC, datetime

from shared.domain import run
from shared.domain.delivery import Delivery
from shared.domain.run import Run

PUBLISHED = datetime(2026, 11, 20, 9, 5, 7, 123, UTC)


def test_a_run_is_named_after_its_message_whatever_the_delivery() -> None:
    """A redelivery, later and with another number, finds what the first one began."""
    first = run.of(Delivery("4711", b"{}", {}, 1, PUBLISHED), now=1_800_000_000)
    second = run.of(Delivery("4711", b"{}", {}, 2, PUBLISHED), now=1_800_009_999)

    assert first == second == Run("de650d61", PUBLISHED)
    assert run.of(Delivery("4712", b"{}", {}, 1, PUBLISHED), now=0).id != first.id


def test_the_folder_sorts_by_time() -> None:
    """Day, then time, then the run."""
    assert Run("de650d61", PUBLISHED).folder == "20261120/090507-de650d61"


def test_the_clock_stands_in_where_pub_sub_does_not_say_the_time() -> None:
    """Read as UTC, wherever the function runs."""
    assert run.of(Delivery("4711", b"", {}), now=1_800_000_000.5).moment == datetime(2027, 1, 15, 8, 0, 0, 500_000, UTC)
