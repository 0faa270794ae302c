"""The deploy table of the design, row by row and as a whole."""

from collections.abc import Iterator
from itertools import product

import pytest

from shared.domain import plan
from shared.domain.content import Content
from shared.domain.plan import Action, Decision, Live, Plan, Versions

X, Y, Z = Content("x", b""), Content("y", b""), Content("z", b"")
KNOWN = "0123456789abcdef0123456789abcdef01234567"


def versions(
    base: Content | None,
    head: Content | None,
    live: Content | None,
    *,
    touched: bool = True,
    known: bool = False,
    title: str = "Tides",
) -> Versions:
    """One pipeline three ways; `known` says that Git once had the live content."""
    return Versions(
        title, base, head, None if live is None else Live("id-1", live), touched=touched, known=KNOWN if known else None
    )


ROWS = [
    pytest.param(versions(X, X, X), 1, Action.NONE, id="1: live is what head says"),
    pytest.param(versions(Y, X, X), 1, Action.NONE, id="1: head arrived in AIC already"),
    pytest.param(versions(None, X, X), 1, Action.NONE, id="1: adopted as it is"),
    pytest.param(versions(X, Y, X), 2, Action.UPDATE, id="2: changed in Git"),
    pytest.param(versions(X, Y, X, known=True), 2, Action.UPDATE, id="2: and known to history"),
    pytest.param(versions(X, Y, Z, known=True), 3, Action.UPDATE, id="3: changed over an older version"),
    pytest.param(
        versions(X, X, Z, known=True), 3, Action.UPDATE, id="3: changed and changed back, middle version live"
    ),
    pytest.param(versions(X, Y, Z), 4, Action.CONFLICT, id="4: both sides changed"),
    pytest.param(versions(X, X, Z), 4, Action.CONFLICT, id="4: changed and changed back counts as changed"),
    pytest.param(versions(X, Y, Z, touched=False), 4, Action.CONFLICT, id="4: other content is a change by itself"),
    pytest.param(versions(X, X, Z, touched=False, known=True), 5, Action.UPDATE, id="5: healed"),
    pytest.param(versions(X, X, Z, touched=False), 6, Action.LEAVE, id="6: drift"),
    pytest.param(versions(None, X, None), 7, Action.CREATE, id="7: new in Git"),
    pytest.param(versions(None, X, Z, known=True), 8, Action.UPDATE, id="8: an older version is live"),
    pytest.param(versions(None, X, Z), 9, Action.CONFLICT, id="9: both have one of their own"),
    pytest.param(versions(None, None, Z), 10, Action.LEAVE, id="10: not managed"),
    pytest.param(versions(None, None, Z, known=True), 10, Action.LEAVE, id="10: left over from a deletion"),
    pytest.param(versions(X, None, X), 11, Action.LEAVE, id="11: deleted in Git, live as it was"),
    pytest.param(versions(X, None, Z, known=True), 11, Action.LEAVE, id="11: deleted in Git, an older version is live"),
    pytest.param(versions(X, None, Z), 12, Action.CONFLICT, id="12: deleted in Git, edited in AIC"),
    pytest.param(versions(X, None, None), 13, Action.NONE, id="13: gone on both sides"),
    pytest.param(versions(None, None, None), 13, Action.NONE, id="13: never there"),
    pytest.param(versions(X, X, None, touched=False), 14, Action.LEAVE, id="14: deleted in AIC"),
    pytest.param(versions(X, Y, None), 15, Action.CREATE, id="15: changed in Git, deleted in AIC"),
    pytest.param(versions(X, X, None), 15, Action.CREATE, id="15: changed and changed back, deleted in AIC"),
    pytest.param(Versions("Tides", X, Y, None, twins=("a1", "b2")), 16, Action.REFUSE, id="16: one title twice"),
    pytest.param(Versions("Tides", X, None, Live("a", X), defect="no JSON"), 17, Action.REFUSE, id="17: no valid file"),
]


@pytest.mark.parametrize(("pipeline", "row", "action"), ROWS)
def test_a_pipeline_is_decided_by_its_row(pipeline: Versions, row: int, action: Action) -> None:
    """Base, head and live as the table has them; whoever reads the reason understands it without the table."""
    decision = plan.decide(pipeline)

    assert (decision.row, decision.action) == (row, action)
    assert bool(decision.why) == (action is not Action.NONE)


