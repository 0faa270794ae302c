"""Whether what was told of a merge request still holds, from the status alone."""

import pytest

from shared.domain import review_mark
from shared.domain.due import Patience
from shared.domain.review_mark import Earlier

PATIENCE = Patience(lost=3000, again=86400)
TARGET, LIVE = "a" * 40, "b" * 40


def last(*, target: str = TARGET[:8], live: str = LIVE[:8], state: str = "success") -> Earlier:
    """What a status says."""
    return Earlier(3, target, live, "2026-11-29T05:00:00.123Z", state)


@pytest.mark.parametrize(
    ("told", "age", "stale"),
    [
        (None, 0, True),
        (last(), 0, False),
        (last(), 86400, True),
        (last(target="c" * 8), 0, True),
        (last(live="c" * 8), 0, True),
        (last(live=review_mark.NOTHING), 0, True),
        (last(state="failed"), 0, False),
        (last(state="running", target=review_mark.UNKNOWN, live=review_mark.UNKNOWN), 2999, False),
        (last(state="running", target=review_mark.UNKNOWN, live=review_mark.UNKNOWN), 3000, True),
        (last(state="failed", live=review_mark.UNKNOWN, target="c" * 8), 2999, False),
        (last(state="failed", live=review_mark.UNKNOWN), 3000, True),
    ],
)
def test_a_review_is_stale_when_what_it_was_made_for_has_moved(told: Earlier | None, age: float, stale: bool) -> None:
    """Nobody made one, it died, nobody could look, its target or what is live moved, or it is a day old."""
    assert review_mark.is_stale(told, target=TARGET, live=LIVE, age=age, patience=PATIENCE) is stale


def test_before_the_first_deploy_nothing_is_live() -> None:
    """That is known, and so it is no reason to look again."""
    assert not review_mark.is_stale(last(live=review_mark.NOTHING), target=TARGET, live="", age=0, patience=PATIENCE)


def test_moments_sort_as_time_does() -> None:
    """To the millisecond, and also across a day."""
    seconds = [0.0, 0.0015, 59.9999, 86399.5, 1_800_000_000.25]
    said = [review_mark.moment(each) for each in seconds]

    assert sorted(said) == said
    assert said[1] == "1970-01-01T00:00:00.001Z"
    assert review_mark.in_words(seconds[-1]) == "on 2027-01-15 at 08:00:00 UTC"
