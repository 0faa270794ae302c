"""News reach everybody who is to hear of them, once, whatever fails on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from shared.domain.errors import Permanent, ServiceError, Transient
from shared.domain.gitlab import OnCommit, OnMergeRequest, Place
from shared.domain.layout import MAPPING_FILE
from shared.domain.ledger import AGAIN_AFTER, Ear
from shared.domain.news import News
from shared.domain.notify_report import Notified
from shared.flows.notify import Telling, notify
from shared.ports.channels import Channel

from ..failing import failing
from ..fake_channel import FakeChannel
from ..stage import Stage, stage
from .test_news import made

ANN, BEN, SLACK = Ear("email", "ann@example.com"), Ear("email", "ben@example.com"), Ear("slack", "#releases")
EARS = (ANN, BEN, SLACK)
MOMENT = datetime(2026, 11, 29, 12, tzinfo=UTC)
BUSY, GONE = Transient("mail-unavailable", "no answer"), Permanent("mail-refused", "no")


@dataclass
class Hall:
    """A project with a mail server and Slack."""

    world: Stage = field(default_factory=lambda: stage(a="one"))
    mail: FakeChannel = field(default_factory=FakeChannel)
    slack: FakeChannel = field(default_factory=FakeChannel)

    def told(self, news: News | None = None, *, final: bool = False, ears: tuple[Ear, ...] = EARS) -> Notified:
        """One delivery of the message."""
        channels: dict[str, Callable[[], Channel]] = {"email": lambda: self.mail, "slack": lambda: self.slack}
        return notify(Telling(news or self.news, ears, MOMENT, final), channels, self.world.outside())

    @property
    def news(self) -> News:
        return made(commit=self.world.head, project="pin/fusion")

    def note(self, place: Place | None = None) -> str:
        return self.world.gitlab.body(place or OnCommit(self.world.head))

    @property
    def heard(self) -> list[str]:
        return [*self.mail.heard, *self.slack.heard]


def test_everybody_is_told_once_however_often_the_message_comes() -> None:
    """What was told stands in a note on the commit."""
    hall = Hall()

    first, again = hall.told(), hall.told()

    assert hall.heard == ["ann@example.com", "ben@example.com", "#releases"]
    assert (first.heard, first.before, again.heard, again.before) == (EARS, 0, (), 3)
    assert "e-mail: 2 addresses" in hall.note()
    assert {moment for *_, moment in hall.mail.letters} == {MOMENT}
    assert [each.told().fields["outcome"] for each in (first, again)] == ["told", "nothing new"]
    assert not first.told().bad


def test_a_channel_that_fails_keeps_no_other_from_telling_and_is_tried_again() -> None:
    """By the next delivery, which tells nobody else twice."""
    hall = Hall()
    hall.mail.closed = BUSY

    with pytest.raises(Transient) as caught:
        hall.told()
    assert (caught.value.reason, hall.heard) == ("mail-unavailable", ["#releases"])
    assert "it is tried again" in hall.note()
    hall.mail.closed = None
    hall.told()

    assert hall.heard == ["ann@example.com", "ben@example.com", "#releases"]
    assert "not an e-mail address" not in hall.note()


def test_one_address_that_is_not_taken_keeps_no_other_from_hearing() -> None:
    """And is alone in being tried again."""
    hall = Hall()
    hall.mail.deaf = {"ben@example.com": BUSY}

    with pytest.raises(Transient):
        hall.told()
    with pytest.raises(Transient):
        hall.told()

    assert hall.heard == ["ann@example.com", "#releases"]


def test_what_fails_for_good_is_told_by_the_others_and_not_tried_again() -> None:
    """By the note, the log, and the channel that comes after."""
    hall = Hall()
    hall.mail.closed = GONE

    report = hall.told()

    assert [each.untold for each, *_ in hall.slack.letters] == [("email: `mail-refused`",)]
    assert "⚠️ not an e-mail address: `mail-refused`, no" in hall.note()
    assert (report.told().bad, report.told().fields["untold"]) == (True, ["email: mail-refused"])


def test_the_last_delivery_asks_for_no_other() -> None:
    """What failed is told as failed."""
    hall = Hall()
    hall.mail.closed = hall.slack.closed = BUSY

    report = hall.told(final=True)

    assert {each.lasting for each in report.deaf} == {True}
    assert (report.told().fields["outcome"], "nobody yet" in hall.note()) == ("nobody", True)


def test_a_channel_that_cannot_even_be_opened_closes_itself_alone() -> None:
    """Such as for want of its secret."""
    hall = Hall()

    def missing() -> Channel:
        raise Permanent("secret-missing", "x")

    channels: dict[str, Callable[[], Channel]] = {"email": missing, "slack": lambda: hall.slack}
    report = notify(Telling(hall.news, EARS, MOMENT), channels, hall.world.outside())

    assert ([each.reason for each in report.deaf], hall.heard) == (["secret-missing"] * 2, ["#releases"])


def test_without_time_nothing_is_begun() -> None:
    """The next delivery has time of its own."""
    hall = Hall()
    hall.world.seconds = 0

    with pytest.raises(Transient) as caught:
        hall.told()

    assert (caught.value.reason, hall.heard) == ("deadline", [])


def test_a_run_that_died_before_it_noted_tells_again() -> None:
    """Rather twice than never: a letter has the same id both times."""
    hall = Hall()
    hall.world.gitlab.before = failing("write_note", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        hall.told()

    hall.told()

    assert hall.mail.heard == ["ann@example.com", "ben@example.com"] * 2
    assert hall.mail.letters[0] == hall.mail.letters[1]


@pytest.mark.parametrize("arrived", [False, True])
def test_a_note_whose_answer_was_lost_is_looked_for(*, arrived: bool) -> None:
    """And written once more where it is not there."""
    hall = Hall()
    hall.world.gitlab.before = failing("write_note", Transient("gitlab-unavailable"))
    if arrived:
        body = Hall()
        body.told()
        expected = body.note()
        hall.world.gitlab.written[OnCommit(hall.world.head)] = []
        hall.world.gitlab.before = arriving(hall.world, expected)

    assert hall.told().untold == ()
    assert hall.told().before == 3
    assert len(hall.world.gitlab.written[OnCommit(hall.world.head)]) == 1


def arriving(world: Stage, body: str) -> Callable[[str], None]:
    """GitLab takes the first note, but its answer is lost."""
    left = [1]

    def hook(call: str) -> None:
        if call == "write_note" and left:
            left.clear()
            world.gitlab.write_note(OnCommit(world.head), body, replaces=None)
            raise Transient("gitlab-unavailable")

    return hook


def test_where_nothing_can_be_noted_those_who_heard_are_not_told_again() -> None:
    """The others are left out, and the log says so."""
    hall = Hall()
    hall.mail.closed = BUSY
    hall.world.gitlab.before = failing("write_note", Transient("gitlab-unavailable"), times=9)

    report = hall.told()

    assert (report.untold, hall.heard) == (("gitlab: gitlab-unavailable",), ["#releases"])


def test_where_nobody_heard_it_is_tried_again_though_nothing_can_be_noted() -> None:
    """Nobody can hear it twice."""
    hall = Hall()
    hall.mail.closed = hall.slack.closed = BUSY
    hall.world.gitlab.before = failing("write_note", Permanent("gitlab-forbidden"), times=9)

    with pytest.raises(Transient):
        hall.told()


def test_a_gitlab_that_is_busy_is_waited_for() -> None:
    """Who has heard can't be known; on the last delivery people are told all the same."""
    hall = Hall()
    hall.world.gitlab.before = failing("notes", Transient("gitlab-unavailable"), times=9)

    with pytest.raises(Transient):
        hall.told()
    assert hall.heard == []
    report = hall.told(final=True)

    assert (len(hall.heard), report.untold) == (3, ("gitlab: gitlab-unavailable",))