def test_row_3_5_and_8_name_the_commit_that_was_live() -> None:
    """Whoever wonders where the old version came from finds it."""
    whys = [
        plan.decide(versions(X, Y, Z, known=True)).why,
        plan.decide(versions(X, X, Z, known=True, touched=False)).why,
        plan.decide(versions(None, Y, Z, known=True)).why,
    ]

    assert all("01234567" in why for why in whys)


def test_row_11_says_that_only_a_person_can_delete() -> None:
    """AIC has no call for it."""
    assert "delete it in AIC by hand" in plan.decide(versions(X, None, X)).why


def test_row_16_names_every_id() -> None:
    """So that a person can tell the twins apart."""
    assert plan.decide(Versions("Tides", X, X, None, twins=("a1", "b2", "c3"))).why.endswith("a1 and b2 and c3")


def test_row_17_gives_the_reason_of_the_file() -> None:
    """As the parser said it."""
    assert plan.decide(Versions("Tides", X, None, None, defect="NaN is no JSON value")).why == "NaN is no JSON value"


def expected(base: str, head: str, live: str, *, touched: bool, known: bool) -> list[int]:
    """The rows of the written table that fit, read off word by word; `-` is absent. There must be exactly one."""
    same = base == head and not touched
    moved = base != "-" and head != "-" and not same
    neither = live not in ("-", base, head)
    fits = {
        1: head != "-" and live == head,
        2: moved and live == base != head,
        3: moved and neither and known,
        4: moved and neither and not known,
        5: same and head != "-" and neither and known,
        6: same and head != "-" and neither and not known,
        7: base == "-" and head != "-" and live == "-",
        8: base == "-" and head != "-" and neither and known,
        9: base == "-" and head != "-" and neither and not known,
        10: base == "-" and head == "-" and live != "-",
        11: base != "-" and head == "-" and (live == base or (neither and known)),
        12: base != "-" and head == "-" and neither and not known,
        13: head == "-" and live == "-",
        14: same and head != "-" and live == "-",
        15: moved and live == "-",
    }
    return [row for row, fit in fits.items() if fit]


def classes() -> Iterator[tuple[str, str, str, bool, bool]]:
    """Every way in which three versions can be equal, different or absent."""
    return product("-xyz", "-xyz", "-xyz", (False, True), (False, True))


def test_every_class_of_pipelines_is_in_exactly_one_row_and_decided_by_it() -> None:
    """Mechanically, against the table as it is written."""
    contents = {"-": None, "x": X, "y": Y, "z": Z}
    used = set()
    for base, head, live, touched, known in classes():
        rows = expected(base, head, live, touched=touched, known=known)
        assert len(rows) == 1, (base, head, live, touched, known, rows)
        pipeline = versions(contents[base], contents[head], contents[live], touched=touched, known=known)
        assert plan.decide(pipeline).row == rows[0], (base, head, live, touched, known)
        used.add(rows[0])

    assert used == set(range(1, 16))


def test_twins_and_broken_files_are_refused_whatever_else_is_true() -> None:
    """Nobody can say which of the twins is meant, nor what the file wants."""
    for base, head, live in product((None, X, Y), (None, X, Y), (None, Live("a", X), Live("a", Z))):
        assert plan.decide(Versions("Tides", base, head, live, twins=("a", "b"))).row == 16
        assert plan.decide(Versions("Tides", base, head, live, defect="no")).row == 17


def test_history_is_only_asked_when_it_decides() -> None:
    """It costs requests: only where live is neither head's nor base's, and Git knows the pipeline."""
    contents = {"-": None, "x": X, "y": Y, "z": Z}
    for base, head, live, touched, _ in classes():
        without, with_ = (
            plan.decide(versions(contents[base], contents[head], contents[live], touched=touched, known=known))
            for known in (False, True)
        )
        asked = plan.needs_history(versions(contents[base], contents[head], contents[live], touched=touched))
        assert asked == (without.row != with_.row), (base, head, live, touched)


def test_updates_are_written_before_creations() -> None:
    """A creation can't be undone, so everything that can fail comes before it."""
    made = plan.make(
        [
            versions(None, X, None, title="a new one"),
            versions(X, Y, X, title="b changed"),
            versions(X, Y, None, title="c lost"),
            versions(X, Y, X, title="d changed"),
            versions(X, X, X, title="e equal"),
        ]
    )

    assert [decision.title for decision in made.writes] == ["b changed", "d changed", "a new one", "c lost"]


