"""What every `ports.Channel` promises to the flows: the fake, a real mail server, and the stand-in of Slack."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from emulators.server import serve
from emulators.slack.process import build
from shared.adapters.mail.letter import Stationery
from shared.adapters.mail.server import MailServer
from shared.adapters.slack import SlackMessages
from shared.deadline import Deadline
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.domain.news import NewsRow, fitted
from shared.ports.channels import Channel
from tests import certificates
from tests.contract.failing import reason_of
from tests.fake_channel import FakeChannel
from tests.fakes import FakeClock
from tests.mailroom import Mailroom, mailroom
from tests.unit.test_news import made

MOMENT = datetime(2026, 11, 29, 12, tzinfo=UTC)
GITLAB = "https://git.example.com"
NEWS = fitted(made(), [NewsRow("Demographics", "held back", "edited in AIC", merge_request=4)])


class Bench(Protocol):
    """A channel with two who may hear."""

    channel: Channel
    known: tuple[str, str]

    def heard(self) -> list[str]:
        """Who was told something, in order."""

    def refuse(self, target: str) -> None:
        """From now on this one can't be told, and never will be."""

    def close(self) -> None:
        """From now on nobody can be told for a while."""


class FakeBench:
    def __init__(self) -> None:
        self.fake = FakeChannel()
        self.channel: Channel = self.fake
        self.known = ("a", "b")

    def heard(self) -> list[str]:
        return self.fake.heard

    def refuse(self, target: str) -> None:
        self.fake.deaf[target] = Permanent("gone")

    def close(self) -> None:
        self.fake.closed = Transient("busy")


class MailBench:
    def __init__(self, room: Mailroom) -> None:
        self.room = room
        self.channel: Channel = mail(room)
        self.known = ("ann@example.com", "ben@example.com")

    def heard(self) -> list[str]:
        return [each for to, _ in self.room.letters for each in to]

    def refuse(self, target: str) -> None:
        self.room.answers[target] = "550 no such user"

    def close(self) -> None:
        self.room.to_data = "451 later"


class SlackBench:
    def __init__(self, url: str) -> None:
        self.url = url
        self.channel: Channel = slack(url)
        self.known = ("#releases", "#alerts")

    def heard(self) -> list[str]:
        return [each["channel"] for each in posted(self.url)]

    def refuse(self, target: str) -> None:
        httpx.put(f"{self.url}/__admin__/settings", json={"archived": target}).raise_for_status()

    def close(self) -> None:
        httpx.put(f"{self.url}/__admin__/faults", json=[{"kind": "429"}]).raise_for_status()


def mail(room: Mailroom, url: str = "smtp://127.0.0.1:{}", **more: Any) -> MailServer:
    return MailServer(
        url.format(room.port),
        **{"stationery": Stationery("AIC <aic@example.com>", GITLAB), "password": "", "deadline": in_time(), **more},
    )


def slack(url: str) -> SlackMessages:
    return SlackMessages(f"{url}/api", "xoxb-1", gitlab=GITLAB, deadline=in_time())


def in_time() -> Deadline:
    return Deadline.within(FakeClock(), seconds=300)


def posted(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{url}/__admin__/dump").json()["posted"]
    return found


@contextmanager
def fake_bench() -> Iterator[FakeBench]:
    yield FakeBench()


@contextmanager
def mail_bench() -> Iterator[MailBench]:
    with mailroom() as room:
        yield MailBench(room)


@contextmanager
def slack_bench() -> Iterator[SlackBench]:
    with serve(build()) as running:
        made = SlackBench(running.url)
        yield made
        made.channel.close()  # type: ignore[attr-defined]


KINDS: dict[type, Callable[[], AbstractContextManager[Bench]]] = {
    FakeChannel: fake_bench,
    MailServer: mail_bench,
    SlackMessages: slack_bench,
}


@pytest.fixture(params=KINDS.values(), ids=[kind.__name__ for kind in KINDS])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with request.param() as made:
        yield made


def test_everybody_is_told_once(bench: Bench) -> None:
    """And nobody is missing."""
    assert bench.channel.tell(NEWS, bench.known, moment=MOMENT) == {}
    assert bench.heard() == list(bench.known)


def test_one_who_cannot_be_told_keeps_no_other_from_hearing(bench: Bench) -> None:
    """The error is theirs alone."""
    one, other = bench.known
    bench.refuse(one)

    errors = bench.channel.tell(NEWS, bench.known, moment=MOMENT)

    assert [(who, isinstance(error, Permanent)) for who, error in errors.items()] == [(one, True)]
    assert bench.heard() == [other]


def test_what_passes_is_worth_another_delivery(bench: Bench) -> None:
    """Whether it is raised or told for each."""
    bench.close()
    try:
        errors = bench.channel.tell(NEWS, bench.known, moment=MOMENT)
    except Transient:
        errors = dict.fromkeys(bench.known, Transient("raised"))

    assert {who: type(error) for who, error in errors.items()} == dict.fromkeys(bench.known, Transient)
    assert bench.heard() == []


def test_a_mail_has_text_and_html_and_the_same_id_each_time() -> None:
    """Mail programs show what was sent twice as one."""
    with mailroom() as room:
        for _ in range(2):
            mail(room).tell(NEWS, ["ann@example.com"], moment=MOMENT)
    (_, letter), (_, again) = room.letters

    assert letter["Message-ID"] == again["Message-ID"] == f"<{NEWS.id}.aic-gitops@example.com>"
    assert (letter["From"], letter["To"]) == ("AIC <aic@example.com>", "ann@example.com")
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    for part in letter.iter_parts():
        assert "Demographics" in part.get_content()
        assert f"{GITLAB}/a/b/-/merge_requests/4" in part.get_content()


def test_what_a_name_holds_is_text_in_a_mail_and_no_header() -> None:
    """HTML is escaped, and a line break begins nothing."""
    hostile = "<img src=x onerror=alert(1)>\r\nBcc: evil@example.com"
    news = made(title=hostile, rows=(NewsRow(hostile, hostile[:60], hostile),))
    with mailroom() as room:
        mail(room).tell(news, ["ann@example.com"], moment=MOMENT)
    ((to, letter),) = room.letters

    assert (to, letter["Bcc"]) == (("ann@example.com",), None)
    html = letter.get_body(("html",))
    assert html is not None
    assert "<img" not in html.get_content()


def test_slack_gets_blocks_and_a_text_by_a_token() -> None:
    """As its own client sends them."""
    with serve(build()) as running:
        channel = slack(running.url)
        channel.tell(NEWS, ["#releases"], moment=MOMENT)
        channel.close()
        (message,) = posted(running.url)

    assert (message["channel"], message["text"]) == ("#releases", "Not deployed to QA")
    assert "Demographics" in json.dumps(message["blocks"])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"require_token": "other"}, "slack-unauthorized"),
        ({"channels": "#other"}, "slack-channel"),
        ({"archived": "#releases"}, "slack-channel"),
    ],
)
def test_what_slack_refuses_is_told_by_what_to_do(settings: dict[str, str], reason: str) -> None:
    """Slack answers 200 to all of it."""
    with serve(build()) as running:
        httpx.put(f"{running.url}/__admin__/settings", json=settings).raise_for_status()
        channel = slack(running.url)
        errors = channel.tell(NEWS, ["#releases"], moment=MOMENT)
        channel.close()

    assert [error.reason for error in errors.values()] == [reason]


