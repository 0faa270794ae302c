"""Whoever sets the service up sees that it reaches a project and may write there."""

from datetime import UTC, datetime

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.look_report import Greeted
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.hello import hello

from ..failing import failing
from ..stage import ALLOWED, Stage, bare

RUN = Run("0123abcd", datetime(2026, 11, 29, 9, tzinfo=UTC))


def asked(world: Stage, *, by: str = "ann", final: bool = False, dry_run: bool = False) -> Greeted:
    return hello("pin/fusion", Asker(ALLOWED, RUN, "r-1", by, final), world.outside(), dry_run=dry_run)


def note(world: Stage) -> str:
    return world.gitlab.body(OnCommit(world.gitlab.branches["hello"]))


def test_a_branch_hello_shows_that_the_service_may_write() -> None:
    """With one new file and a note that says who asked; every other branch is as it was."""
    world = bare(a="one")
    before = dict(world.gitlab.branches)

    report = asked(world)

    assert world.gitlab.content("hello.md", world.gitlab.branches["hello"]) == b"Hello!\n"
    assert {name: sha for name, sha in world.gitlab.branches.items() if name != "hello"} == before
    assert "It may write to `pin/fusion`. Asked for by `ann`. Delete this branch." in note(world)
    told = report.told()
    assert (told.said, told.bad, told.fields["branch"]) == ("hello: made", False, "hello")


def test_hello_twice_is_hello_once() -> None:
    """The second answer says how to see it again."""
    world = bare(a="one")
    asked(world)
    first = world.gitlab.branches["hello"]

    report = asked(world, by="")

    assert (report.outcome, world.gitlab.branches["hello"]) == ("nothing", first)
    assert "delete it" in report.detail
    assert "Asked for" not in note(world)


def test_a_dry_run_says_what_would_be_made_and_writes_nothing() -> None:
    """Neither a branch, nor a note where the branch is there already."""
    world = bare(a="one")

    report = asked(world, dry_run=True)

    assert report.told().said == "hello: planned"
    assert report.detail == "the message has arrived; the branch `hello` would be made"
    assert ("hello" in world.gitlab.branches, world.gitlab.written) == (False, {})

    world.gitlab.push("hello", {"hello.md": "Hello!\n"})
    assert (asked(world, dry_run=True).outcome, world.gitlab.written) == ("nothing", {})


def test_somebody_elses_branch_hello_is_left_alone() -> None:
    """It is no place for us."""
    world = bare(a="one")
    theirs = world.gitlab.push("hello", {"mine.txt": "x"})

    report = asked(world)

    assert (report.reason, world.gitlab.branches["hello"], report.told().bad) == ("branch-exists", theirs, True)
    assert world.gitlab.written == {}


def test_a_token_that_may_not_write_is_told() -> None:
    """That is what the question was."""
    world = bare(a="one")
    world.gitlab.protected.add("hello")

    report = asked(world)

    assert (report.outcome, report.reason) == ("failed", "gitlab-forbidden")


def test_a_busy_gitlab_is_asked_again() -> None:
    """And told at last."""
    world = bare(a="one")
    world.gitlab.before = failing("commit", Transient("gitlab-unavailable", "busy"), times=2)

    with pytest.raises(Transient):
        asked(world)
    assert asked(world, final=True).reason == "gitlab-unavailable"


def test_a_note_that_can_not_be_written_is_named() -> None:
    """The branch is there all the same."""
    world = bare(a="one")
    world.gitlab.before = failing("write_note", Permanent("gitlab-forbidden", "no"))

    report = asked(world)

    assert (report.untold, report.told().bad) == (("gitlab-forbidden",), True)
    assert "hello" in world.gitlab.branches
