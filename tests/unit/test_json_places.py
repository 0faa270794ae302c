"""Places in JSON texts, for people."""

from shared.domain import json_places


def test_places_are_lines_and_columns_from_one() -> None:
    """As editors count them."""
    assert json_places.position("", 0) == "line 1, column 1"
    assert json_places.position("a\nbc", 3) == "line 2, column 2"


def test_what_is_nowhere_has_no_place() -> None:
    """Nobody is sent to look for it."""
    assert json_places.of_twin('{"a": 1, "b": {"a": ["a", "a"]}}', "a") == ""
    assert json_places.of_twin("]}", "a") == ""
    assert json_places.of_word('{"NaN": "NaN"}', "NaN") == ""