@pytest.mark.parametrize(("code", "reason"), [("535", "mail-unauthorized"), ("554", "mail-refused")])
def test_what_a_mail_server_refuses_for_good_is_not_tried_again(code: str, reason: str) -> None:
    """Its own words are not quoted."""
    users = {"ann": "right"} if code == "535" else {}
    with mailroom(users=users) as room:
        room.to_data = f"{code} canary"
        url = "smtp://ann@127.0.0.1:{}" if users else "smtp://127.0.0.1:{}"
        channel = mail(room, url, password="wrong")

        assert reason_of(lambda: channel.tell(NEWS, ["ann@example.com"], moment=MOMENT)) == reason


def test_a_user_logs_in() -> None:
    """With the password of the secret."""
    with mailroom(users={"ann@corp": "right"}) as room:
        mail(room, "smtp://ann%40corp@127.0.0.1:{}", password="right").tell(NEWS, ["b@example.com"], moment=MOMENT)

    assert len(room.letters) == 1


@pytest.mark.parametrize("password", ["", "a\nb", "ü"])
def test_a_password_that_cannot_be_sent_is_refused_unseen(password: str) -> None:
    """smtplib would quote it."""
    made = Stationery("a@b", GITLAB)
    url = "smtps://u@mail.example.com"
    assert (
        reason_of(lambda: MailServer(url, stationery=made, password=password, deadline=in_time())) == "secret-malformed"
    )


def test_a_server_that_nobody_listens_at_is_worth_another_delivery() -> None:
    """As is one that hangs up."""
    with mailroom() as room:
        channel = mail(room)

    assert reason_of(lambda: channel.tell(NEWS, ["b@example.com"], moment=MOMENT), Transient) == "mail-unavailable"


HERE = "mail.example.com"


def here(place: tuple[str, int], seconds: float) -> socket.socket:
    """This machine under a name that only counts for certificates."""
    return socket.create_connection(("127.0.0.1", place[1]), seconds)


@pytest.mark.parametrize("way", ["smtps", "smtp"])
def test_a_letter_goes_by_a_sealed_line(tmp_path: Path, way: str) -> None:
    """From the first byte, or by STARTTLS: to a server whose certificate is trusted and names it."""
    server, trust = certificates.made(tmp_path, HERE)
    sealed = {"seal": server} if way == "smtps" else {"upgrade": server}
    with mailroom(users={"ann": "secret"}, **sealed) as room:
        channel = mail(room, f"{way}://ann@{HERE}:{{}}", password="secret", dial=here, trust=trust)

        assert channel.tell(NEWS, ["a@example.com"], moment=MOMENT) == {}

    assert (room.sealed, len(room.letters)) == ([True], 1)


@pytest.mark.parametrize("way", ["smtps", "smtp"])
@pytest.mark.parametrize("wrong", ["not trusted", "another name", "none"])
def test_a_line_that_nobody_vouches_for_gets_no_letter(tmp_path: Path, way: str, wrong: str) -> None:
    """Nor a password: not where the certificate is somebody's own or another's, nor where there is none at all."""
    server, trust = certificates.made(tmp_path, "other.example.com" if wrong == "another name" else HERE)
    sealed = {} if wrong == "none" else {"seal": server} if way == "smtps" else {"upgrade": server}
    with mailroom(users={"ann": "secret"}, **sealed) as room:
        own = None if wrong == "not trusted" else trust
        channel = mail(room, f"{way}://ann@{HERE}:{{}}", password="secret", dial=here, trust=own)

        reason = reason_of(lambda: channel.tell(NEWS, ["a@example.com"], moment=MOMENT), ServiceError)

    expected = "mail-unavailable" if (way, wrong) == ("smtps", "none") else "mail-untrusted"
    assert (reason, room.letters) == (expected, [])