def test_a_plan_is_sorted_by_title_and_finds_its_blocks() -> None:
    """Two runs over the same world read the same."""
    made = plan.make(
        [
            versions(X, Y, Z, title="conflict"),
            versions(X, X, Z, title="drift", touched=False),
            Versions("broken", X, None, None, defect="no JSON"),
        ]
    )

    assert [decision.title for decision in made.decisions] == ["broken", "conflict", "drift"]
    assert [decision.title for decision in made.blocks] == ["broken", "conflict"]
    assert [decision.title for decision in made.of(Action.LEAVE)] == ["drift"]
    assert made.writes == ()


def gone(title: str, content: Content = X, live: Content | None = X, *, known: bool = False) -> Versions:
    """A pipeline that is no more in Git."""
    return versions(content, None, live, title=title, known=known)


def new(title: str, content: Content = X, live: Content | None = None) -> Versions:
    """A pipeline that is new in Git."""
    return versions(None, content, live, title=title)


def test_row_18_a_pipeline_that_took_another_name_is_renamed() -> None:
    """Not created anew, whose id and history in AIC would be another."""
    made = plan.make([gone("old"), new("new")])

    (write,) = made.writes
    assert (write.title, write.row, write.action, write.was) == ("new", 18, Action.RENAME, gone("old"))
    assert [(each.title, each.row, each.action) for each in made.decisions] == [
        ("new", 18, Action.RENAME),
        ("old", 18, Action.NONE),
    ]
    assert write.titles == ("new", "old")


def test_row_18_also_of_an_older_version_that_is_live() -> None:
    """Git has it: it takes name and content of the head."""
    assert plan.make([gone("old", live=Z, known=True), new("new")]).writes[0].action is Action.RENAME
    assert plan.make([gone("old", live=Z, known=True), new("new", Z)]).writes[0].action is Action.RENAME


@pytest.mark.parametrize(
    "pipelines",
    [
        [gone("old"), gone("older"), new("new")],
        [gone("old", live=Z, known=True), new("new"), new("newer", Z)],
        [gone("old"), new("new"), new("newer")],
        [gone("old"), new("new", Y)],
        [gone("old", live=None), new("new")],
        [gone("old"), new("new", live=X)],
        [versions(None, None, X, title="old"), new("new")],
    ],
    ids=[
        "two are gone",
        "it may be either",
        "two are new",
        "another content",
        "not live",
        "the new one is live",
        "never managed",
    ],
)
def test_what_may_be_no_rename_is_none(pipelines: list[Versions]) -> None:
    """Rows 7 and 11 then, as ever: a pipeline more is better than a wrong one."""
    made = plan.make(pipelines)

    assert Action.RENAME not in {each.action for each in made.decisions}
    assert [each.row for each in made.decisions] == [plan.decide(each.versions).row for each in made.decisions]


def test_an_edited_pipeline_is_not_renamed() -> None:
    """Row 12: deleted in Git, and edited in AIC."""
    assert [each.row for each in plan.make([gone("old", live=Z), new("new")]).blocks] == [12]


def test_several_pipelines_are_renamed_at_once() -> None:
    """Each by its own content; between updates and creations."""
    made = plan.make(
        [gone("a"), gone("b", Y, Y), new("c"), new("d", Y), new("0", Z), versions(X, Y, X, title="z changed")]
    )

    assert [(each.title, each.was.title if each.was else "") for each in made.writes] == [
        ("z changed", ""),
        ("c", "a"),
        ("d", "b"),
        ("0", ""),
    ]


def test_a_plan_of_equal_things_is_empty() -> None:
    """The proof after a deploy is this plan."""
    made = plan.make([versions(X, X, X), versions(X, None, None)])

    assert made.writes == made.blocks == ()
    assert Plan(()).decisions == ()


def test_a_decision_is_only_about_its_own_pipeline() -> None:
    """Deciding all together or one by one is the same."""
    pipelines = [versions(X, Y, Z, title="b"), versions(X, Y, X, title="a")]

    assert plan.make(pipelines).decisions == tuple(plan.decide(each) for each in reversed(pipelines))
    assert isinstance(plan.decide(pipelines[0]), Decision)
