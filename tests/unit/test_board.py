"""A board as a value and as JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.domain import board_place
from shared.domain.answer import Outcome
from shared.domain.board import Board, Cell, Environment, Row, State, Step, rows
from shared.domain.board_place import MOST_ENVIRONMENTS
from shared.domain.board_report import Boarded, Laid, answer, incomplete
from shared.domain.mapping import Mapping, parse

from ..drawn import HOSTILE, board
from ..rendered import cells, dangers

CLEAN = Cell(State.CLEAN, version="1")


def mapped(**exact: str) -> Mapping:
    return Mapping(exact)


def test_names_are_sorted_as_people_sort_them() -> None:
    """In any case, and 9 before 10, whatever else stands in them."""
    titles = ["Load 10", "load 9", "Load 9a", "", "7", "Load", "²"]

    found = [row.title for row in rows([dict.fromkeys(titles, CLEAN)], (0,))]

    assert found == ["", "7", "Load", "load 9", "Load 9a", "Load 10", "²"]


@pytest.mark.parametrize(
    ("lower", "upper", "step"),
    [
        (CLEAN, CLEAN, Step.SAME),
        (CLEAN, Cell(State.CLEAN, version="2"), Step.CHANGED),
        (CLEAN, Cell(State.ABSENT), Step.NEW),
        (CLEAN, Cell(State.UNMANAGED), Step.NEW),
        (CLEAN, Cell(State.UNREADABLE), Step.SAME),
        (Cell(State.UNMANAGED), CLEAN, Step.SAME),
    ],
)
def test_what_the_next_environment_lacks_is_by_what_git_has(lower: Cell, upper: Cell, step: Step) -> None:
    """What can't be read may be anything."""
    (row,) = rows([{"a": lower}, {"a": upper}], (0, 1))

    assert (row.cells[0].promote, row.cells[1]) == (step, upper)


def test_nothing_is_promoted_through_an_environment_without_a_role() -> None:
    """A trial beside the flow."""
    shown, left_out = board_place.environments(
        mapped(trial="T", main="P", develop="Q", alpha="A"), allowed={"T", "P", "Q", "A"}
    )

    assert [each.branch for each in shown] == ["develop", "main", "alpha", "trial"]
    assert (left_out, board_place.chain(shown)) == ((), (0, 1))
    made = Board("a/b", datetime(2026, 11, 29, tzinfo=UTC), "1", shown, ())
    assert [(each.branch if each else "") for each in map(made.following, range(4))] == ["main", "", "", ""]
    home = board_place.home(shown)
    assert home
    assert home.branch == "main"


def test_there_is_room_for_so_many_environments() -> None:
    """Production is not the one that is left out; what is, is named."""
    names = {f"t{number}": f"T{number}" for number in range(20)}
    shown, left_out = board_place.environments(mapped(**names, main="P"), allowed={*names.values(), "P"})

    assert (len(shown), shown[0].branch, len(left_out)) == (MOST_ENVIRONMENTS, "main", 21 - MOST_ENVIRONMENTS)
    assert board_place.home(shown[1:]) == shown[-1]
    assert board_place.home(()) is None


def test_roles_are_those_of_the_mapping_file() -> None:
    """Also under other names."""
    text = b"mapping:\n  live: P\n  test: Q\nroles:\n  production: live\n  staging: test\n  development: gone\n"

    shown, _ = board_place.environments(parse(text), allowed={"P", "Q"})

    assert [(each.branch, each.role) for each in shown] == [("test", "staging"), ("live", "production")]


def test_hostile_names_can_be_written_and_read_again() -> None:
    """Half a character is spelled out, since no file can hold it."""
    made = board(len(HOSTILE), hostile=True)

    titles = {each["title"] for each in json.loads(made.encode())["pipelines"]}

    assert {each.replace("\ud800", "\\ud800") for each in HOSTILE} == titles


def test_the_line_of_the_log_stays_short() -> None:
    """Of a thousand pipelines in eight environments it has counts."""
    report = Boarded("board", Outcome.DONE, "pin/fusion", made=board(1000, environments=8), size=1)

    fields = report.told().fields

    assert fields["pipelines"] == 1000
    assert len(json.dumps(fields)) < 2500


@pytest.mark.parametrize(
    ("drive", "url"),
    [
        ("backups", ""),
        ("gs://bkt", "https://storage.cloud.google.com/bkt/a/b/prod/aic-gitops/prod/board/board.html"),
        ("gs://bkt/x y", "https://storage.cloud.google.com/bkt/x%20y/a/b/prod/aic-gitops/prod/board/board.html"),
    ],
)
def test_a_page_in_a_bucket_has_an_address(drive: str, url: str) -> None:
    """Below the folder of the project and the workspace; one on a drive in AIC has none."""
    assert board_place.url(drive, project="a/b", workspace="PROD") == url


def test_an_environment_has_the_newest_of_all_drives() -> None:
    """None where there is none."""
    bare = Environment("b", "w")

    assert (bare.backup, bare.proven) == (None, None)
    assert Row("a", (CLEAN,)).cells == (CLEAN,)


def test_no_name_has_power_in_the_note() -> None:
    """Of workspaces, branches, drives and folders."""
    evil = "`</code> @all /close [x](javascript:1) | <b>"
    made = board(20)
    places = tuple(replace(each, workspace=evil, branch=evil) for each in made.environments)
    broken = replace(places[0], reason=evil, detail=evil)
    laid = (Laid(evil, evil), Laid(evil, evil, reason=evil, detail=evil), Laid(evil, evil, newer=True))
    odd = replace(made, environments=(broken, *places[1:]))
    report = Boarded("board", Outcome.DONE, evil, by=evil, made=odd, laid=laid)

    text = answer(incomplete(report), first_line="<!-- aic-board main -->")

    assert dangers(text) == []
    assert len(cells(text)) == 1 + 3
