"""The table of a snapshot: one row for each way in which Git and AIC can differ."""

from itertools import product

import pytest

from shared.domain import capture, content
from shared.domain.capture import Action, Decision, Mode, Seen
from shared.domain.content import Content
from shared.domain.plan import Live, Versions

KNOWN = "1" * 40


def text(code: str) -> Content:
    return content.of_job({"stages": [{"tasks": [{"id": "t", "type": "SQL", "config": {"query": code}}]}]})


def seen(
    base: str | None,
    head: str | None,
    live: str | None,
    *,
    title: str = "p",
    touched: bool | None = None,
    known: bool = False,
    ever: bool | None = None,
    **more: object,
) -> Seen:
    """A pipeline by its three codes; what Git has at base or head was there at some time."""
    was, now, runs = (None if code is None else text(code) for code in (base, head, live))
    changed = base != head if touched is None else touched
    versions = Versions(
        title, was, now, None if runs is None else Live(f"id of {title}", runs), changed, KNOWN if known else None
    )
    there = any(code is not None for code in (base, head)) or known if ever is None else ever
    return Seen(versions, there, **more)  # type: ignore[arg-type]


def decided(one: Seen, mode: Mode = Mode.COMMIT) -> Decision:
    (decision,) = capture.make([one], mode=mode, size=1).decisions
    return decision


ROWS = [
    ("x", "x", "x", False, 1, Action.NONE, False),
    (None, None, None, False, 1, Action.NONE, False),
    ("y", "x", "x", False, 1, Action.NONE, False),
    ("x", "y", "x", False, 2, Action.AHEAD, False),
    ("x", "y", "z", True, 3, Action.HEAL, False),
    ("x", "x", "z", True, 3, Action.HEAL, False),
    (None, "x", "z", True, 3, Action.HEAL, False),
    ("x", "x", "z", False, 4, Action.CAPTURE, True),
    ("x", "y", "z", False, 5, Action.CONFLICT, False),
    (None, None, "z", False, 6, Action.CAPTURE, True),
    (None, None, "z", True, 6, Action.LEAVE, False),
    (None, "x", None, False, 7, Action.AHEAD, False),
    (None, "x", "z", False, 8, Action.CONFLICT, False),
    ("x", None, "x", False, 9, Action.LEAVE, False),
    ("x", None, "z", True, 9, Action.LEAVE, False),
    ("x", None, "z", False, 10, Action.CONFLICT, False),
    ("x", "x", None, False, 11, Action.DELETE, False),
    ("x", "y", None, False, 12, Action.LEAVE, False),
    ("x", None, None, False, 1, Action.NONE, False),
]


@pytest.mark.parametrize(("base", "head", "live", "known", "row", "action", "direct"), ROWS)
def test_each_row_of_the_table_decides_as_it_says(
    base: str | None, head: str | None, live: str | None, known: bool, row: int, action: Action, direct: bool
) -> None:
    """Row by row, in a workspace that takes commits."""
    made = decided(seen(base, head, live, known=known))

    assert (row, action, direct) == (made.row, made.action, made.direct)


def test_every_class_of_pipelines_falls_into_exactly_one_row() -> None:
    """No way in which the three can differ is left out, and none raises."""
    codes = ("x", "y", "z", None)
    either = (True, False)
    ways = [
        seen(*each, known=known, ever=ever, touched=touched)
        for each in product(codes, codes, codes)
        for known, ever, touched in product(either, either, either)
    ]
    for mode, one in product(Mode, ways):
        made = decided(one, mode)

        assert 1 <= made.row <= 12
        assert not (made.direct and mode is Mode.MERGE_REQUEST)
        assert made.action is Action.NONE or made.why


def test_nothing_that_git_has_had_is_ever_captured() -> None:
    """It would undo a merged revert."""
    codes = ("x", "y", None)
    for base, head in product(codes, codes):
        assert decided(seen(base, head, "z", known=True)).action in (Action.HEAL, Action.LEAVE)


def test_merge_request_mode_commits_nothing_onto_the_branch() -> None:
    """Production is reviewed."""
    found = [seen("x", "x", "z"), seen(None, None, "n", title="new"), seen("m", "m", None, title="old")]
    made = capture.make([*found, seen(None, None, "m", title="renamed")], mode=Mode.MERGE_REQUEST, size=9)

    assert made.direct == ()
    assert {each.title: each.action for each in made.proposed} == {
        "p": Action.CAPTURE, "new": Action.CAPTURE, "old": Action.MOVE,
    }  # fmt: skip


def test_a_new_pipeline_whose_file_git_once_had_comes_by_merge_request() -> None:
    """Somebody deleted one of that title: people decide."""
    made = decided(seen(None, None, "z", ever=True))

    assert (made.action, made.direct) == (Action.CAPTURE, False)


def test_a_file_that_was_changed_and_changed_back_counts_as_changed() -> None:
    """An older deploy may have put the middle version live."""
    assert decided(seen("x", "x", "z", touched=True)).row == 5
    assert decided(seen("x", "x", None, touched=True)).row == 12


def test_a_config_that_can_not_be_read_counts_as_changed() -> None:
    """Nothing is committed over it."""
    broken = Versions("p", text("x"), None, Live("1", text("z")), defect="`config/p.json`: no JSON")
    alone = Versions("p", text("x"), None, None, defect="`config/p.json`: no JSON")

    assert decided(Seen(broken)).row == 5
    assert decided(Seen(alone)).row == 12


