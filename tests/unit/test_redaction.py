"""What of a value may go into a log."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.redaction import LONGEST_TEXT, Redaction

SECRET = 'can"ary-ü/1'
HIDING = Redaction().adding([SECRET])


@dataclass
class Odd:
    """Something that JSON doesn't know."""

    token: str


def test_a_secret_is_hidden_wherever_it_stands() -> None:
    """In keys, in nested values, in bytes, in objects that are shown by their repr."""
    value = {
        f"key {SECRET}": [SECRET, (f"<{SECRET}>", {SECRET})],
        "bytes": SECRET.encode(),
        "object": Odd(SECRET),
    }

    assert HIDING.plain(value) == {
        "key [hidden]": ["[hidden]", ["<[hidden]>", ["[hidden]"]]],
        "bytes": "[hidden]",
        "object": "Odd(token='[hidden]')",
    }


def test_a_secret_is_hidden_in_the_spellings_of_urls_and_json() -> None:
    """Libraries quote what they show."""
    assert HIDING.text('can\\"ary-ü/1 can\\"ary-\\u00fc/1 can%22ary-%C3%BC%2F1') == "[hidden] [hidden] [hidden]"


def test_a_secret_that_holds_another_is_hidden_as_a_whole() -> None:
    """The longest goes first, whatever the order in which they were learned."""
    assert Redaction().adding(["abcd"]).adding(["abcd-efgh"]).text("abcd-efgh abcd") == "[hidden] [hidden]"


def test_a_number_that_is_a_secret_is_hidden() -> None:
    """Digits are taken for a number by many a parser."""
    assert Redaction().adding(["12345678"]).plain([12345678, 1234, 2.5]) == ["[hidden]", 1234, 2.5]


def test_too_short_secrets_are_left() -> None:
    """An empty one would otherwise stand between all letters."""
    assert Redaction().adding(["", "abc"]).text("abc") == "abc"


def test_what_json_cannot_hold_becomes_text() -> None:
    """A record is always valid JSON."""
    assert Redaction().plain([float("nan"), float("-inf"), None, True]) == ["nan", "-inf", None, True]


def test_depth_and_length_are_bounded() -> None:
    """A huge or endless value makes no endless record."""
    endless: list[object] = []
    endless.append(endless)
    deep: dict[str, object] = {}
    deep["deep"] = deep

    assert "[[...]]" in str(Redaction().plain(endless))
    assert "{...}" in str(Redaction().plain(deep))
    assert Redaction().text("x" * 20_001) == "x" * 20_000 + "… (1 more)"


def test_a_redaction_does_not_show_what_it_knows() -> None:
    """It would be a list of all secrets."""
    assert "can" not in repr(HIDING)


def test_the_fields_of_a_record_are_hidden_like_any_value() -> None:
    """In names, in texts, in numbers and in what has to be made plain first."""
    hiding = HIDING.adding(["12345678"])

    assert hiding.fields({f"k {SECRET}": 1}) == {"k [hidden]": 1}
    assert hiding.fields({"a": f"<{SECRET}>"}) == {"a": "<[hidden]>"}
    assert hiding.fields({"n": 12345678, "f": 12345678.5}) == {"n": "[hidden]", "f": "[hidden].5"}
    assert hiding.fields({"a": [SECRET], "f": float("nan")}) == {"a": ["[hidden]"], "f": "nan"}
    assert hiding.fields({}) == {}


def test_a_secret_at_the_end_of_what_is_shown_of_a_long_text_is_hidden() -> None:
    """Half of it would be half a secret."""
    text = "x" * (LONGEST_TEXT - 5) + SECRET

    assert HIDING.fields({"a": text}) == {"a": HIDING.text(text)}
    assert "can" not in str(HIDING.fields({"a": text}))


@pytest.mark.parametrize("secret", [SECRET, r"back\slash", "\U0001f511key", "12345678", "plain"])
@pytest.mark.parametrize("spelled", [str, repr, json.dumps, partial(quote, safe="")])
def test_a_json_text_passes_only_where_no_spelling_of_a_secret_is_in_it(
    secret: str, spelled: Callable[[str], str]
) -> None:
    """A text that quotes a secret is quoted once more by the record that it stands in."""
    hiding = Redaction().adding([secret])

    assert not hiding.passes(json.dumps({"a": f"<{spelled(secret)}>"}))
    assert not hiding.passes(json.dumps({f"<{spelled(secret)}>": 1}))
    assert hiding.passes(json.dumps({"a": f"<{spelled(secret[1:])}>"}))


@given(
    secret=st.text(alphabet='ab"\\\nü/\U0001f511', min_size=4, max_size=5),
    text=st.lists(st.sampled_from(["a", '"', "\\", "\n", "ü", "SECRET", "QUOTED"]), max_size=8),
)
def test_what_passes_would_not_be_changed(secret: str, text: list[str]) -> None:
    """The quick look at a whole record misses nothing that the slow one at each of its texts would find."""
    hiding = Redaction().adding([secret])
    said = "".join(text).replace("QUOTED", repr(secret)).replace("SECRET", secret)

    assert hiding.text(said) == said or not hiding.passes(json.dumps(said))


def test_a_json_text_that_is_too_long_does_not_pass() -> None:
    """Some text in it may have to be cut."""
    assert Redaction().passes("x" * LONGEST_TEXT)
    assert not Redaction().passes("x" * (LONGEST_TEXT + 1))
