"""How failures switch a web hook of the GitLab stand-in off, in time that passes at once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulators.gitlab import hooks
from emulators.gitlab.defaults import SETTINGS
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.world import World
from emulators.settings import Settings

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def hook(tmp_path: Path) -> Record:
    world = World(tmp_path / "git", settings=Settings(SETTINGS))
    return hooks.create(world, world.create_project("g", "p"), given=Params({"url": "https://example.com"}))


def fail(hook: Record, times: int) -> None:
    for _ in range(times):
        hooks.score(hook, success=False, now=NOW)


def hears(hook: Record, after: timedelta) -> bool:
    return hooks.hears(hook, "push_events", now=NOW + after, branch="main")


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (3, timedelta(0)),
        (4, timedelta(minutes=1)),
        (5, timedelta(minutes=2)),
        (6, timedelta(minutes=4)),
        (14, timedelta(minutes=1024)),
        (15, timedelta(hours=24)),
        (39, timedelta(hours=24)),
    ],
)
def test_each_failure_makes_the_pause_longer(hook: Record, failures: int, pause: timedelta) -> None:
    """From the fourth on; when the pause is over the hook is on again by itself."""
    fail(hook, failures)

    assert hears(hook, pause)
    assert not pause or not hears(hook, pause - timedelta(seconds=1))


def test_a_hook_shows_that_its_pause_is_over(hook: Record) -> None:
    """`alert_status` is of now, though nothing has been sent since; until when it paused stays to be seen."""
    fail(hook, 4)
    shown = [hooks.render(hook, now=NOW + timedelta(seconds=after)) for after in (59, 61)]

    assert [one["alert_status"] for one in shown] == ["temporarily_disabled", "executable"]
    assert all(one["disabled_until"] is not None for one in shown)


def test_the_fortieth_failure_is_for_good_until_one_succeeds(hook: Record) -> None:
    """No time heals it; a delivery by hand that succeeds does."""
    fail(hook, 40)

    assert hook["alert_status"] == "disabled"
    assert not hears(hook, timedelta(days=365))
    hooks.score(hook, success=True, now=NOW)
    assert (hook["alert_status"], hears(hook, timedelta(0))) == ("executable", True)
    fail(hook, 3)
    assert hears(hook, timedelta(0))


@pytest.mark.parametrize(
    ("strategy", "wanted", "branch", "heard"),
    [
        ("wildcard", "release/*", "release/1", True),
        ("wildcard", "release/*", "main", False),
        ("regex", "^(main|develop)$", "main", True),
        ("regex", "^(main|develop)$", "main2", False),
        ("all_branches", "release/*", "main", True),
        ("wildcard", "", "main", True),
    ],
)
def test_a_filter_is_read_by_its_strategy(hook: Record, strategy: str, wanted: str, branch: str, heard: bool) -> None:
    hooks.change(hook, Params({"branch_filter_strategy": strategy, "push_events_branch_filter": wanted}))

    assert hooks.hears(hook, "push_events", now=NOW, branch=branch) is heard
