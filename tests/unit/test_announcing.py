"""What happens is sent off as news, to be told by messages of their own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent
from shared.domain.gitlab import Hook
from shared.domain.messages.command import Backup, Rollback
from shared.domain.occasion import Kind
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.practise import practise
from shared.flows.rollback import rollback
from shared.flows.save import save
from shared.flows.sweep import Sweeper, Unswept, sweep

from ..failing import failing
from ..saved import Attic, pipeline
from ..stage import QA, OneByOne, Stage, stage

EVERYTHING = frozenset(Kind)
RUN = Run("89abcdef", datetime(2026, 11, 29, 9, tzinfo=UTC))
ASKER = Asker(frozenset({QA}), RUN, "r-1", "ann")


def world(**pipelines: str) -> Stage:
    """A stage where somebody wants to hear of everything."""
    made = stage(**pipelines)
    made.heard_of = EVERYTHING
    return made


def test_a_deploy_is_sent_off_once_with_its_merge_request() -> None:
    """Under a key of its own, so that one that can't be told holds up no other; a second hook is no news."""
    here = world(a="one")
    number = here.merge(a="two")
    here.deploy(merge_request=number)
    here.deploy(merge_request=number)

    (news,) = here.news()
    assert (news.kind, news.commit, news.merged) == (Kind.DEPLOYED, here.head, (number,))
    assert [(row.name, row.status) for row in news.rows] == [("a", "updated")]
    ((topic, _, key, attributes, _),) = here.publisher.published
    assert (topic, key) == ("aic-command", f"pin/fusion:news:{news.id}")
    assert attributes == {"request_id": "deploy-0a1b2c3d", "origin": "news", "project": "pin/fusion"}


def test_nothing_is_sent_off_that_nobody_wants_to_hear() -> None:
    """By the kinds that the settings name."""
    here = world(a="one")
    here.heard_of = frozenset({Kind.FAILED})
    here.merge(a="two")
    here.deploy()

    assert here.publisher.published == []


def test_a_deploy_that_dies_before_its_record_is_the_same_news_again() -> None:
    """The next delivery finds everything live; nobody hears of it twice."""
    here = world(a="one")
    here.merge(a="two")
    here.gitlab.before = failing("end_deployment", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        here.deploy()

    here.deploy(redelivered=True)

    one, again = here.news()
    assert (one.id, one.kind) == (again.id, again.kind)
    assert [(row.name, row.status) for row in again.rows] == [("a", "written by an earlier attempt")]


def test_a_conflict_and_a_failure_are_news_and_the_same_when_found_again() -> None:
    """However many messages find it."""
    here = world(a="one")
    here.merge(a="two")
    here.aic.put("a", "by hand")
    here.deploy()
    here.deploy()

    assert {(news.kind, news.id) for news in here.news()} == {(Kind.CONFLICT, here.news()[0].id)}


def test_a_pubsub_that_takes_no_news_changes_no_outcome() -> None:
    """The record stands, and the log says that nobody was told."""
    here = world(a="one")
    here.merge(a="two")
    here.publisher.closed = True

    report = here.deploy()

    assert (report.outcome, report.untold) == ("deployed", ("pubsub-unavailable",))
    assert here.records()[-1][1] == "success"


@pytest.mark.parametrize("said", [{"dry_run": True}, {"confirm": "WRONG"}])
def test_what_a_person_only_asks_is_news_for_nobody_else(said: dict[str, object]) -> None:
    """They are answered in GitLab."""
    here = world(a="one")
    here.merge(a="two")
    here.deploy(by_hand=True, **said)

    assert here.news() == []


def test_a_limited_deploy_is_news_of_its_own_run() -> None:
    """Nothing else tells two of them apart."""
    here = world(a="one")
    here.merge(a="two")
    here.deploy(by_hand=True, pipelines=["a"])

    assert [news.kind for news in here.news()] == [Kind.DEPLOYED]


def test_a_snapshot_is_sent_off_and_a_closed_pubsub_is_told_in_the_log() -> None:
    """What was captured is captured."""
    here, closed = world(a="one"), world(a="one")
    for each in (here, closed):
        each.aic.put("a", "by hand")
    here.snapshot(pipelines=["a"])
    closed.publisher.closed = True

    report = closed.snapshot(pipelines=["a"])

    assert [news.kind for news in here.news()] == [Kind.DRIFT]
    assert (report.outcome, report.untold) == ("captured", ("pubsub-unavailable",))


def test_a_snapshot_that_nobody_can_be_told_of_in_gitlab_is_news_all_the_same() -> None:
    """There is no branch, and so no note."""
    here = stage(mapping="mapping: [", a="one")
    here.heard_of = EVERYTHING

    here.snapshot()

    assert [(news.kind, news.commit) for news in here.news()] == [(Kind.SNAPSHOT_INCOMPLETE, "")]


def test_a_rollback_is_sent_off_with_its_merge_request() -> None:
    """A closed Pub/Sub is told in the log."""
    here = world(a="one")
    here.merge(a="two")
    here.deploy()
    here.publisher.published.clear()
    request = Rollback(project="pin/fusion", branch="develop", confirm=QA)

    report = rollback(request, ASKER, here.outside())
    here.publisher.closed = True

    assert [(news.kind, news.merge_request) for news in here.news()] == [(Kind.ROLLBACK, report.iid)]
    assert rollback(request, ASKER, here.outside()).untold == ("pubsub-unavailable",)


def test_a_backup_that_failed_is_news_but_a_mistyped_one_is_not() -> None:
    """Only whoever asked for a drive that isn't there has to know."""
    here = world(a="one")
    here.opened = lambda _: (_ for _ in ()).throw(Permanent("aic-workspace-missing"))
    drives = [DriveSettings(drive="backups")]
    save(Backup(project="pin/fusion", workspace=QA, drive="other"), ASKER, drives, here.outside())
    assert here.news() == []

    save(Backup(project="pin/fusion", workspace=QA), ASKER, drives, here.outside())

    assert [news.kind for news in here.news()] == [Kind.BACKUP_FAILED]


def test_a_damaged_backup_is_news() -> None:
    """Though nobody asked; a closed Pub/Sub is told in the log."""
    made = Attic(stage=world(a="one"))
    made.store(pipeline("a", "one"))
    made.drive().damage(made.archive())
    asker = replace(ASKER, by_hand=False)
    practise("pin/fusion", QA, asker=asker, drives=made.drives, outside=made.stage.outside())
    made.stage.publisher.closed = True

    report = practise("pin/fusion", QA, asker=asker, drives=made.drives, outside=made.stage.outside())

    assert [news.kind for news in made.stage.news()] == [Kind.BACKUP_FAILED]
    assert report.failed == (("the news of it", "pubsub-unavailable"),)


def test_a_disabled_hook_is_news() -> None:
    """The sweep goes on where that can't be sent off, and says so."""
    here = world(a="one")
    here.gitlab.hooked = [Hook(4, "https://webhook.example/", disabled=True)]
    projects = [Unswept("pin/fusion", frozenset({QA}), here.outside)]
    sweep(projects, Sweeper(3000.0, "run-1"), together=OneByOne())
    here.publisher.closed = True

    fields = sweep(projects, Sweeper(3000.0, "run-1"), together=OneByOne()).told().fields

    assert [news.kind for news in here.news()] == [Kind.HOOK_DISABLED]
    assert fields["failed"] == ["pin/fusion: pubsub-unavailable"]
