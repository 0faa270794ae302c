"""What a deploy would decide if a merge request were merged now."""

import pytest

from shared.domain.errors import Refused
from shared.domain.layout import config_path
from shared.flows.foresight import Foresight, Question, find, foresee, would_be
from shared.flows.outside import Moved
from shared.flows.target import Elsewhere, aim
from tests.fake_workspace import stored
from tests.stage import ALLOWED, RUN, Stage, bare, stage


def asked(on: Stage, iid: int = 1) -> Foresight | Elsewhere:
    """What is foreseen of the merge request."""
    question, outside = Question("pin/fusion", iid, ALLOWED, RUN), on.outside()
    found = find(question, outside.repository)
    if isinstance(found, Elsewhere):
        return found
    order = would_be(found, question)
    target = aim(order, outside.repository)
    return target if isinstance(target, Elsewhere) else foresee(found, order, target, outside)


def rows(on: Stage, iid: int = 1) -> tuple[dict[str, int], dict[str, int]]:
    """The rows of the table by title: of the merge request's own pipelines, and of those that wait."""
    found = asked(on, iid)
    assert isinstance(found, Foresight)
    return {each.title: each.row for each in found.ours}, {each.title: each.row for each in found.waiting}


def proposed(on: Stage, *, source: str = "feature/x", target: str = "develop", **pipelines: str | None) -> int:
    """A merge request that changes these pipelines; its number."""
    on.gitlab.branches[source] = on.gitlab.branches[target]
    on.put(branch=source, **pipelines)
    return on.gitlab.open(source, target)


def test_it_is_what_the_deploy_then_does() -> None:
    """Whatever the row; and nothing is written before."""
    on = stage(Up="1", Edit="1", Gone="1", Live="1", Old="9", Same="1")
    on.aic.put("Edit", "by hand")
    on.aic.put("Live", "2")
    iid = proposed(on, Up="2", Edit="2", Gone=None, Live="2", New="n", Old=None, Name="9")
    before = (dict(on.gitlab.branches), len(on.gitlab.posted), len(on.gitlab.records))

    ours, waiting = rows(on, iid)
    found = asked(on, iid)

    assert isinstance(found, Foresight)
    told = found.ours
    assert ours == {"Up": 2, "Edit": 4, "Gone": 11, "Live": 1, "New": 7, "Old": 18, "Name": 18}
    assert waiting == {}
    assert (dict(on.gitlab.branches), len(on.gitlab.posted), len(on.gitlab.records)) == before
    assert on.gitlab.written == {}
    assert on.writes() == []
    on.gitlab.land(iid)
    assert {row.title: row.action for row in on.deploy(dry_run=True).rows} == {each.title: each.action for each in told}


def test_what_waits_on_the_branch_is_told_apart() -> None:
    """It would be deployed with the merge; the target's own newer files stay as they are there."""
    on = stage(Tides="1", Boats="1", Ports="1")
    iid = proposed(on, Tides="2")
    on.put(Boats="2")

    assert rows(on, iid) == ({"Tides": 2}, {"Boats": 2})


def test_it_is_told_apart_where_gitlab_cuts_its_lists() -> None:
    """By the trees, then."""
    on = stage(Tides="1", Boats="1")
    iid = proposed(on, Tides="2")
    on.put(Boats="2")
    on.gitlab.complete = False

    assert rows(on, iid) == ({"Tides": 2}, {"Boats": 2})


def test_a_first_deploy_looks_at_everything() -> None:
    """Nothing is known to be live yet."""
    on = bare(Tides="1", Boats="1")

    assert rows(on, proposed(on, Tides="2")) == ({"Tides": 7}, {"Boats": 7})


def test_a_merge_request_that_git_can_not_merge_is_refused() -> None:
    """Nobody knows what would come of it."""
    on = stage(Tides="1")
    iid = proposed(on, Tides="2")
    on.put(Tides="3")

    with pytest.raises(Refused, match="merge-conflict"):
        asked(on, iid)


def test_one_that_brings_nothing_leaves_what_waits() -> None:
    """Its branch is where the target is, or was."""
    on = stage(Tides="1", Boats="1")
    on.gitlab.branches["feature/x"] = on.head
    iid = on.gitlab.open("feature/x", "develop")
    assert rows(on, iid) == ({}, {})
    on.put(Boats="2")

    assert rows(on, iid) == ({}, {"Boats": 2})


def test_what_is_not_deployed_by_being_merged_is_elsewhere() -> None:
    """A branch that is not mapped, and a merge request that is closed or was never there."""
    on = stage(Tides="1")
    iid = proposed(on, Tides="2")
    on.gitlab.branches["other"] = on.head
    on.gitlab.aim(iid, "other")
    assert asked(on, iid) == Elsewhere("branch-not-mapped")
    on.gitlab.close(iid)

    assert asked(on, iid) == Elsewhere("merge-request-not-open")
    with pytest.raises(Refused, match="merge-request-missing"):
        asked(on, 9)


def test_a_push_meanwhile_means_looking_again() -> None:
    """To the source, to the target, or a target that goes away."""
    on = stage(Tides="1", Boats="1")
    iid = proposed(on, Tides="2")

    def push(call: str) -> None:
        if call == "merge_result":
            on.gitlab.before = lambda _: None
            on.put(Boats="2")

    on.gitlab.before = push
    with pytest.raises(Moved):
        asked(on, iid)


def test_a_target_that_is_gone_is_refused() -> None:
    """Somebody deleted it while its merge request was looked at."""
    on = stage(Tides="1")
    iid = proposed(on, Tides="2")

    head = on.head

    def blink(call: str) -> None:
        if call == "head":
            del on.gitlab.branches["develop"]
        elif call == "merge_result":
            on.gitlab.branches["develop"] = head

    on.gitlab.before = blink
    with pytest.raises(Refused, match="branch-missing"):
        asked(on, iid)


def test_a_branch_that_was_set_back_has_nothing_to_decide() -> None:
    """What is live is newer than what merging would make: a deploy says so and does nothing."""
    on = stage(Tides="1")
    first = on.head
    on.put(Tides="2")
    on.gitlab.deployed("aic/pin-fusion-2-0-qa", on.head, branch="develop", mapping=on.gitlab.branches["main"])
    on.gitlab.branches["develop"] = first
    on.gitlab.branches["feature/x"] = first

    assert rows(on, on.gitlab.open("feature/x", "develop")) == ({}, {})
    assert config_path("Tides") in on.gitlab.commits[first].files
    assert stored("1") in on.gitlab.commits[first].files[config_path("Tides")].decode()
