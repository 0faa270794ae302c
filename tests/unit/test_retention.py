"""Which backups go, and that the newest complete ones never do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import mark, retention
from shared.domain.backup_report import BackupLine
from shared.domain.drives import DriveSettings, Keep
from shared.domain.errors import Transient
from shared.domain.mark import Mark
from shared.domain.run import Run
from shared.flows.retention import MOST, tidy, tidy_befores

from ..saved import INDEX, MOMENT, Attic, nth, pipeline
from ..stage import QA

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def made(*days: float) -> list[Mark]:
    """A backup so many days after the first of January each."""
    return [mark.of_run(Run("0a1b2c3d", START + timedelta(days=day))) for day in days]


def gone(marks: list[Mark], **keep: int) -> list[int]:
    """The days of those that go."""
    return [(each.moment - START).days for each in retention.expired(marks, Keep(**keep))]


MARKS = st.lists(
    st.builds(
        Mark,
        moment=st.integers(0, 7 * 366 * 24).map(lambda hours: START - timedelta(hours=hours)),
        run=st.sampled_from(["0a1b2c3d", "ffffffff"]),
        folder=st.just("f"),
        some=st.booleans(),
        named=st.booleans(),
    ),
    max_size=60,
)
KEEPS = st.builds(
    Keep,
    last=st.integers(1, 20),
    daily=st.integers(0, 20),
    weekly=st.integers(0, 20),
    monthly=st.integers(0, 20),
)


@settings(deadline=None)
@given(MARKS, KEEPS)
def test_the_newest_complete_ones_never_go(marks: list[Mark], keep: Keep) -> None:
    """Each that goes has at least so many newer ones that stay; what was made by hand stays whatever its age."""
    expired = retention.expired(marks, keep)
    stay = {each for each in marks if each not in expired}

    for each in expired:
        assert each.regular
        newer = [other for other in stay if other.regular and other.moment >= each.moment]
        assert len(newer) >= keep.last


@settings(deadline=None)
@given(MARKS, KEEPS)
def test_tidying_twice_is_tidying_once(marks: list[Mark], keep: Keep) -> None:
    """What stays would stay again."""
    expired = retention.expired(marks, keep)

    assert retention.expired([each for each in marks if each not in expired], keep) == ()
    assert list(expired) == sorted(expired, key=lambda each: (each.moment, each.name))


@settings(deadline=None)
@given(MARKS, KEEPS)
def test_each_of_the_newest_days_weeks_and_months_keeps_its_newest(marks: list[Mark], keep: Keep) -> None:
    """As many of them as the setting says."""
    regular = [each for each in marks if each.regular]
    stay = set(regular) - set(retention.expired(marks, keep))
    for form, most in (("%Y-%m-%d", keep.daily), ("%G-%V", keep.weekly), ("%Y-%m", keep.monthly)):
        periods = sorted({f"{each.moment:{form}}" for each in regular}, reverse=True)[:most]
        for period in periods:
            newest = max(each.moment for each in regular if f"{each.moment:{form}}" == period)
            assert newest in {each.moment for each in stay}


def test_the_rules_add_up() -> None:
    """Daily backups of half a year."""
    marks = made(*range(180))

    assert gone(marks, last=180) == []
    assert len(gone(marks, last=14)) == 180 - 14
    assert len(gone(marks, last=1, daily=30)) == 180 - 30
    assert set(range(180)) - set(gone(marks, last=1, monthly=3)) == {119, 150, 179}
    kept = set(range(180)) - set(gone(marks, last=2, daily=3, weekly=3, monthly=2))
    assert kept == {150, 171, 177, 178, 179}


def test_days_without_a_backup_do_not_count() -> None:
    """After a pause of months the last ones are still there."""
    assert gone(made(0, 100, 200), last=1, daily=3) == []


def tidied(attic: Attic, line: BackupLine) -> BackupLine:
    (found,) = tidy([line], workspace=QA, drives=attic.drives, outside=attic.stage.outside())
    return found


def attic_of(days: int, *, files: bool = False, **keep: int) -> tuple[Attic, BackupLine]:
    """Daily backups, and the line of the newest."""
    attic = Attic(names=(DriveSettings(drive="backups", files=files, keep=Keep(**keep)),))
    for day in range(days):
        (line,) = attic.store(pipeline("a", str(day)), run=nth(day))
    return attic, line


@pytest.mark.parametrize("files", [True, False])
def test_an_old_backup_goes_with_all_its_files(files: bool) -> None:
    """Manifest first, mark last; what somebody else has put into its folder stays."""
    attic, line = attic_of(4, last=2, files=files)
    old = nth(0).folder
    attic.drive().files[f"{old}/notes.txt"] = b"of a person"
    attic.drive().calls.clear()

    assert tidied(attic, line).removed == 2
    assert attic.drive().under(old) == [f"{old}/notes.txt"]
    assert len(attic.drive().names(INDEX)) == 2
    deleted = [call.removeprefix("delete ") for call in attic.drive().calls if call.startswith("delete")]
    assert deleted[0] == f"{old}/manifest.json"
    assert deleted[3 if files else 2] == f"{INDEX}/{mark.of_run(nth(0)).name}"
    assert tidied(attic, line).removed == 0


def test_a_tidying_that_was_cut_short_is_finished_by_the_next() -> None:
    """The mark of what is half gone is still there."""
    attic, line = attic_of(2, last=1)

    def cut(call: str) -> None:
        if call.startswith("delete") and call.endswith(".zip"):
            raise Transient("drive-unavailable")

    attic.drive().before = cut
    found = tidied(attic, line)
    assert (found.removed, found.kept, found.ok) == (0, "drive-unavailable", True)
    attic.drive().before = lambda _: None

    assert tidied(attic, line).removed == 1
    assert attic.drive().under(nth(0).folder) == []


@pytest.mark.parametrize("lost", ["manifest.json", "zip"])
def test_nothing_goes_while_the_newest_is_not_all_there(lost: str) -> None:
    """Its mark alone would prove nothing."""
    attic, line = attic_of(3, last=1)
    (path,) = [path for path in attic.drive().under(nth(2).folder) if path.endswith(lost)]
    del attic.drive().files[path]
    before = dict(attic.drive().files)

    assert tidied(attic, line).kept == "backup-incomplete"
    assert attic.drive().files == before


def test_nothing_goes_without_a_rule_or_after_a_backup_that_failed() -> None:
    """The one that is missing may be the one that counts."""
    attic, line = attic_of(3, last=1)
    before = dict(attic.drive().files)
    failed = BackupLine("backups", line.folder, ok=False, reason="drive-refused")
    assert tidied(attic, failed) == failed
    attic.names = ("backups",)
    assert tidied(attic, line) == line

    assert attic.drive().files == before


def test_a_drive_full_of_years_is_tidied_bit_by_bit() -> None:
    """A run must end."""
    attic, line = attic_of(MOST + 5, last=1)

    assert tidied(attic, line).removed == MOST
    assert tidied(attic, line).removed == 4


def test_what_deploys_were_about_to_overwrite_goes_after_three_months() -> None:
    """Looked for by days; drives that fail are left for the next time."""
    attic = Attic(names=("broken", "backups"))
    for days in (0, 1, 80):
        attic.pre_images(pipeline("a"), run=nth(days))
    attic.store(pipeline("a"), run=nth(0))

    def refuse(_call: str) -> None:
        raise Transient("drive-unavailable")

    attic.drive("broken").before = refuse
    removed = tidy_befores(workspace=QA, run=nth(92), drives=attic.drives, outside=attic.stage.outside())

    assert removed == 2
    assert len([path for path in attic.drive().files if "before" in path]) == 3
    assert len(attic.drive().under(nth(0).folder)) == 2
    assert len(attic.drive("broken").files) == len(attic.drive().files) + 6


def test_the_days_that_are_looked_at_follow_one_another() -> None:
    """A weekly run misses none, also when it is late once."""
    days = retention.days_of_befores(date(2026, 11, 28))

    assert (days[0], days[-1], len(days)) == ("20260816", "20260829", 14)
    assert MOMENT.date() == date(2026, 11, 28)
