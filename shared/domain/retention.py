"""Which backups may go. Only complete ones are counted, and the newest of them always stay."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from .drives import Keep
from .mark import Mark

BEFORE_DAYS, BEFORE_WINDOW = 90, 14
"""What deploys were about to overwrite stays so many days; days before the window were looked at by earlier runs."""


def expired(marks: Sequence[Mark], keep: Keep) -> tuple[Mark, ...]:
    """Those that may be deleted, oldest first; backups that were made by hand for some purpose never may."""
    found = sorted({each for each in marks if each.regular}, key=lambda each: (each.moment, each.name), reverse=True)
    kept = set(found[: keep.last])
    kept |= _newest_of_each(found, lambda day: (day.year, day.month, day.day), keep.daily)
    kept |= _newest_of_each(found, lambda day: day.isocalendar()[:2], keep.weekly)
    kept |= _newest_of_each(found, lambda day: (day.year, day.month), keep.monthly)
    return tuple(each for each in reversed(found) if each not in kept)


def days_of_befores(today: date) -> tuple[str, ...]:
    """The folders of the days that are over for what deploys were about to overwrite, oldest first."""
    last = today - timedelta(days=BEFORE_DAYS)
    return tuple(f"{last - timedelta(days=back):%Y%m%d}" for back in range(BEFORE_WINDOW, 0, -1))


def _newest_of_each(found: Iterable[Mark], period: Callable[[date], object], most: int) -> set[Mark]:
    """`found` is newest first; periods without a backup don't count."""
    kept: dict[object, Mark] = {}
    for each in found:
        kept.setdefault(period(each.moment.date()), each)
    return set(list(kept.values())[:most])
