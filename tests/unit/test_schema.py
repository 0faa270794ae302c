"""From plain trees to frozen dataclasses, by their annotations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest

from shared.domain import schema
from shared.domain.checks import at_most, between, filled, one_of
from shared.domain.schema import Misfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A part of another form."""

    flag: bool = False
    kind: Literal["one", "two", "three"] = "one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """Something of each kind."""

    name: Annotated[str, filled, at_most(5)]
    number: Annotated[int, between(1, 9)] | None = None
    source: str | None = field(default=None, metadata={"key": "from"})
    parts: tuple[Inner, ...] = ()
    named: Mapping[Annotated[str, filled], Inner] | None = None
    rest: Mapping[str, object] | None = None

    def __post_init__(self) -> None:
        if self.source == self.name:
            raise ValueError("names itself")


def misfits(tree: object, *, text: bool = False) -> list[str]:
    """Each finding as kind, place and complaint."""
    with pytest.raises(Misfit) as caught:
        schema.read(Outer, tree, text=text)
    return [
        f"{each.kind} {'.'.join(map(str, each.place))} {each.complaint}".replace("  ", " ")
        for each in caught.value.findings
    ]


def test_a_tree_becomes_the_dataclass_that_it_describes() -> None:
    """Lists become tuples; what is not there has its default; a key may be a word that Python keeps for itself."""
    tree: dict[str, object] = {
        "name": "x",
        "number": 9,
        "from": "a",
        "parts": [{}, {"kind": "two"}],
        "named": {"k": {"flag": True}},
    }
    tree |= {"rest": {"a": [None]}}

    assert schema.read(Outer, {"name": "x"}) == Outer(name="x")
    assert schema.read(Outer, tree) == Outer(
        name="x",
        number=9,
        source="a",
        parts=(Inner(), Inner(kind="two")),
        named={"k": Inner(flag=True)},
        rest={"a": [None]},
    )
    assert schema.read(Outer, {"name": "x", "number": None}) == Outer(name="x")
    assert schema.keys(Outer) == ("name", "number", "from", "parts", "named", "rest")


def test_what_differs_from_the_defaults_is_said() -> None:
    """By the keys outside, so that it can be read again."""
    assert schema.said(Outer(name="x", source="a")) == {"name": "x", "from": "a"}
    assert schema.read(Outer, schema.said(Outer(name="x", source="a"))) == Outer(name="x", source="a")


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ([], "object must be an object"),
        ({}, "missing name is missing"),
        ({"name": None}, "value name must be text"),
        ({"name": 5}, "value name must be text"),
        ({"name": "\ud800"}, "value name must be text"),
        ({"name": ""}, "value name must not be empty"),
        ({"name": "secret"}, "value name is too long, at most 5 are taken"),
        ({"name": "x", "number": True}, "value number must be a whole number"),
        ({"name": "x", "number": 1.0}, "value number must be a whole number"),
        ({"name": "x", "number": "5"}, "value number must be a whole number"),
        ({"name": "x", "number": 0}, "value number must be greater than or equal to 1"),
        ({"name": "x", "number": 10}, "value number must be less than or equal to 9"),
        ({"name": "x", "source": "a"}, "unknown source is not known"),
        ({"name": "x", "parts": {}}, "value parts must be a list"),
        ({"name": "x", "parts": [{}, "x"]}, "object parts.1 must be an object"),
        ({"name": "x", "parts": [{"flag": "true"}]}, "value parts.0.flag must be true or false, without quotes"),
        ({"name": "x", "parts": [{"flag": 1}]}, "value parts.0.flag must be true or false, without quotes"),
        ({"name": "x", "parts": [{"kind": "secret"}]}, "value parts.0.kind must be 'one', 'two' or 'three'"),
        ({"name": "x", "parts": [{"kind": ["one"]}]}, "value parts.0.kind must be 'one', 'two' or 'three'"),
        ({"name": "x", "from": "x"}, "value names itself"),
        ({"name": "x", "named": []}, "object named must be an object"),
        ({"name": "x", "named": {"": {}}}, "value named. must not be empty"),
        ({"name": "x", "named": {"k": {"flags": True}}}, "unknown named.k.flags is not known"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_by_its_place_and_not_by_its_value(tree: object, sentence: str) -> None:
    """Nothing is guessed into another type."""
    assert misfits(tree) == [sentence]


def test_all_findings_are_told_at_once() -> None:
    """In the order of the fields, what is not known last."""
    tree = {"colour": 1, "parts": [{"flag": 0, "kind": 0}, 5], "number": "x"}

    assert [each.split(" must ")[0] for each in misfits(tree)] == [
        "missing name is missing",
        "value number",
        "value parts.0.flag",
        "value parts.0.kind",
        "object parts.1",
        "unknown colour is not known",
    ]


def test_in_a_text_digits_and_truths_are_read_and_blanks_are_not_set() -> None:
    """YAML and the environment hold text only; a form of which nothing is set has its defaults."""
    tree = {"name": "x", "number": "5", "from": "null", "parts": [{"flag": "true"}, "~", ""], "named": ""}

    assert schema.read(Outer, tree, text=True) == Outer(name="x", number=5, parts=(Inner(flag=True), Inner(), Inner()))
    assert schema.read(Inner, {"flag": "false"}, text=True) == Inner()
    assert schema.read(Outer, {"name": "x", "number": 5}, text=True).number == 5


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({"name": "~"}, "missing name is missing"),
        ({"name": "x", "number": "1_0"}, "value number must be a whole number"),
        ({"name": "x", "number": "9" * 5000}, "value number must be a whole number"),
        ({"name": "x", "number": "-1"}, "value number must be a whole number"),
        ({"name": "x", "number": True}, "value number must be a whole number"),
        ({"name": "x", "colour": ""}, "unknown colour is not known"),
        ({"name": "x", "parts": [{"flag": "yes"}]}, "value parts.0.flag must be true or false, without quotes"),
    ],
)
def test_no_more_than_that_is_taken_for_another_type(tree: object, sentence: str) -> None:
    """And what is not known is a mistake, blank or not."""
    assert misfits(tree, text=True) == [sentence]


def test_two_texts_are_told_apart_by_or() -> None:
    """As people say it."""
    with pytest.raises(ValueError, match=r"^must be 'a' or 'b'$"):
        one_of("a", "b")("c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A part that a text may stand for."""

    call: str = field(default="", metadata={"short": True})
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Something that has such a part."""

    step: Called | None = None


@pytest.mark.parametrize(
    ("whole", "tree"),
    [
        (Caller(), {}),
        (Caller(step=Called(call="a:b")), {"step": "a:b"}),
        (Caller(step=Called(call="a:b", times=2)), {"step": {"call": "a:b", "times": 2}}),
    ],
)
def test_what_is_said_reads_to_the_same(whole: Caller, tree: Mapping[str, object]) -> None:
    """As short as people would say it."""
    assert schema.said(whole) == tree
    assert schema.read(Caller, tree) == whole
