"""SEC-13, SEC-30: no channel outlives its run, follows a redirect, or sends anything twice."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from emulators.stack import ports
from shared.adapters.clock import SystemClock
from shared.adapters.mail.letter import Stationery
from shared.adapters.mail.server import MailServer
from shared.adapters.slack import SlackMessages
from shared.deadline import Deadline
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.ports.channels import Channel
from tests.fakes import FakeClock
from tests.scripted import Told, scripted
from tests.unit.test_news import made

MOMENT = datetime(2026, 11, 29, tzinfo=UTC)
GITLAB = "https://git.example.com"
CANARY = "xoxb-canary"


def mail(port: int, deadline: Deadline) -> Channel:
    stationery = Stationery("aic@example.com", GITLAB)
    return MailServer(f"smtp://127.0.0.1:{port}", stationery=stationery, password="", deadline=deadline)


def slack(port: int, deadline: Deadline) -> SlackMessages:
    return SlackMessages(f"http://127.0.0.1:{port}/api", CANARY, gitlab=GITLAB, deadline=deadline)


def errors_of(channel: Channel) -> list[ServiceError]:
    try:
        return list(channel.tell(made(), ["a@example.com"], moment=MOMENT).values())
    except ServiceError as error:
        return [error]


@pytest.mark.parametrize("kind", [mail, slack])
def test_sec_30_a_channel_ends_with_its_run_when_nobody_answers(kind: Callable[[int, Deadline], Channel]) -> None:
    """A server that takes the connection and says nothing, ever."""
    ended = threading.Event()
    found: list[ServiceError] = []

    def ask(port: int) -> None:
        found.extend(errors_of(kind(port, Deadline.within(SystemClock(), seconds=0.3))))
        ended.set()

    with ports.reserved(listen=True) as port:
        threading.Thread(target=ask, args=(port,), daemon=True).start()

        assert ended.wait(30)
    assert [type(error) for error in found] == [Transient]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_sec_30_slack_is_asked_once(status: int) -> None:
    """Whatever it answers: the message is what comes again."""
    with scripted(lambda _: Told(status, CANARY.encode(), {"Retry-After": "0"})) as server:
        channel = slack(int(server.url.rsplit(":", 1)[1]), Deadline.within(FakeClock(), seconds=300))
        (error,) = errors_of(channel)
        channel.close()

    assert (isinstance(error, Transient), len(server.asked), CANARY in str(error)) == (True, 1, False)


@pytest.mark.parametrize("status", [301, 302, 307])
def test_sec_13_slack_follows_no_redirect(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor a proxy of the environment: the token would travel along."""
    with scripted(lambda _: Told(200, b"{}")) as elsewhere:
        monkeypatch.setenv("HTTP_PROXY", elsewhere.url)
        monkeypatch.setenv("http_proxy", elsewhere.url)
        with scripted(lambda _: Told(status, b"", {"Location": f"{elsewhere.url}/api/chat.postMessage"})) as server:
            channel = slack(int(server.url.rsplit(":", 1)[1]), Deadline.within(FakeClock(), seconds=300))
            (error,) = errors_of(channel)
            channel.close()

        assert (error.reason, isinstance(error, Permanent), elsewhere.asked) == ("slack-redirect", True, [])
