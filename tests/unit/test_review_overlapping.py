"""Reviews of one merge request that run at the same time, one inside of another."""

from collections.abc import Callable

import pytest

from shared.domain.errors import Transient
from shared.domain.gitlab import OnMergeRequest
from shared.domain.review_report import Outcome

from .review_stage import Desk, configs, desk


def meanwhile(at: Desk, call: str, act: Callable[[], object], *, skip: int = 0) -> None:
    """Once, before the call of that name (after so many others of it), the act happens."""
    left = [skip]

    def hook(name: str) -> None:
        at.on.clock.advance(0.001)
        if name == call:
            left[0] -= 1
            if left[0] == -1:
                act()

    at.gitlab.before = hook


def states(at: Desk, commit: str) -> list[str]:
    """Of the commit, newest first."""
    return [each.state for each in at.gitlab.statuses(commit, branch="feature/x", name="aic/plan")]


def test_two_runs_that_both_found_no_note_leave_one() -> None:
    """The one that comes second takes its own away and brings the other up to date."""
    at = desk(configs(Tides="2"), Tides="1")
    meanwhile(at, "write_note", at.review)

    at.review()

    (note,) = at.gitlab.written[OnMergeRequest(at.iid)]
    assert f"run={at.order().question.run.id}" not in note.body
    assert "delete_note" in at.gitlab.calls
    assert at.status().state == "success"


def test_a_run_that_knows_less_looks_again() -> None:
    """What the newer one told is not lost under the older one's note."""
    at = desk(configs(Tides="2"), Tides="1", Boats="1")
    at.review()

    def newer() -> None:
        at.on.aic.put("Tides", "by hand")
        at.review()

    meanwhile(at, "write_note", newer)

    assert at.review().outcome is Outcome.STOPPED
    assert "**conflict**" in at.note()
    assert at.status().state == "failed"


def test_a_run_whose_note_was_replaced_by_an_older_one_looks_again() -> None:
    """The older one may have ended already, thinking that its note stood."""
    at = desk(configs(Tides="2"), Tides="1", Boats="1")
    at.review()
    old = at.gitlab.written[OnMergeRequest(at.iid)][0]

    def replaced() -> None:
        at.gitlab.write_note(OnMergeRequest(at.iid), old.body, replaces=old)

    meanwhile(at, "post_status", replaced, skip=1)
    at.on.aic.put("Tides", "by hand")
    at.review()

    assert "**conflict**" in at.note()


def test_a_note_that_another_run_has_deleted_is_looked_for_again() -> None:
    """It was one of two."""
    at = desk(configs(Tides="2"), Tides="1")
    at.review()
    (note,) = at.gitlab.written[OnMergeRequest(at.iid)]
    meanwhile(at, "write_note", lambda: at.gitlab.delete_note(OnMergeRequest(at.iid), note))

    at.review()

    assert "update" in at.note()
    assert at.status().state == "success"


def test_a_commit_that_is_not_the_newest_any_more_is_left_in_order() -> None:
    """Its status would run for ever."""
    at = desk(configs(Tides="2"), Tides="1", Boats="1")
    first = at.gitlab.request(at.iid).head
    meanwhile(at, "merge_result", lambda: at.push(configs(Boats="2")))

    at.review()

    assert states(at, first) == ["canceled"]
    assert "| `Boats` | update |" in at.note()


def test_one_that_is_closed_while_it_is_looked_at_is_left_in_order() -> None:
    """Nobody asks any more what merging would do."""
    at = desk(configs(Tides="2"), Tides="1", Boats="1")
    head = at.gitlab.request(at.iid).head

    def push() -> None:
        at.push(configs(Boats="2"))
        meanwhile(at, "proposal", lambda: at.gitlab.close(at.iid))

    meanwhile(at, "merge_result", push)

    assert at.review().reason == "merge-request-not-open"
    assert states(at, head) == ["canceled"]


def test_one_that_is_merged_before_gitlab_tells_its_result_is_left_in_order() -> None:
    """That merging brings nothing any more is no conflict, and nothing to tell."""
    at = desk(configs(Tides="2"), Tides="1", Boats="1")
    head = at.gitlab.request(at.iid).head
    meanwhile(at, "merge_result", lambda: at.gitlab.land(at.iid))

    assert at.review().reason == "merge-request-not-open"
    assert states(at, head) == ["canceled"]
    assert at.gitlab.written.get(OnMergeRequest(at.iid), []) == []


def test_one_that_is_closed_while_it_is_told_is_told_once() -> None:
    """The note stands, and nothing is looked at again."""
    at = desk(configs(Tides="2"), Tides="1")
    meanwhile(at, "write_note", lambda: at.gitlab.close(at.iid))

    assert at.review().outcome is Outcome.READY
    assert at.gitlab.calls.count("write_note") == 1


def test_a_run_that_is_overtaken_again_and_again_gives_up() -> None:
    """The message comes again."""
    at = desk(configs(Tides="2"), Tides="1")
    number = [0]

    def push(name: str) -> None:
        if name == "merge_result":
            number[0] += 1
            at.push(configs(Tides=f"other {number[0]}"))

    at.gitlab.before = push

    with pytest.raises(Transient, match="moved"):
        at.review()
    assert number[0] == 4
    assert at.on.clock.slept == [0.5, 1.0, 1.5]
