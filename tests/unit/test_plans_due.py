"""A sweep asks for the reviews that nobody asked for, and for those that no longer hold."""

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.sweep_report import SweepReport
from shared.flows import plans_due
from shared.flows.sweep import Sweeper, Unswept, sweep
from tests.stage import QA, OneByOne

from .review_stage import Desk, configs, desk, failing

LOST, DAY = 3000.0, 24 * 60 * 60.0


def swept(at: Desk) -> SweepReport:
    """One sweep over the project."""
    projects = [Unswept("pin/fusion", frozenset({QA}), at.on.outside)]
    return sweep(projects, Sweeper(LOST, "run-1"), together=OneByOne())


def asked(at: Desk) -> list[int]:
    """The merge requests that this sweep asks for; nothing else is asked for."""
    at.on.publisher.published.clear()
    swept(at)
    assert {topic for topic, *_ in at.on.publisher.published} <= {"aic-plan"}
    return [said["merge_request"] for _, said, *_ in at.on.publisher.published]


def test_a_merge_request_whose_hook_was_lost_is_asked_for_as_the_webhook_would() -> None:
    """In the order of its own, and as nobody's question."""
    at = desk(configs(Tides="2"), Tides="1")

    report = swept(at)

    ((topic, said, key, attributes, timeout),) = at.on.publisher.published
    assert (topic, said, key) == ("aic-plan", {"project": "pin/fusion", "merge_request": 1}, "pin/fusion:!1")
    assert attributes == {"request_id": "run-1", "origin": "sweep", "project": "pin/fusion"}
    assert 0 < timeout <= 10
    assert report.told().said == "sweep: 1 asked for"
    assert (report.told().fields["plans_asked_for"], report.told().fields["asked_for"]) == (["pin/fusion!1"], [])


def test_what_holds_is_not_asked_for() -> None:
    """One question for each open merge request, none for one that is closed."""
    at = desk(configs(Tides="2"), Tides="1")
    at.review()
    at.gitlab.calls.clear()

    assert asked(at) == []
    assert at.gitlab.calls.count("statuses") == 1
    at.gitlab.close(at.iid)
    at.gitlab.calls.clear()
    assert asked(at) == []
    assert at.gitlab.calls.count("statuses") == 0


def test_it_is_asked_for_when_its_target_moved_and_is_live() -> None:
    """While the deploy of that is due it would be another plan again."""
    at = desk(configs(Tides="2"), Tides="1", Boats="1")
    at.review()
    at.on.put(Boats="2")

    assert {topic for topic, *_ in (swept(at), at.on.publisher.published)[1]} == {"aic-deploy"}
    at.on.deploy()
    assert asked(at) == [1]
    at.review()
    assert asked(at) == []


def test_it_is_asked_for_once_a_day() -> None:
    """Somebody may have edited in AIC."""
    at = desk(configs(Tides="2"), Tides="1")
    at.review()
    at.on.clock.advance(DAY - 1)
    assert asked(at) == []
    at.on.clock.advance(1)

    assert asked(at) == [1]


def test_a_run_that_died_and_one_that_could_not_look_are_asked_for_later() -> None:
    """Not before it is sure that nobody is at it."""
    died, blind = (desk(configs(Tides="2"), Tides="1") for _ in range(2))
    died.on.aic.before = blind.on.aic.before = failing("jobs", Transient("aic-unavailable"))
    with pytest.raises(Transient):
        died.review()
    blind.review(final=True)

    for at in (died, blind):
        at.on.clock.advance(LOST - 1)
        assert asked(at) == []
        at.on.clock.advance(1)
        assert asked(at) == [1]


def test_a_new_commit_whose_hook_was_lost_is_asked_for() -> None:
    """It has no status yet."""
    at = desk(configs(Tides="2"), Tides="1")
    at.review()
    at.push(configs(Tides="3"))

    assert asked(at) == [1]


def test_one_that_gitlab_can_not_look_into_stops_no_other() -> None:
    """Its source is gone; but GitLab's other troubles are told."""
    at = desk(configs(Tides="2"), Tides="1")
    at.gitlab.branches["feature/y"] = at.on.head
    at.on.put(branch="feature/y", Tides="4")
    at.gitlab.open("feature/y", "develop")
    del at.gitlab.branches["feature/x"]
    assert asked(at) == [1, 2]

    at.gitlab.before = failing("statuses", Permanent("gitlab-not-found"))
    assert asked(at) == [1]

    at.gitlab.before = failing("statuses", Permanent("gitlab-forbidden"))
    assert swept(at).told().fields["failed"] == ["pin/fusion:develop: gitlab-forbidden"]


def test_no_sweep_asks_for_more_than_can_be_done() -> None:
    """The rest is as stale at the next one."""
    at = desk(configs(Tides="2"), Tides="1")
    for number in range(40):
        at.gitlab.branches[f"feature/{number}"] = at.gitlab.branches["feature/x"]
        at.gitlab.open(f"feature/{number}", "develop")

    assert asked(at) == list(range(1, plans_due.MOST_ASKED + 1))
