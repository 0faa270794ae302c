"""YAML without anything that YAML would make of a text by itself."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import strict_yaml, yaml_events
from shared.domain.errors import Refused

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
TREES = st.recursive(SCALARS, lambda some: st.lists(some) | st.dictionaries(st.text(max_size=20), some), max_leaves=20)


def test_everything_stays_the_text_that_it_is() -> None:
    """No `on` becomes a truth, no version a number, no `null` nothing."""
    text = "a: on\nb: 1.0\nc: null\nd: 2026-01-31\ne: [0x10, ~, '']\nf:\n1: {yes: no}\n"

    assert strict_yaml.load(text) == {
        "a": "on",
        "b": "1.0",
        "c": "null",
        "d": "2026-01-31",
        "e": ["0x10", "~", ""],
        "f": "",
        "1": {"yes": "no"},
    }


def test_json_is_read_too() -> None:
    r"""Escapes such as `\/` and pairs of `\u` escapes, which only JSON writers make, come out right."""
    assert strict_yaml.load('{"a\\/b": [1, true, "\\ud83d\\ude00"]}') == {"a/b": ["1", "true", "😀"]}


@settings(deadline=None, max_examples=200)
@given(TREES, st.sampled_from([None, 1]))
def test_json_says_the_same_in_both_ways_of_reading_it(tree: object, indent: int | None) -> None:
    """It is read without a YAML parser; nobody may notice, not even where it is refused."""
    text = json.dumps(tree, indent=indent).encode()
    try:
        wanted = yaml_events.read(text)
    except Refused as error:
        with pytest.raises(Refused, match=re.escape(error.detail)):
            strict_yaml.load(text)
    else:
        assert strict_yaml.load(text) == wanted


def test_json_stays_the_text_that_it_is_too() -> None:
    """Numbers as they are spelled; what only people read as no number is text anyway."""
    assert strict_yaml.load('[1.0, 1e5, -0, 12345678901234567890, true, false, null, NaN, ""]') == [
        *("1.0", "1e5", "-0", "12345678901234567890", "true", "false", "null", "NaN", "")
    ]


def test_bytes_are_read_as_utf_8() -> None:
    """A byte order mark is no part of the text."""
    assert strict_yaml.load("\ufeffä: ö".encode()) == {"ä": "ö"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb: 2\na: 3", "line 3: the key `a` stands twice"),
        ('[{"a": 1,\n"a": 1}]', "line 2: the key `a` stands twice"),
        ("x: {a: 1, 'a': 2}", "line 1: the key `a` stands twice"),
        ("a: &x 1", "line 1: anchors (&) and aliases (*) are not allowed"),
        ("a: &x {}", "line 1: anchors (&) and aliases (*) are not allowed"),
        ("b: 1\na: *x", "line 2: anchors (&) and aliases (*) are not allowed"),
        ("*x : 1", "line 1: anchors (&) and aliases (*) are not allowed"),
        ("a: !!python/object:os.system x", "line 1: tags (!) are not allowed"),
        ("!!str a: b", "line 1: tags (!) are not allowed"),
        ("? [a]\n: b", "line 1: a key must be text"),
        ("---\na: b\n---\nc: d", "line 3: a second document begins, only one is taken"),
        ("", "the text is empty"),
        ("# only a comment", "the text is empty"),
        ("a: 'x", "line 1: found unexpected end of stream"),
        ("a: \x00", "the text holds a character that YAML doesn't allow"),
        ('"\\UFFFFFFFF"', "the text holds a number or an escape that is out of range"),
        (f"%YAML 1.{'9' * 5000}\n--- a", "the text holds a number or an escape that is out of range"),
        ("\ud800", "the text is not UTF-8"),
        (b"\xff", "the text is not UTF-8"),
        ('{"a": "\\ud83d"}', "line 1: half a character (a lone surrogate) stands in the text"),
        ("[" * 21 + "]" * 21, "line 1: nested more than 20 levels deep"),
        ("[" * 60_000, "line 1: nested more than 20 levels deep"),
        ("{a: " * 21, "line 1: nested more than 20 levels deep"),
    ],
)
def test_sec_17_anything_doubtful_is_refused_in_one_sentence(text: str | bytes, sentence: str) -> None:
    """Duplicates, aliases, tags and depth are how a YAML text says something else than a reader sees."""
    with pytest.raises(Refused) as caught:
        strict_yaml.load(text)

    assert (caught.value.reason, caught.value.detail) == ("yaml-invalid", sentence)


def test_sec_17_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    """Nine levels of nine references each would be 387 million texts."""
    rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    with pytest.raises(Refused, match="line 1: anchors"):
        strict_yaml.load("\n".join(rows))


def test_sec_17_the_limit_counts_bytes() -> None:
    """64 KiB unless the caller says otherwise."""
    assert strict_yaml.load("ä" * 32768) == "ä" * 32768
    with pytest.raises(Refused, match="the text has 65537 bytes, at most 65536 are taken"):
        strict_yaml.load("ä" * 32768 + "a")
    with pytest.raises(Refused, match="at most 2 are taken"):
        strict_yaml.load("abc", limit=2)
