"""News of a release lead to the board, where there is one."""

import json
from dataclasses import replace

import pytest

from shared.domain import links, slack_blocks
from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.domain.ledger import Ear
from shared.domain.messages import command
from shared.domain.messages.looking import Board
from shared.domain.news import News
from shared.domain.notify_report import Notified
from shared.domain.occasion import Kind
from shared.flows.board_link import Linked, linked, redrawn

from ..board_stage import ASKER, BACKUPS, CLOUD, FOLDER, PLACES, Market, market
from ..failing import failing
from .test_news import made

URL = "https://storage.cloud.google.com/bucket/pre%20fix/pin/fusion/prod/aic-gitops/prod/board/board.html"
RELEASE = made(kind=Kind.DEPLOYED, project="pin/fusion", workspace="PROD")


def told(world: Market, news: News = RELEASE, *names: str) -> News:
    drives = [DriveSettings(drive=name) for name in names or (BACKUPS, CLOUD)]
    return linked(news, allowed=set(PLACES.values()), drives=drives, outside=world.outside()).news


def drawn() -> Market:
    world = market(a="1")
    world.drawn(ASKER)
    return world


def test_a_release_leads_to_the_board_in_the_bucket() -> None:
    """In mails and in Slack."""
    found = told(drawn())

    assert found.board == URL
    assert ("board", URL) in links.of(found, gitlab="https://gitlab.example")
    assert URL in str(slack_blocks.of(found, gitlab="https://gitlab.example"))
    assert replace(found, board="") == RELEASE


def test_a_drive_in_aic_has_no_address_but_a_place() -> None:
    """It is told in words."""
    found = told(drawn(), RELEASE, BACKUPS)

    assert (found.board, found.facts) == ("", (f"board: `{FOLDER}/board.html` on the drive `{BACKUPS}`",))


@pytest.mark.parametrize(
    "news",
    [
        replace(RELEASE, workspace="QA"),
        replace(RELEASE, workspace=""),
        replace(RELEASE, kind=Kind.CONFLICT),
        replace(RELEASE, kind=Kind.CONFLICT, board="https://storage.cloud.google.com/evil/board.html"),
    ],
)
def test_other_news_have_no_link(news: News) -> None:
    """Nor the one that came with the message."""
    assert told(drawn(), news) == replace(news, board="")


def test_without_a_board_there_is_no_link() -> None:
    """Nor without a branch that the settings know."""
    world = market(a="1")

    assert told(world) == RELEASE
    assert linked(RELEASE, allowed=(), drives=[DriveSettings(drive=CLOUD)], outside=world.outside()) == Linked(RELEASE)
    assert linked(RELEASE, allowed=(), drives=(), outside=world.outside()) == Linked(RELEASE)


@pytest.mark.parametrize("error", [Permanent("drive-missing", ""), Transient("drive-unavailable", "")])
def test_what_is_out_of_reach_costs_the_link_alone(error: ServiceError) -> None:
    """Another drive may have the page as well."""
    world = drawn()

    def before(_: str) -> None:
        raise error

    world.drive("PROD").before = before

    assert told(world, RELEASE, CLOUD) == RELEASE
    assert told(world).facts == (f"board: `{FOLDER}/board.html` on the drive `{BACKUPS}`",)


@pytest.mark.parametrize("error", [Permanent("gitlab-forbidden", ""), Transient("gitlab-unavailable", "")])
def test_a_gitlab_that_is_out_of_reach_costs_the_link_alone(error: ServiceError) -> None:
    """It says which environment is the last; it is asked once, however many drives there are."""
    world = drawn()
    world.stage.gitlab.before = failing("file", error)
    world.stage.gitlab.calls.clear()

    assert told(world) == RELEASE
    assert world.stage.gitlab.calls.count("file") == 1


NOTIFIED = Notified("pin/fusion", "deployed", "1", heard=(Ear("email", "ann@example.com"),))


def test_a_board_that_a_release_leads_to_is_drawn_anew() -> None:
    """By a message of the service's own, so that nobody is answered."""
    world = market(a="1")

    report = redrawn(NOTIFIED, Linked(RELEASE, leads=True), request_id="r-1", outside=world.outside())

    assert report == NOTIFIED
    ((topic, said, key, attributes, _),) = world.stage.publisher.published
    assert (topic, key) == ("aic-command", "pin/fusion:board")
    assert command.read(json.dumps(said).encode()).parameters == Board(project="pin/fusion")
    assert attributes == {"request_id": "r-1", "origin": "news", "project": "pin/fusion"}


@pytest.mark.parametrize(("report", "leads"), [(NOTIFIED, False), (replace(NOTIFIED, heard=(), before=1), True)])
def test_nothing_is_drawn_for_nobody(report: Notified, leads: bool) -> None:
    """Where there is no board, or everybody had heard before."""
    world = market(a="1")

    assert redrawn(report, Linked(RELEASE, leads=leads), request_id="r-1", outside=world.outside()) == report
    assert world.stage.publisher.published == []


def test_a_board_that_can_not_be_asked_for_is_told() -> None:
    """The news have arrived all the same."""
    world = market(a="1")
    world.stage.publisher.closed = True

    report = redrawn(NOTIFIED, Linked(RELEASE, leads=True), request_id="r-1", outside=world.outside())

    assert (report.heard, report.untold) == (NOTIFIED.heard, ("board: pubsub-unavailable",))
