"""A plan and what became of it → the rows of a report."""

from shared.domain import content, plan, report
from shared.domain.content import Content
from shared.domain.plan import Action, Live, Versions
from shared.domain.report import FAILURES, Outcome, Report, Row

X, Y, Z = Content("x", b""), Content("y", b""), Content("z", b"")
MIXED = plan.make(
    [
        Versions("a equal", X, X, Live("1", X)),
        Versions("b changed", X, Y, Live("2", X)),
        Versions("c new", None, X, None),
        Versions("d drift", X, X, Live("4", Z), touched=False),
        Versions("e gone", Y, None, Live("5", Y)),
    ]
)


def test_a_deploy_says_of_each_pipeline_what_was_done_and_how_long_it_took() -> None:
    """Equal ones too."""
    rows = report.rows_done(MIXED, {"b changed": 1.25, "c new": 0.5}, frozenset())

    assert [(row.title, row.done, row.seconds) for row in rows] == [
        ("a equal", "already there", None),
        ("b changed", "updated", 1.25),
        ("c new", "created", 0.5),
        ("d drift", "left alone", None),
        ("e gone", "left alone", None),
    ]


def test_what_an_interrupted_delivery_wrote_is_told_as_such() -> None:
    """To the reader it is no other deploy; what must be written again is told as written now."""
    rows = report.rows_done(MIXED, {"b changed": 1.0}, frozenset({"a equal", "b changed"}))

    assert [row.done for row in rows][:2] == ["written by an earlier attempt", "updated"]


def test_a_dry_run_speaks_in_the_conditional() -> None:
    """And counts nothing as written."""
    rows = report.rows_planned(MIXED)

    assert [row.done for row in rows] == [
        "already there",
        "would be updated",
        "would be created",
        "left alone",
        "left alone",
    ]
    assert Report(Outcome.PLANNED, "a/b", "c", rows=rows).written == 0


def test_what_one_conflict_held_back_is_told_as_held_back() -> None:
    """Nothing of it was written."""
    blocked = plan.make([*(each.versions for each in MIXED.decisions), Versions("f both", X, Y, Live("6", Z))])

    assert [row.done for row in report.rows_held_back(blocked)] == [
        "already there",
        "held back",
        "held back",
        "left alone",
        "left alone",
        "conflict",
    ]


RENAMED = plan.make([Versions("new", None, X, None), Versions("old", X, None, Live("1", X))])


def test_a_rename_is_told_under_both_names() -> None:
    """Whichever of them somebody looks for."""
    done, planned = report.rows_done(RENAMED, {"new": 1.0}, frozenset()), report.rows_planned(RENAMED)
    held_back = report.rows_held_back(RENAMED)

    assert [row.done for row in (*done, *planned, *held_back)] == [
        *("renamed", "renamed"),
        *("would be renamed", "would be renamed"),
        *("held back", "held back"),
    ]
    assert [row.why for row in done] == ["renamed in Git, it was `old`", "renamed in Git to `new`"]


def test_what_a_renamed_pipeline_holds_beside_its_content_is_compared_too() -> None:
    """AIC keeps that under the new name."""
    other = Content("x", b"", {"schedule": "daily"})

    made = plan.make([Versions("new", None, X, None), Versions("old", X, None, Live("1", other))])

    assert [title for title, _ in report.by_hand(made)] == ["new"]


def test_a_conflict_over_what_this_run_had_written_is_told_as_such() -> None:
    """Else it would read as if somebody had edited it before."""
    conflicts = [Versions(title, X, Y, Live(title, Z)) for title in ("mine", "theirs")]
    changed = Versions("mine too", X, Y, Live("3", X))

    made = report.written_before(plan.make([*conflicts, changed]), {"mine", "mine too"})
    mine, too, theirs = report.rows_held_back(made)

    assert mine.why.startswith("this deploy had written it; AIC now holds something else")
    assert (too.done, too.why) == ("held back", "changed in Git")
    assert theirs.why == "changed in Git, and edited in AIC since the last deploy"


def test_written_counts_what_took_time() -> None:
    """A write that took no measurable time is one too."""
    rows = (Row("a", Action.UPDATE, "updated", seconds=0.0), Row("b", Action.NONE, "already there"))

    assert Report(Outcome.DEPLOYED, "a/b", "c", rows=rows).written == 1


def test_only_a_person_can_delete_in_aic_and_set_what_aic_takes_from_nobody() -> None:
    """Both are listed, with the keys that differ."""
    git = content.of_job({"stages": [], "schedule": "daily", "owner": "a"})
    live = content.of_job({"stages": [], "schedule": "hourly", "owner": "a"})
    made = plan.make(
        [
            Versions("a", X, None, Live("1", X)),
            Versions("b", git, git, Live("2", live)),
            Versions("c", X, X, Live("3", X)),
        ]
    )

    assert report.by_hand(made) == (
        ("a", "deleted in Git but still live: delete it in AIC by hand"),
        ("b", "AIC takes no schedule from outside: set there what Git says"),
    )


def test_the_outcomes_that_need_a_person_are_failures() -> None:
    """The others are good news or none."""
    assert sorted(FAILURES) == ["conflict", "failed", "half-deployed", "refused"]