def test_a_gitlab_that_is_closed_for_good_keeps_nobody_from_hearing() -> None:
    """Nor does a channel that fails then have the others told twice."""
    hall = Hall()
    hall.mail.closed = BUSY
    hall.world.gitlab.before = failing("notes", Permanent("gitlab-forbidden"), times=9)

    report = hall.told()

    assert (hall.heard, report.untold) == (["#releases"], ("gitlab: gitlab-forbidden",))


def test_daily_news_are_told_again_after_a_day() -> None:
    """In the same note."""
    hall = Hall()
    daily = replace(hall.news, daily=True)

    hall.told(daily)
    hall.world.clock.advance(AGAIN_AFTER - 1)
    hall.told(daily)
    assert len(hall.heard) == 3
    hall.world.clock.advance(1)
    hall.told(daily)

    assert len(hall.heard) == 6
    assert len(hall.world.gitlab.written[OnCommit(hall.world.head)]) == 1


def test_news_are_noted_beside_what_they_are_about() -> None:
    """A merge request; what is about the whole project stands where the mapping was changed last."""
    hall = Hall()
    number = hall.world.merge(a="two")
    mapping = hall.world.gitlab.branches["main"]

    hall.told(replace(hall.news, merge_request=number))
    hall.told(replace(hall.news, commit=""))
    hall.told(replace(hall.news, commit=""))

    assert "was told to" in hall.note(OnMergeRequest(number))
    assert "was told to" in hall.note(OnCommit(mapping))
    assert len(hall.heard) == 6


def test_without_a_mapping_file_people_hear_of_it_all_the_same() -> None:
    """There is no place to note it; the log says so."""
    hall = Hall()
    hall.world.gitlab.push("main", {MAPPING_FILE: None})

    assert hall.told(replace(hall.news, commit="")).untold == ("gitlab: mapping-missing",)
    assert len(hall.heard) == 3


def test_where_nobody_is_to_hear_nothing_is_done() -> None:
    """The settings may have changed since the news were sent off."""
    hall = Hall()
    report = hall.told(ears=())

    assert (report.told().fields["outcome"], report.told().bad, hall.world.gitlab.written) == ("nobody", False, {})


def test_the_log_holds_no_address() -> None:
    """Only how many."""
    hall = Hall()
    hall.mail.deaf = {"ben@example.com": GONE}

    fields = hall.told().told().fields

    assert "example.com" not in str(fields)
    assert (fields["email"], fields["slack"]) == (1, 1)


def test_errors_of_ours_are_all_that_closes_a_channel() -> None:
    """A bug stays loud."""
    hall = Hall()
    hall.mail.closed = ServiceError("odd")

    assert [each.reason for each in hall.told().deaf] == ["odd", "odd"]