def test_two_pipelines_of_one_title_are_withheld_with_both_ids() -> None:
    """Which one is meant, nobody can tell."""
    made = decided(Seen(Versions("p", text("x"), text("x"), None, twins=("17", "18"))))

    assert (made.row, made.action) == (14, Action.WITHHOLD)
    assert "17 and 18" in made.why


@pytest.mark.parametrize(("base", "head"), [("x", "x"), ("x", "y"), (None, None)])
def test_what_can_not_be_stored_is_withheld_with_its_reason(base: str | None, head: str | None) -> None:
    """A secret, or a title that is no path."""
    made = decided(seen(base, head, "z", withheld="it holds a secret"))

    assert (made.row, made.action, made.why) == (14, Action.WITHHOLD, "it holds a secret")


def test_what_needs_no_storing_is_not_withheld() -> None:
    """It is in Git already."""
    assert decided(seen("x", "x", "x", withheld="it holds a secret")).row == 1


def test_an_unreadable_pipeline_stays_in_git_and_nothing_is_deleted_in_that_run() -> None:
    """An omission is no absence."""
    lost = Seen(Versions("p", text("x"), text("x"), None), unreadable=True)
    made = capture.make([lost, seen("x", "x", None, title="gone")], mode=Mode.COMMIT, size=100)

    assert [(each.row, each.action) for each in made.decisions] == [(11, Action.LEAVE), (15, Action.UNREADABLE)]
    assert made.writes == ()


@pytest.mark.parametrize(("size", "gone", "proposed"), [(5, 1, 1), (5, 2, 0), (20, 2, 2), (20, 3, 0), (100, 10, 10)])
def test_deletions_are_proposed_up_to_a_tenth_of_the_workspace(size: int, gone: int, proposed: int) -> None:
    """More at once look like a mistake."""
    vanished = [seen(f"x{number}", f"x{number}", None, title=f"p{number}") for number in range(gone)]
    made = capture.make(vanished, mode=Mode.COMMIT, size=size)

    assert len(made.of(Action.DELETE)) == proposed
    assert len(made.of(Action.LEAVE)) == gone - proposed


def test_a_rename_in_aic_is_one_move() -> None:
    """History follows the file."""
    made = capture.make(
        [seen("x", "x", None, title="old"), seen(None, None, "x", title="new")], mode=Mode.COMMIT, size=2
    )

    (move,) = made.decisions
    assert (move.row, move.action, move.title, move.moved_to, move.direct) == (13, Action.MOVE, "old", "new", True)
    assert move.seen.versions.live == Live("id of new", text("x"))


def test_a_rename_to_a_title_that_git_once_had_comes_by_merge_request() -> None:
    """As a new pipeline of that title would."""
    made = capture.make(
        [seen("x", "x", None, title="old"), seen(None, None, "x", title="new", ever=True)], mode=Mode.COMMIT, size=2
    )

    assert [(each.action, each.direct) for each in made.decisions] == [(Action.MOVE, False)]


@pytest.mark.parametrize("withheld", ["", "its title is no path"])
def test_an_unclear_rename_deletes_nothing(withheld: str) -> None:
    """Two copies appeared, or one that can't be stored: what vanished stays in Git."""
    new = [seen(None, None, "x", title=f"new {number}", withheld=withheld) for number in (1, 2)]
    made = capture.make([seen("x", "x", None, title="old"), *new], mode=Mode.COMMIT, size=30)

    assert {each.title: each.action for each in made.decisions}["old"] is Action.LEAVE
    assert made.of(Action.MOVE, Action.DELETE) == ()


def test_nothing_held_by_a_rollback_is_healed() -> None:
    """The merge request decides which version stays."""
    made = decided(seen("x", "y", "z", known=True, held=12))

    assert (made.row, made.action) == (3, Action.LEAVE)
    assert "!12" in made.why


def test_history_is_asked_only_where_the_decision_hangs_on_it() -> None:
    """A request a pipeline adds up."""
    assert capture.needs_history(seen("x", "x", "z"))
    assert capture.needs_history(seen(None, None, "z", ever=True))
    assert not capture.needs_history(seen(None, None, "z", ever=False))
    assert not capture.needs_history(seen("x", "y", "x"))
    assert not capture.needs_history(seen("x", "y", "y"))
    assert not capture.needs_history(seen("x", "y", None))
    assert not capture.needs_history(seen("x", "y", "z", unreadable=True))


@pytest.mark.parametrize(
    ("one", "settled"),
    [
        (seen("x", "x", "x"), True),
        (seen("x", "y", "x"), True),
        (seen("x", "x", "z"), True),
        (seen("x", "x", "z", known=True), True),
        (seen("x", "y", "z"), False),
        (seen("x", "x", None), False),
        (seen("x", "y", None), False),
        (seen("x", "x", "z", withheld="secret"), False),
        (seen("x", "x", None, unreadable=True), False),
    ],
)
def test_a_deploy_may_record_what_stands_only_if_nothing_is_left_open(one: Seen, settled: bool) -> None:
    """A recorded base says that live and Git agree."""
    assert capture.make([one], mode=Mode.COMMIT, size=1).settled is settled
