"""docs/board.md says what the board's JSON holds, to programs of other people."""

import json
import re
from typing import Any

from shared.domain.board import VERSION, State
from tests.documented import ROOT
from tests.drawn import board

PAGE = (ROOT / "docs/board.md").read_text(encoding="utf-8")


def documented(intro: str) -> set[str]:
    """The names in the first column of the table that follows the words."""
    table = PAGE.split(intro)[1].split("\n\n")[1]
    return {name for row in table.splitlines() for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])}


def test_every_field_of_the_json_is_documented_and_no_other() -> None:
    """On a board on which everything occurs."""
    tree: dict[str, Any] = json.loads(board(300).encode())
    cells = [cell for each in tree["pipelines"] for cell in each["environments"] if cell]

    assert documented("left out instead.") == set(tree)
    assert documented("Of each environment:") == set(tree["environments"][0])
    assert {key for each in tree["pipelines"] for key in each} == {"title", "environments"}
    assert documented("Of each cell:") == {key for cell in cells for key in cell}
    assert tree["version"] == VERSION


def test_every_state_is_documented() -> None:
    """In the order of the page's table, and no other."""
    assert documented("what AIC runs:") == set(State)
