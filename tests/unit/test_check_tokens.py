"""People hear of an access token that ends soon: once for each threshold, and in time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain import token_report
from shared.domain.errors import Permanent
from shared.domain.gitlab import Token
from shared.domain.signals import ALERTS
from shared.domain.token_report import Looked
from shared.flows.check_tokens import Holder, check_tokens

from ..fakes import FakePublisher
from ..stage import OneByOne, Stage, stage
from .test_deploy_in_trouble import fail

PROJECT = "pin/fusion"


def ends(world: Stage, days: int) -> str:
    """The token's last day is so far away."""
    today = datetime.fromtimestamp(world.clock.now(), UTC).date()
    world.gitlab.ends = (today + timedelta(days=days)).isoformat()
    return world.gitlab.ends


def checked(*worlds: Stage) -> tuple[Looked, ...]:
    holders = [Holder(f"{PROJECT}{number or ''}", world.outside) for number, world in enumerate(worlds)]
    return check_tokens(holders, request_id="run-1", together=OneByOne())


def listening() -> Stage:
    """A project whose people want to hear of it."""
    world = stage(a="one")
    world.heard_of = frozenset({"token_expiring"})
    return world


def test_a_token_that_lives_long_is_in_order() -> None:
    """Nobody hears of it."""
    world = listening()
    day = ends(world, 31)

    told = token_report.told(checked(world))

    assert (told.said, told.bad, told.fields["outcome"]) == ("check_tokens: none ends soon", False, "fine")
    assert told.fields["tokens"] == [f"pin/fusion: token 'service' ends {day}, in 31 days"]
    assert not ALERTS["token_expiring"].matches(told.fields)
    assert world.news() == []


def test_a_token_that_ends_soon_is_an_error_with_a_signal_and_news() -> None:
    """The alert hangs on that line."""
    world = listening()
    day = ends(world, 30)

    told = token_report.told(checked(world))

    (news,) = world.news()
    assert (told.said, told.bad, told.fields["days_left"]) == ("check_tokens: 1 end soon", True, 30)
    assert ALERTS["token_expiring"].matches(told.fields)
    assert (news.kind, news.project, news.title) == (
        "token_expiring",
        PROJECT,
        f"🔑 GitLab’s token of `pin/fusion` ends on {day}",
    )
    assert news.facts == ("30 days are left",)


def test_it_is_told_once_for_each_threshold() -> None:
    """Who has heard at thirty days hears again at fourteen, and not in between."""
    world = listening()
    day = ends(world, 31)
    heard = set()
    for _ in range(32):
        checked(world)
        heard |= {(each.id, each.tone) for each in world.news()}
        world.clock.advance(24 * 60 * 60)

    assert world.gitlab.ends == day
    assert len(heard) == len(token_report.THRESHOLDS)
    assert sorted(tone for _, tone in heard) == ["bad", "bad", "bad", "warn", "warn"]


def test_another_token_is_told_of_anew() -> None:
    """And another project's too."""
    token, other = (Token(number, "t", "2026-12-01", ("api",)) for number in (1, 2))
    found = [Looked(project, each, 7) for project in ("a/b", "c/d") for each in (token, other)]

    assert len({news.id for each in found for news in token_report.news(each)}) == 4


@pytest.mark.parametrize(("day", "left"), [("2026-11-30", 1), ("2026-11-29", 0), ("", None), ("soon", None)])
def test_days_are_counted_by_the_calendar(day: str, left: int | None) -> None:
    """GitLab's tokens end with a day, at midnight UTC."""
    now = datetime(2026, 11, 29, 23, 59, tzinfo=UTC).timestamp()

    assert token_report.days_left(day, now=now) == left


def test_a_token_without_an_end_is_said_to_have_none() -> None:
    """And nobody hears of it."""
    world = listening()

    told = token_report.told(checked(world))

    assert (told.fields["tokens"], told.fields["days_left"]) == (["pin/fusion: token 'service' has no end"], None)
    assert token_report.news(Looked("a/b", days=1)) == ()
    assert "in 1 day" in Looked("a/b", Token(1, "t", "2026-12-01", ()), 1).line()


def test_a_token_that_cannot_be_looked_at_stops_no_other() -> None:
    """Its project is named, with the reason."""
    blind, world = listening(), listening()
    ends(world, 5)
    blind.gitlab.before = lambda call: fail(Permanent("gitlab-unauthorized"))() if call == "token" else None

    told = token_report.told(checked(blind, world))

    assert (told.fields["failed"], told.fields["outcome"], told.bad) == (
        ["pin/fusion: gitlab-unauthorized"],
        "ending",
        True,
    )
    assert token_report.told([Looked("a/b", failed="x")]).fields["outcome"] == "failed"


def test_a_bug_stays_loud() -> None:
    """It is nobody's token."""
    world = listening()
    world.gitlab.before = lambda _: fail(ZeroDivisionError())()

    with pytest.raises(ZeroDivisionError):
        checked(world)


def test_where_nobody_can_be_told_the_log_says_so() -> None:
    """The alert rings all the same."""
    world = listening()
    ends(world, 2)
    world.publisher = FakePublisher(closed=True)

    told = token_report.told(checked(world))

    assert told.fields["failed"] == ["pin/fusion: pubsub-unavailable"]
    assert ALERTS["token_expiring"].matches(told.fields)
    assert date.fromisoformat(world.gitlab.ends)
